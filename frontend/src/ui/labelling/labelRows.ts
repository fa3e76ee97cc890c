import type { LabelId } from '../../core/document/ids';
import type { Label } from '../../core/document/label';
import { labelName, shortId } from './labelNames';

export type LabelRow =
  | {
      readonly kind: 'class';
      readonly name: string;
      readonly title: string;
      readonly labels: readonly Label[];
      readonly isFolded: boolean;
    }
  | { readonly kind: 'label'; readonly label: Label };

export interface LabelQuery {
  readonly text: string;
  readonly folded: ReadonlySet<string>;
  readonly titleOf: (className: string) => string;
  /** Classes in the ontology's order. */
  readonly classOrder: readonly string[];
}

/** The list of labels: by class in the ontology's order, then by id; those that the search finds. */
export function labelRows(labels: ReadonlyMap<LabelId, Label>, query: LabelQuery): LabelRow[] {
  const groups = new Map<string, Label[]>(query.classOrder.map((name) => [name, []]));
  const text = query.text.trim().toLowerCase();
  for (const label of labels.values()) {
    const words = `${labelName(label, query.titleOf)} ${label.id}`.toLowerCase();
    if (text !== '' && !words.includes(text)) continue;
    const group = groups.get(label.class);
    if (group === undefined) groups.set(label.class, [label]);
    else group.push(label);
  }
  const rows: LabelRow[] = [];
  for (const [name, group] of groups) {
    if (group.length === 0) continue;
    const isFolded = query.folded.has(name) && text === '';
    rows.push({ kind: 'class', name, title: query.titleOf(name), labels: group, isFolded });
    if (isFolded) continue;
    group.sort((a, b) => shortId(a.id).localeCompare(shortId(b.id)));
    for (const label of group) rows.push({ kind: 'label', label });
  }
  return rows;
}
