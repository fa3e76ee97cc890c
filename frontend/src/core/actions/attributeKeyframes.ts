import type { CuboidLabel } from '../document/label';
import { angleBetween } from '../geometry/quat';
import { Track } from '../geometry/track';
import { distance } from '../geometry/vec3';

const SAME_M = 1e-6;
const SAME_RAD = 1e-6;

/**
 * The keyframes (times) that are there for their attributes only: their pose is what the others say. A change of lights is
 * no measurement of the place, so when the others move these go along. The keyframe at `exceptNs` is never one.
 */
export function attributeKeyframes(label: CuboidLabel, exceptNs: bigint): ReadonlySet<string> {
  const riding = new Set<string>();
  if (label.static) return riding;
  for (const { time_ns, attributes, gap_after } of label.keyframes) {
    if (attributes === undefined || gap_after === true || BigInt(time_ns) === exceptNs) continue;
    const others = label.keyframes.filter(
      (keyframe) => keyframe.time_ns !== time_ns && !riding.has(keyframe.time_ns),
    );
    if (others.length > 0 && says(label, others, time_ns)) riding.add(time_ns);
  }
  return riding;
}

/** The label with these keyframes posed as the others say. */
export function withRiding(label: CuboidLabel, riding: ReadonlySet<string>): CuboidLabel {
  if (riding.size === 0) return label;
  const track = new Track({
    ...label,
    keyframes: label.keyframes.filter((keyframe) => !riding.has(keyframe.time_ns)),
  });
  return {
    ...label,
    keyframes: label.keyframes.map((keyframe) => {
      if (!riding.has(keyframe.time_ns)) return keyframe;
      const { position_m, quat_xyzw, size_m } = track.extended(BigInt(keyframe.time_ns));
      return { ...keyframe, position_m, quat_xyzw, ...(keyframe.size_m === undefined ? {} : { size_m }) };
    }),
  };
}

function says(label: CuboidLabel, others: CuboidLabel['keyframes'], time_ns: string): boolean {
  const timeNs = BigInt(time_ns);
  const now = new Track(label).extended(timeNs);
  const without = new Track({ ...label, keyframes: others }).extended(timeNs);
  return (
    distance(now.position_m, without.position_m) < SAME_M &&
    distance(now.size_m, without.size_m) < SAME_M &&
    angleBetween(now.quat_xyzw, without.quat_xyzw) < SAME_RAD
  );
}
