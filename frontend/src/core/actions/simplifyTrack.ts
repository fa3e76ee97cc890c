import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { angleBetween } from '../geometry/quat';
import { Track, trackOf } from '../geometry/track';
import { distance } from '../geometry/vec3';
import { editCuboid } from './editCuboid';

/** How far a track may be from what it was. */
export interface TrackTolerance {
  readonly position_m: number;
  readonly angle_rad: number;
}

/** As exact as a label is wanted: 5 cm and 1 degree. */
export const SIMPLIFY_TOLERANCE: TrackTolerance = { position_m: 0.05, angle_rad: Math.PI / 180 };

/**
 * Drops the keyframes that the others say already: what is left is within the tolerance of what was, at all times of the
 * label's life (sizes within the position's). Keyframes with attributes, and those about gaps, stay.
 */
export function simplifyTrack(
  document: ReadableDocument,
  labelId: LabelId,
  tolerance: TrackTolerance = SIMPLIFY_TOLERANCE,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => simplified(label, tolerance));
}

/** The label with as few keyframes as hold it within the tolerance; the same object where all are needed. */
export function simplified(label: CuboidLabel, tolerance: TrackTolerance): CuboidLabel {
  const { keyframes } = label;
  if (label.static || keyframes.length < 2) return label;
  const before = trackOf(label);
  const times = measuredTimes(label);
  const kept = new Set(keyframes.flatMap((_, i) => (isEssential(label, i) ? [i] : [])));
  if (kept.size === 0) kept.add(0);
  for (;;) {
    const chosen = [...kept].sort((a, b) => a - b);
    const candidate = { ...label, keyframes: chosen.flatMap((i) => keyframes[i] ?? []) };
    const worst = worstTime(before, new Track(candidate), times, tolerance);
    if (worst === null) return chosen.length === keyframes.length ? label : candidate;
    kept.add(nearestMissing(before.timesNs, kept, worst));
  }
}

/** A keyframe that says more than a pose on the way. */
function isEssential(label: CuboidLabel, index: number): boolean {
  const keyframe = label.keyframes[index];
  const previous = label.keyframes[index - 1];
  if (keyframe?.attributes !== undefined || keyframe?.gap_after === true || previous?.gap_after === true)
    return true;
  if (index === 0) return label.from_ns === undefined;
  return index === label.keyframes.length - 1 && label.to_ns === undefined;
}

/** Where the two are compared: every keyframe, the middle of every two, and the ends of the life. */
function measuredTimes(label: CuboidLabel): bigint[] {
  const track = trackOf(label);
  const times = track.timesNs.flatMap((time, i) => {
    const next = track.timesNs[i + 1];
    return next === undefined ? [time] : [time, (time + next) / 2n];
  });
  for (const end of [track.fromNs, track.toNs]) if (end !== null) times.push(end);
  return times;
}

/** When the two are farthest apart beyond the tolerance, or null. */
function worstTime(
  before: Track,
  after: Track,
  times: readonly bigint[],
  tolerance: TrackTolerance,
): bigint | null {
  let worst: bigint | null = null;
  let most = 1;
  for (const time of times) {
    if (!before.existsAt(time)) continue;
    const [a, b] = [before.extended(time), after.extended(time)];
    const miss = Math.max(
      distance(a.position_m, b.position_m) / tolerance.position_m,
      angleBetween(a.quat_xyzw, b.quat_xyzw) / tolerance.angle_rad,
      distance(a.size_m, b.size_m) / tolerance.position_m,
    );
    if (miss > most) {
      most = miss;
      worst = time;
    }
  }
  return worst;
}

/** The keyframe nearest to a time of those that are not kept yet. */
function nearestMissing(times: readonly bigint[], kept: ReadonlySet<number>, timeNs: bigint): number {
  let best = -1;
  let least: bigint | null = null;
  times.forEach((time, index) => {
    const apart = time < timeNs ? timeNs - time : time - timeNs;
    if (!kept.has(index) && (least === null || apart < least)) {
      least = apart;
      best = index;
    }
  });
  if (best < 0) throw new Error('a track with all of its keyframes differs from itself');
  return best;
}

const spares = new WeakMap<CuboidLabel, boolean>();

/** True when some keyframe could go; remembered, as menus ask on every change. */
export function hasSpareKeyframes(label: CuboidLabel): boolean {
  let hasSpare = spares.get(label);
  if (hasSpare === undefined) {
    hasSpare = simplified(label, SIMPLIFY_TOLERANCE) !== label;
    spares.set(label, hasSpare);
  }
  return hasSpare;
}
