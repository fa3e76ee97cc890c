import type { LabelId } from './ids';
import type { Label } from './label';

/**
 * What changed between two documents. The one currency of undo, drawing and saving: undone, shown and sent from
 * the same value. A label is in at most one of the three.
 */
export interface RecordsDiff {
  readonly added: ReadonlyMap<LabelId, Label>;
  readonly updated: ReadonlyMap<LabelId, readonly [from: Label, to: Label]>;
  readonly removed: ReadonlyMap<LabelId, Label>;
}

export const EMPTY_DIFF: RecordsDiff = { added: new Map(), updated: new Map(), removed: new Map() };

export function isEmptyDiff(diff: RecordsDiff): boolean {
  return diff.added.size === 0 && diff.updated.size === 0 && diff.removed.size === 0;
}

/** The diff that brings one label from one state to another; undefined: the label isn't there. */
export function diffOf(from: Label | undefined, to: Label | undefined): RecordsDiff {
  return diffOfAll([[from, to]]);
}

/** The diff of several labels at once. */
export function diffOfAll(
  changes: Iterable<readonly [from: Label | undefined, to: Label | undefined]>,
): RecordsDiff {
  const added = new Map<LabelId, Label>();
  const updated = new Map<LabelId, readonly [Label, Label]>();
  const removed = new Map<LabelId, Label>();
  for (const [from, to] of changes) {
    if (from === to) continue;
    if (from === undefined) {
      if (to !== undefined) added.set(to.id, to);
    } else if (to === undefined) {
      removed.set(from.id, from);
    } else {
      if (from.id !== to.id) throw new Error(`a label keeps its id: ${from.id} became ${to.id}`);
      updated.set(to.id, [from, to]);
    }
  }
  return { added, updated, removed };
}

/** The diff that takes this one back. */
export function reverseDiff(diff: RecordsDiff): RecordsDiff {
  const updated = new Map<LabelId, readonly [Label, Label]>();
  for (const [id, [from, to]] of diff.updated) updated.set(id, [to, from]);
  return { added: diff.removed, updated, removed: diff.added };
}

/** One diff that does what these do one after the other. Changes that cancel out are left out. */
export function squashDiffs(diffs: Iterable<RecordsDiff>): RecordsDiff {
  const first = new Map<LabelId, Label | undefined>();
  const last = new Map<LabelId, Label | undefined>();
  for (const diff of diffs) {
    for (const [from, to, id] of entriesOf(diff)) {
      if (!first.has(id)) first.set(id, from);
      last.set(id, to);
    }
  }
  return diffOfAll([...last].map(([id, to]) => [first.get(id), to] as const));
}

/** Every change of a diff as (from, to, id); undefined: the label isn't there. */
export function* entriesOf(
  diff: RecordsDiff,
): Generator<readonly [from: Label | undefined, to: Label | undefined, id: LabelId]> {
  for (const [id, label] of diff.added) yield [undefined, label, id];
  for (const [id, [from, to]] of diff.updated) yield [from, to, id];
  for (const [id, label] of diff.removed) yield [label, undefined, id];
}
