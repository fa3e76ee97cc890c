import type { CuboidLabel, Keyframe } from '../document/label';
import { Track, trackOf } from '../geometry/track';
import { without } from './editCuboid';
import { hasOwnSizes, withKeyframeAt } from './keyframes';
import type { Life } from './createBox';

/** Which part of a label a track replaces, seen from the time it was followed from. */
export type TrackDirection = 'forward' | 'back' | 'both';

/**
 * The label with the part before or after a time, or both, taken from a track that was found. Its box at that time, its
 * class, size and attributes stay. It ends where the track was lost; where it reaches the clip's last tick (`ticks`) it
 * lives to the clip's end.
 */
export function withTrack(
  label: CuboidLabel,
  found: CuboidLabel,
  at: {
    readonly timeNs: bigint;
    readonly direction: TrackDirection;
    readonly ticks: Life;
    readonly clip: Life;
  },
): CuboidLabel {
  if (label.static || (found.static && at.direction === 'both')) return standing(label, at.timeNs, at.clip);
  const [keyed, index] = withKeyframeAt(label, at.timeNs);
  const here = keyed.keyframes[index];
  if (here === undefined) return label;
  const takesAfter = at.direction !== 'back';
  const takesBefore = at.direction !== 'forward';
  const taken = found.static ? [] : found.keyframes;
  const before = takesBefore ? taken.filter((frame) => BigInt(frame.time_ns) < at.timeNs) : [];
  const after = takesAfter ? taken.filter((frame) => BigInt(frame.time_ns) > at.timeNs) : [];
  const keyframes = [
    ...(takesBefore ? before.map((frame) => posed(frame, here)) : keyed.keyframes.slice(0, index)),
    takesAfter ? gapOf(found, here, at.timeNs) : here,
    ...(takesAfter ? after.map((frame) => posed(frame, here)) : keyed.keyframes.slice(index + 1)),
  ];
  const limits = {
    ...(takesBefore ? { from_ns: beginOf(found, before, at).toString() } : {}),
    ...(takesAfter ? { to_ns: endOf(found, after, at).toString() } : {}),
  };
  const next = { ...keyed, ...limits, interpolation: found.interpolation, keyframes };
  return withAttributesOf(keyed, next);
}

function standing(label: CuboidLabel, timeNs: bigint, life: Life): CuboidLabel {
  const { position_m, quat_xyzw, size_m } = trackOf(label).extended(timeNs);
  return {
    ...label,
    static: true,
    attributes: trackOf(label).attributesAt(timeNs),
    size_m,
    from_ns: life.fromNs.toString(),
    to_ns: life.toNs.toString(),
    keyframes: [{ time_ns: timeNs.toString(), position_m, quat_xyzw }],
  };
}

/** A found keyframe as one of the label's: with the label's size, without what the finder thinks of attributes. */
function posed(frame: Keyframe, here: Keyframe): Keyframe {
  return {
    time_ns: frame.time_ns,
    position_m: frame.position_m,
    quat_xyzw: frame.quat_xyzw,
    ...(here.size_m === undefined ? {} : { size_m: here.size_m }),
    ...(frame.gap_after === true ? { gap_after: true } : {}),
  };
}

/** The keyframe at the time, gone after it only where the track says so. */
function gapOf(found: CuboidLabel, here: Keyframe, timeNs: bigint): Keyframe {
  const isGap = found.keyframes.some((frame) => BigInt(frame.time_ns) === timeNs && frame.gap_after === true);
  return isGap ? { ...here, gap_after: true } : without(here, 'gap_after');
}

function beginOf(
  found: CuboidLabel,
  before: readonly Keyframe[],
  at: { readonly timeNs: bigint; readonly ticks: Life; readonly clip: Life },
): bigint {
  if (found.static) return at.clip.fromNs;
  const first = found.from_ns ?? before[0]?.time_ns;
  const begin = first === undefined ? at.timeNs : BigInt(first);
  return begin <= at.ticks.fromNs ? at.clip.fromNs : smaller(begin, at.timeNs);
}

function endOf(
  found: CuboidLabel,
  after: readonly Keyframe[],
  at: { readonly timeNs: bigint; readonly ticks: Life; readonly clip: Life },
): bigint {
  if (found.static) return at.clip.toNs;
  const last = found.to_ns ?? after.at(-1)?.time_ns;
  const end = last === undefined ? at.timeNs : BigInt(last);
  return end >= at.ticks.toNs ? at.clip.toNs : larger(end, at.timeNs);
}

/** What replaced keyframes said about attributes is said again, at their times, on the new way. */
function withAttributesOf(from: CuboidLabel, to: CuboidLabel): CuboidLabel {
  const track = new Track(to);
  const ownSizes = hasOwnSizes(to);
  const byTime = new Map(to.keyframes.map((frame) => [frame.time_ns, frame]));
  for (const { time_ns, attributes } of from.keyframes) {
    const timeNs = BigInt(time_ns);
    if (attributes === undefined || !track.existsAt(timeNs)) continue;
    const state = track.extended(timeNs);
    const made = {
      time_ns,
      position_m: state.position_m,
      quat_xyzw: state.quat_xyzw,
      ...(ownSizes ? { size_m: state.size_m } : {}),
    };
    byTime.set(time_ns, { ...(byTime.get(time_ns) ?? made), attributes });
  }
  const keyframes = [...byTime.values()].sort((a, b) => (BigInt(a.time_ns) < BigInt(b.time_ns) ? -1 : 1));
  return { ...to, keyframes };
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
