import type { Ray } from '../../core/geometry/ray';
import type { Vec3 } from '../../core/geometry/vec3';
import type { Positions } from './pickPoint';

/**
 * The point that was meant by a click between the points of a thinly sampled object: of those within `tangent` (radius
 * over distance) and `reach_m` of the ray the one nearest to the pointer, the ground left out. Null when there is none.
 *
 * @param isGround asked of candidates only.
 */
export function pickNearby(
  clouds: Iterable<Positions>,
  ray: Ray,
  tangent: number,
  reach_m: number,
  isGround: (x_m: number, y_m: number, z_m: number) => boolean,
): Vec3 | null {
  const [ox, oy, oz] = ray.origin_m;
  const [dx, dy, dz] = ray.direction;
  let best = tangent * tangent;
  let found: Vec3 | null = null;
  for (const positions of clouds) {
    for (let i = 0; i < positions.length; i += 3) {
      const px = positions[i]! - ox;
      const py = positions[i + 1]! - oy;
      const pz = positions[i + 2]! - oz;
      const along = px * dx + py * dy + pz * dz;
      if (along < 0.5) continue;
      const off = px * px + py * py + pz * pz - along * along;
      if (off > reach_m * reach_m || off >= best * along * along) continue;
      if (isGround(positions[i]!, positions[i + 1]!, positions[i + 2]!)) continue;
      best = off / (along * along);
      found = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
    }
  }
  return found;
}
