import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel, type Keyframe, type Label } from '../document/label';
import { normalizeQuat, type Quat } from '../geometry/quat';
import { trackOf } from '../geometry/track';
import type { Vec3 } from '../geometry/vec3';
import { hasOwnSizes } from './keyframes';
import { without } from './editCuboid';

/** Keyframes nearer in time than this are one. */
const SAME_TIME_NS = 1_000_000n;

/**
 * The mean of several people's versions of one box: at each of their keyframes the mean of those that have it then, of
 * the mean size, from the earliest beginning to the latest end. It has the class that most of them say (of as many the
 * first), and the first one's attributes. Null where they aren't all boxes.
 */
export function mergeVersions(versions: readonly Label[], id: LabelId): CuboidLabel | null {
  const boxes = versions.filter(isCuboid);
  const [first] = boxes;
  if (first === undefined || boxes.length !== versions.length) return null;
  const isStatic = boxes.every((box) => box.static);
  const bare = without(without(without(first, 'from_ns'), 'to_ns'), 'origin');
  return {
    ...bare,
    id,
    class: commonest(boxes.map((box) => box.class)) ?? first.class,
    static: isStatic,
    size_m: mean(boxes.map((box) => box.size_m)),
    ...lifeOf(boxes),
    keyframes: isStatic ? [meanPose(first, boxes)] : keyframesOf(boxes),
  };
}

function meanPose(first: CuboidLabel, boxes: readonly CuboidLabel[]): Keyframe {
  const poses = boxes.flatMap((box) => box.keyframes.slice(0, 1));
  const [keyframe] = first.keyframes;
  return {
    time_ns: keyframe?.time_ns ?? '0',
    position_m: mean(poses.map((pose) => pose.position_m)),
    quat_xyzw: meanQuat(poses.map((pose) => pose.quat_xyzw)),
  };
}

function keyframesOf(boxes: readonly CuboidLabel[]): Keyframe[] {
  const tracks = boxes.map(trackOf);
  const own = boxes.some(hasOwnSizes);
  const times = [...new Set(tracks.flatMap((track) => [...track.timesNs]))].sort((a, b) => (a < b ? -1 : 1));
  const kept = times.filter((time, i) => i === 0 || time - (times[i - 1] ?? time) > SAME_TIME_NS);
  return kept.map((timeNs, i) => {
    const there = tracks.filter((track) => track.existsAt(timeNs));
    const states = (there.length > 0 ? there : tracks).map((track) => track.extended(timeNs));
    const next = kept[i + 1];
    const middle = next === undefined ? null : timeNs + (next - timeNs) / 2n;
    const gone = middle === null ? 0 : tracks.filter((track) => !track.existsAt(middle)).length;
    return {
      time_ns: timeNs.toString(),
      position_m: mean(states.map((state) => state.position_m)),
      quat_xyzw: meanQuat(states.map((state) => state.quat_xyzw)),
      ...(own ? { size_m: mean(states.map((state) => state.size_m)) } : {}),
      ...attributesAt(boxes[0], timeNs),
      // Gone where more than half of them say so.
      ...(2 * gone > tracks.length ? { gap_after: true } : {}),
    };
  });
}

function attributesAt(box: CuboidLabel | undefined, timeNs: bigint): Pick<Keyframe, 'attributes'> {
  const found = box?.keyframes.find((keyframe) => BigInt(keyframe.time_ns) === timeNs)?.attributes;
  return found === undefined ? {} : { attributes: found };
}

function lifeOf(boxes: readonly CuboidLabel[]): Pick<CuboidLabel, 'from_ns' | 'to_ns'> {
  const from = boxes.flatMap(({ from_ns }) => (from_ns === undefined ? [] : [BigInt(from_ns)]));
  const to = boxes.flatMap(({ to_ns }) => (to_ns === undefined ? [] : [BigInt(to_ns)]));
  // A static box without a limit is there all the clip.
  const hasFrom = from.length === boxes.length || (from.length > 0 && !boxes.every((box) => box.static));
  const hasTo = to.length === boxes.length || (to.length > 0 && !boxes.every((box) => box.static));
  return {
    ...(hasFrom ? { from_ns: from.reduce((a, b) => (a < b ? a : b)).toString() } : {}),
    ...(hasTo ? { to_ns: to.reduce((a, b) => (a > b ? a : b)).toString() } : {}),
  };
}

function mean(vectors: readonly Vec3[]): Vec3 {
  const sum = vectors.reduce<Vec3>((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]], [0, 0, 0]);
  return [sum[0] / vectors.length, sum[1] / vectors.length, sum[2] / vectors.length];
}

/** The normalized sum, each with the sign nearer to the first: right for rotations that are near to each other. */
function meanQuat(quats: readonly Quat[]): Quat {
  const [first] = quats;
  if (first === undefined) return [0, 0, 0, 1];
  const sum = quats.reduce<Quat>(
    (total, quat) => {
      const dot = quat.reduce((value, part, i) => value + part * (first[i] ?? 0), 0);
      const sign = dot < 0 ? -1 : 1;
      return [
        total[0] + sign * quat[0],
        total[1] + sign * quat[1],
        total[2] + sign * quat[2],
        total[3] + sign * quat[3],
      ];
    },
    [0, 0, 0, 0],
  );
  return normalizeQuat(sum);
}

function commonest(names: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}
