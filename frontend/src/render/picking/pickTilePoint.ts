import { Matrix4, type Points, Vector3 } from 'three';

import type { Ray } from '../../core/geometry/ray';
import type { Vec3 } from '../../core/geometry/vec3';

/**
 * As `pickPoint`, of a static cloud's tiles: their positions are fractions of their cubes, so the ray is brought into
 * each tile's own units. Tiles whose sphere the cone about the ray doesn't meet are passed over.
 */
export function pickTilePoint(
  tiles: readonly Points[],
  ray: Ray,
  tangent: number,
  nearest_m = 0.5,
): Vec3 | null {
  const origin = new Vector3();
  const direction = new Vector3();
  const centre = new Vector3();
  const inverse = new Matrix4();
  let best: Vec3 | null = null;
  let bestAlong = Infinity;
  for (const tile of tiles) {
    const { geometry, matrixWorld } = tile;
    if (geometry.boundingSphere === null) geometry.computeBoundingSphere();
    const sphere = geometry.boundingSphere;
    if (sphere === null) continue;
    // Tiles are turned and scaled evenly, so that lengths differ by one factor.
    const scale = matrixWorld.getMaxScaleOnAxis();
    centre.copy(sphere.center).applyMatrix4(matrixWorld);
    if (!meets(ray, [centre.x, centre.y, centre.z], sphere.radius * scale, tangent, bestAlong)) continue;
    inverse.copy(matrixWorld).invert();
    origin.set(...ray.origin_m).applyMatrix4(inverse);
    direction.set(...ray.direction).transformDirection(inverse);
    const positions = geometry.getAttribute('position');
    let found = -1;
    for (let i = 0; i < positions.count; i += 1) {
      const px = positions.getX(i) - origin.x;
      const py = positions.getY(i) - origin.y;
      const pz = positions.getZ(i) - origin.z;
      const along = px * direction.x + py * direction.y + pz * direction.z;
      if (along * scale < nearest_m || along * scale >= bestAlong) continue;
      const off = px * px + py * py + pz * pz - along * along;
      const reach = tangent * along;
      if (off > reach * reach) continue;
      bestAlong = along * scale;
      found = i;
    }
    if (found < 0) continue;
    centre.fromBufferAttribute(positions, found).applyMatrix4(matrixWorld);
    best = [centre.x, centre.y, centre.z];
  }
  return best;
}

/** True when a sphere may have points within the cone about the ray, nearer than `farthest_m`. */
function meets(ray: Ray, centre: Vec3, radius_m: number, tangent: number, farthest_m: number): boolean {
  let along = 0;
  let squared = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const part = centre[axis]! - ray.origin_m[axis]!;
    along += part * ray.direction[axis]!;
    squared += part * part;
  }
  if (along < -radius_m || along - radius_m > farthest_m) return false;
  const reach = radius_m + tangent * (Math.max(along, 0) + radius_m);
  return squared - along * along <= reach * reach;
}
