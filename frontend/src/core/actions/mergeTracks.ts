import { diffOfAll, EMPTY_DIFF, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel, type Keyframe } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { rotate } from '../geometry/quat';
import { trackOf } from '../geometry/track';
import { add } from '../geometry/vec3';
import { hasOwnSizes } from './keyframes';
import { resizeShift } from './poseBox';
import { without } from './editCuboid';

/** Keyframes nearer in time than this are one: a split leaves two that are a nanosecond apart. */
const SAME_TIME_NS = 1_000n;

/**
 * Two labels of one thing become one: `keptId` takes the keyframes of the other, which is deleted. Where both have one
 * at the same time the kept label's counts; it also gives class and size, and its attributes win. It lives from the
 * earlier beginning to the later end; between the two it goes on as its keyframes say (mark it gone where it is).
 */
export function mergeTracks(document: ReadableDocument, keptId: LabelId, otherId: LabelId): RecordsDiff {
  const kept = document.get(keptId);
  const other = document.get(otherId);
  if (!isCuboid(kept) || !isCuboid(other) || keptId === otherId) return EMPTY_DIFF;
  return diffOfAll([
    [kept, merged(kept, other)],
    [other, undefined],
  ]);
}

function merged(kept: CuboidLabel, other: CuboidLabel): CuboidLabel {
  const attributes = { ...other.attributes, ...kept.attributes };
  const limits = commonLimits(kept, other);
  const bare = without(without(kept, 'from_ns'), 'to_ns');
  if (kept.static && other.static) return { ...bare, ...limits, attributes };
  const ownSizes = hasOwnSizes(kept) || hasOwnSizes(other);
  const own = ownSizes ? kept.keyframes.map((keyframe) => sized(keyframe, kept)) : kept.keyframes;
  const taken = other.keyframes
    .filter((keyframe) => !kept.keyframes.some((mine) => isSameTime(mine, keyframe)))
    .map((keyframe) => (ownSizes ? sized(keyframe, other) : fitted(keyframe, other, kept)));
  const keyframes = [...own, ...taken].sort((a, b) => (BigInt(a.time_ns) < BigInt(b.time_ns) ? -1 : 1));
  return { ...bare, ...limits, static: false, attributes, keyframes };
}

/** From the earlier beginning to the later end; a static label without limits has the clip's, so has the result. */
function commonLimits(a: CuboidLabel, b: CuboidLabel): Pick<CuboidLabel, 'from_ns' | 'to_ns'> {
  const [trackA, trackB] = [trackOf(a), trackOf(b)];
  const from = earliest(trackA.fromNs, trackB.fromNs);
  const to = latest(trackA.toNs, trackB.toNs);
  return {
    ...(from === null ? {} : { from_ns: from.toString() }),
    ...(to === null ? {} : { to_ns: to.toString() }),
  };
}

function earliest(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return null;
  return a < b ? a : b;
}

function latest(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return null;
  return a > b ? a : b;
}

function isSameTime(a: Keyframe, b: Keyframe): boolean {
  const apart = BigInt(a.time_ns) - BigInt(b.time_ns);
  return apart <= SAME_TIME_NS && apart >= -SAME_TIME_NS;
}

function sized(keyframe: Keyframe, label: CuboidLabel): Keyframe {
  return { ...keyframe, size_m: keyframe.size_m ?? label.size_m };
}

/** A keyframe of a box of another size: its bottom stays where it is. */
function fitted(keyframe: Keyframe, from: CuboidLabel, to: CuboidLabel): Keyframe {
  const shift = rotate(keyframe.quat_xyzw, resizeShift(from.size_m, to.size_m, [0, 0, -1]));
  return { ...keyframe, position_m: add(keyframe.position_m, shift) };
}
