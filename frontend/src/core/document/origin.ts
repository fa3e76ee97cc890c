import { diffOfAll, entriesOf, type RecordsDiff } from './diff';
import type { LabelId } from './ids';
import type { Label } from './label';
import type { ReadableDocument } from './store';

/** Which label of which label set a label was copied from; `accepted` false: a proposal that waits for a word. */
export interface Origin {
  readonly label_set: string;
  readonly label_id: string;
  readonly revision: number;
  readonly source: 'human' | 'model' | 'gold' | 'simulation' | 'import';
  readonly name?: string;
  /** How sure the model was, 0 to 1. */
  readonly score?: number;
  readonly accepted: boolean;
}

/** True for a label that was copied from a machine's and that nobody has accepted or changed yet. */
export function isPreLabel(label: Label | undefined): boolean {
  return label?.origin?.accepted === false;
}

/** How sure the model was of a label, 0 to 1; null where it doesn't say, or no model made it. */
export function scoreOf(label: Label): number | null {
  return label.origin?.score ?? label.score ?? null;
}

/** The labels that wait for a word. */
export function preLabels(document: ReadableDocument): Label[] {
  return [...document.labels().values()].filter(isPreLabel);
}

/** The label as the person's own. */
export function accepted<L extends Label>(label: L): L {
  return label.origin === undefined ? label : { ...label, origin: { ...label.origin, accepted: true } };
}

/** Accepts these labels as they are; those that don't wait stay untouched. */
export function acceptLabels(document: ReadableDocument, labelIds: readonly LabelId[]): RecordsDiff {
  return diffOfAll(
    labelIds.flatMap((id) => {
      const label = document.get(id);
      return label !== undefined && isPreLabel(label) ? [[label, accepted(label)] as const] : [];
    }),
  );
}

/** What a person does to a proposal makes it theirs: the diff, with what it changes accepted. */
export function takenUp(diff: RecordsDiff): RecordsDiff {
  if (![...diff.updated.values()].some(([, to]) => isPreLabel(to))) return diff;
  return diffOfAll(
    [...entriesOf(diff)].map(([from, to]) => [
      from,
      from !== undefined && to !== undefined && isPreLabel(to) ? accepted(to) : to,
    ]),
  );
}
