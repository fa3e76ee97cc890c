import type { BoxState } from '../../core/geometry/box';
import { writeRotationMatrix } from '../../core/geometry/rigid';
import type { Vec3 } from '../../core/geometry/vec3';

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
 * A point that surely is the object's: of those in the box but for the lowest tenth of it (the ground) the one nearest to
 * its middle; where the box holds none, the nearest within `beyond_m` of its sides. Null: there are none.
 */
export function pointOnObject(positions_m: Float32Array, box: BoxState, beyond_m = 0.8): Vec3 | null {
  let best = -1;
  let bestCost = Infinity;
  const [l, w, h] = box.size_m;
  forPointsInBox(positions_m, box, beyond_m, (index, x, y, z) => {
    if (z < -h / 2 + 0.1 * h) return;
    const outside = Math.max(Math.abs(x) - l / 2, Math.abs(y) - w / 2, Math.abs(z) - h / 2, 0);
    // Any point within is better than one beyond.
    const cost = outside * 100 + Math.hypot(x, y, z);
    if (cost >= bestCost) return;
    bestCost = cost;
    best = index;
  });
  return best < 0 ? null : [positions_m[3 * best]!, positions_m[3 * best + 1]!, positions_m[3 * best + 2]!];
}
