import type { Ray } from '../../core/geometry/ray';
import type { Vec3 } from '../../core/geometry/vec3';

/** Clouds to look through: flat xyz, the world frame. */
export type Positions = Float32Array;

/**
 * The point under the pointer: of those within `tangent` (radius over distance) of the ray, the nearest to the
 * viewer. Null when none is that near. One pass over the points, without garbage.
 */
export function pickPoint(
  clouds: Iterable<Positions>,
  ray: Ray,
  tangent: number,
  nearest_m = 0.5,
): Vec3 | null {
  const [ox, oy, oz] = ray.origin_m;
  const [dx, dy, dz] = ray.direction;
  let bestAlong = Infinity;
  let x = 0;
  let y = 0;
  let z = 0;
  for (const positions of clouds) {
    for (let i = 0; i < positions.length; i += 3) {
      const px = positions[i]! - ox;
      const py = positions[i + 1]! - oy;
      const pz = positions[i + 2]! - oz;
      const along = px * dx + py * dy + pz * dz;
      if (along < nearest_m || along >= bestAlong) continue;
      const off = px * px + py * py + pz * pz - along * along;
      const reach = tangent * along;
      if (off > reach * reach) continue;
      bestAlong = along;
      x = positions[i]!;
      y = positions[i + 1]!;
      z = positions[i + 2]!;
    }
  }
  return bestAlong === Infinity ? null : [x, y, z];
}
