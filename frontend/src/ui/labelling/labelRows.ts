import type { LabelId } from '../../core/document/ids';
import type { Label } from '../../core/document/label';
import { isPreLabel, scoreOf } from '../../core/document/origin';
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
  /** `score`: all of them together, the least sure first. */
  readonly order?: 'class' | 'score';
  /** Only those that wait for the person's word. */
  readonly onlyProposed?: boolean;
}

/** The list of labels: by class in the ontology's order, then by id, or by score; those that the search finds. */
export function labelRows(labels: ReadonlyMap<LabelId, Label>, query: LabelQuery): LabelRow[] {
  const groups = new Map<string, Label[]>(query.classOrder.map((name) => [name, []]));
  const text = query.text.trim().toLowerCase();
  for (const label of labels.values()) {
    const words = `${labelName(label, query.titleOf)} ${label.id}`.toLowerCase();
    if (text !== '' && !words.includes(text)) continue;
    if (query.onlyProposed === true && !isPreLabel(label)) continue;
    const group = groups.get(label.class);
    if (group === undefined) groups.set(label.class, [label]);
    else group.push(label);
  }
  if (query.order === 'score') {
    const found = [...groups.values()].flat().sort(byScore);
    return found.map((label) => ({ kind: 'label', label }));
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

/** The least sure first; those of which nobody says how sure they are come last. */
function byScore(a: Label, b: Label): number {
  return (scoreOf(a) ?? 2) - (scoreOf(b) ?? 2) || shortId(a.id).localeCompare(shortId(b.id));
}
