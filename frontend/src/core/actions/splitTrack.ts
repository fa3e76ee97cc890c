import { diffOfAll, EMPTY_DIFF, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { trackOf } from '../geometry/track';
import { without } from './editCuboid';
import { endedAt, startedAt } from './life';

/**
 * One label becomes two: the first ends the nanosecond before this time, the second (under the new id) begins at it, so
 * that every image shows exactly one of them. In a gap the first ends where the gap begins and the second begins
 * where it ends.
 */
export function splitTrack(
  document: ReadableDocument,
  labelId: LabelId,
  newId: LabelId,
  timeNs: bigint,
): RecordsDiff {
  const label = document.get(labelId);
  if (!isCuboid(label)) return EMPTY_DIFF;
  const gap = label.static ? null : gapWithin(label, timeNs);
  const [first, second] =
    gap === null
      ? [endedAt(label, timeNs - 1n), startedAt(label, timeNs)]
      : [endedAt(label, gap.beginsNs), startedAt(label, gap.endsNs)];
  return diffOfAll([
    [label, first],
    [undefined, { ...without(second, 'origin'), id: newId }],
  ]);
}

/** Why a label can't be split at a time, or null. `life`: that of the clip, for labels without an end. */
export function splitRefusal(
  label: CuboidLabel,
  timeNs: bigint,
  life: { readonly fromNs: bigint; readonly toNs: bigint },
): string | null {
  const track = trackOf(label);
  const isInside = timeNs > (track.fromNs ?? life.fromNs) && timeNs <= (track.toNs ?? life.toNs);
  return isInside ? null : 'The label has to be there before this time and from it on.';
}

function gapWithin(
  label: CuboidLabel,
  timeNs: bigint,
): { readonly beginsNs: bigint; readonly endsNs: bigint } | null {
  const track = trackOf(label);
  if (track.existsAt(timeNs)) return null;
  const index = track.gapAt(timeNs);
  const beginsNs = index === null ? undefined : track.timesNs[index];
  const endsNs = index === null ? undefined : track.timesNs[index + 1];
  return beginsNs === undefined || endsNs === undefined ? null : { beginsNs, endsNs };
}
