import type { BoxState } from '../../core/geometry/box';
import { writeRotationMatrix } from '../../core/geometry/rigid';
import { distance, type Vec3 } from '../../core/geometry/vec3';

const rotation = new Float64Array(9);

/**
 * Calls for every point (flat xyz, the world) in a box made larger by `margin_m` on every side: its index and its place
 * in the box's own frame, metres.
 */
export function forPointsInBox(
  positions_m: Float32Array,
  box: BoxState,
  margin_m: number,
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  const [qx, qy, qz, qw] = box.quat_xyzw;
  // The inverse rotation, row by row: from the world to the box.
  writeRotationMatrix(-qx, -qy, -qz, qw, rotation, 0);
  const [cx, cy, cz] = box.position_m;
  const hx = box.size_m[0] / 2 + margin_m;
  const hy = box.size_m[1] / 2 + margin_m;
  const hz = box.size_m[2] / 2 + margin_m;
  const reach = hx * hx + hy * hy + hz * hz;
  for (let i = 0; i < positions_m.length; i += 3) {
    const dx = positions_m[i]! - cx;
    const dy = positions_m[i + 1]! - cy;
    const dz = positions_m[i + 2]! - cz;
    if (dx * dx + dy * dy + dz * dz > reach) continue;
    const x = rotation[0]! * dx + rotation[1]! * dy + rotation[2]! * dz;
    const y = rotation[3]! * dx + rotation[4]! * dy + rotation[5]! * dz;
    const z = rotation[6]! * dx + rotation[7]! * dy + rotation[8]! * dz;
    if (Math.abs(x) <= hx && Math.abs(y) <= hy && Math.abs(z) <= hz) visit(i / 3, x, y, z);
  }
}

export function countInBox(positions_m: Float32Array, box: BoxState): number {
  let count = 0;
  forPointsInBox(positions_m, box, 0, () => {
    count += 1;
  });
  return count;
}

/**
 * Up to `count` points that surely are the object's, far apart: of those in the box, but for the lowest tenth of it (the
 * ground), the one in their middle, then those farthest from the ones chosen. Where the box holds none, of those within
 * `beyond_m` of its sides. None: there are no points.
 */
export function pointsOnObject(
  positions_m: Float32Array,
  box: BoxState,
  count: number,
  beyond_m = 0.8,
): Vec3[] {
  const within = aboveGround(positions_m, box, 0);
  const candidates = within.length > 0 ? within : aboveGround(positions_m, box, beyond_m);
  const middle = [0, 1, 2].map(
    (axis) => candidates.reduce((sum, point) => sum + point[axis]!, 0) / Math.max(candidates.length, 1),
  ) as unknown as Vec3;
  const chosen: Vec3[] = [];
  while (chosen.length < Math.min(count, candidates.length)) {
    const cost = (point: Vec3): number =>
      chosen.length === 0
        ? distance(point, middle)
        : -Math.min(...chosen.map((other) => distance(point, other)));
    chosen.push(candidates.reduce((best, point) => (cost(point) < cost(best) ? point : best)));
  }
  return chosen;
}

function aboveGround(positions_m: Float32Array, box: BoxState, margin_m: number): Vec3[] {
  const points: Vec3[] = [];
  const height = box.size_m[2];
  forPointsInBox(positions_m, box, margin_m, (index, _x, _y, z) => {
    if (z < -0.4 * height) return;
    points.push([positions_m[3 * index]!, positions_m[3 * index + 1]!, positions_m[3 * index + 2]!]);
  });
  return points;
}
