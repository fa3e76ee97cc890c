import { isJsonObject, type Json } from '../../../core/preferences/json';
import { preferences } from '../../server/preferences';

export interface SavedView {
  readonly name: string;
  /** Filters and order, as in the address. */
  readonly query: string;
}

const NO_VIEWS: { readonly views: readonly Json[] } = { views: [] };
const section = preferences.section('board', NO_VIEWS);
export const viewsSection = section;

/** What can be read of what was kept. */
export function viewsOf(kept: readonly Json[]): readonly SavedView[] {
  return kept.flatMap((one) => {
    if (!isJsonObject(one)) return [];
    const { name, query } = one;
    return typeof name === 'string' && typeof query === 'string' ? [{ name, query }] : [];
  });
}

/** Keeps a view; one of the same name is replaced. */
export function keepView(view: SavedView): void {
  const others = viewsOf(section.get().views).filter(({ name }) => name !== view.name);
  section.change({ views: [...others, view].map(({ name, query }) => ({ name, query })) });
}

export function dropView(dropped: string): void {
  const others = viewsOf(section.get().views).filter(({ name }) => name !== dropped);
  section.change({ views: others.map(({ name, query }) => ({ name, query })) });
}
