import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { angleBetween, multiply, normalizeQuat, type Quat } from '../geometry/quat';
import { trackOf } from '../geometry/track';
import { distance, type Vec3 } from '../geometry/vec3';
import { editCuboid } from './editCuboid';

/** Keyframes this much farther off than half of them are slips of the hand, not measurements. */
const OUTLIER_FACTOR = 2;
const POSITION_FLOOR_M = 0.05;
const ANGLE_FLOOR_RAD = Math.PI / 180;

/**
 * A thing that never moved: one pose for all times, the mean of its keyframes without the outliers, which holds it better
 * than any one of them. Headings that point the other way round count as turned by half.
 */
export function toStaticMean(document: ReadableDocument, labelId: LabelId): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    const [first] = label.keyframes;
    if (label.static || first === undefined) return label;
    return {
      ...label,
      static: true,
      attributes: trackOf(label).attributesAt(BigInt(label.keyframes.at(-1)?.time_ns ?? first.time_ns)),
      size_m: medianOf(label.keyframes.map((keyframe) => keyframe.size_m ?? label.size_m)),
      keyframes: [{ time_ns: first.time_ns, ...robustPose(label) }],
    };
  });
}

function robustPose(label: CuboidLabel): { readonly position_m: Vec3; readonly quat_xyzw: Quat } {
  const positions = label.keyframes.map((keyframe) => keyframe.position_m);
  const centre = medianOf(positions);
  const near = inliers(positions, (position) => distance(position, centre), POSITION_FLOOR_M);
  const quats = label.keyframes.map((keyframe) => keyframe.quat_xyzw);
  const middle = medoid(quats);
  const alike = inliers(
    quats.map((quat) => turnedTowards(quat, middle)),
    (quat) => angleBetween(quat, middle),
    ANGLE_FLOOR_RAD,
  );
  return { position_m: meanOf(near), quat_xyzw: meanQuat(alike, middle) };
}

/** The values that are not much farther off than half of them are. */
function inliers<T>(values: readonly T[], offBy: (value: T) => number, floor: number): T[] {
  const limit = OUTLIER_FACTOR * Math.max(median(values.map(offBy)), floor);
  return values.filter((value) => offBy(value) <= limit);
}

/** The rotation that the others are nearest to, all in all. */
function medoid(quats: readonly Quat[]): Quat {
  let best: Quat = [0, 0, 0, 1];
  let least = Infinity;
  for (const candidate of quats) {
    const sum = quats.reduce((total, quat) => total + angleBetween(quat, candidate), 0);
    if (sum < least) {
      least = sum;
      best = candidate;
    }
  }
  return best;
}

/** The rotation, turned by half about its own z where that is nearer. */
function turnedTowards(quat: Quat, target: Quat): Quat {
  const turned = multiply(quat, [0, 0, 1, 0]);
  return angleBetween(turned, target) < angleBetween(quat, target) ? turned : quat;
}

function meanQuat(quats: readonly Quat[], near: Quat): Quat {
  const sum: [number, number, number, number] = [0, 0, 0, 0];
  for (const q of quats) {
    const sign = q[0] * near[0] + q[1] * near[1] + q[2] * near[2] + q[3] * near[3] < 0 ? -1 : 1;
    q.forEach((value, i) => (sum[i] = (sum[i] ?? 0) + sign * value));
  }
  return normalizeQuat(sum);
}

function meanOf(points: readonly Vec3[]): Vec3 {
  const mean = (axis: 0 | 1 | 2): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return [mean(0), mean(1), mean(2)];
}

function medianOf(points: readonly Vec3[]): Vec3 {
  const along = (axis: 0 | 1 | 2): number => median(points.map((point) => point[axis]));
  return [along(0), along(1), along(2)];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
