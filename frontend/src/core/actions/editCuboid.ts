import { diffOf, EMPTY_DIFF, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';

/**
 * The diff of changing one box. An action is pure, document -> diff: it owns what a change means for the label, and
 * knows nothing of undo, selection, the network or the screen.
 */
export function editCuboid(
  document: ReadableDocument,
  labelId: LabelId,
  change: (label: CuboidLabel) => CuboidLabel,
): RecordsDiff {
  const label = document.get(labelId);
  if (!isCuboid(label)) return EMPTY_DIFF;
  return diffOf(label, change(label));
}

/** A label without an optional key (which is not the same as a key that holds undefined). */
export function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const { [key]: _dropped, ...rest } = value;
  return rest;
}
