import type { Vec3 } from '../../core/geometry/vec3';
import type { PointCloud } from '../layers/pointsLayer';

/** The points of clouds that lie within a distance of a place, seen from above: what a small view needs of them. */
export function cropPoints(clouds: readonly PointCloud[], centre_m: Vec3, radius_m: number): PointCloud {
  const [cx, cy] = centre_m;
  const kept: number[] = [];
  const intensities: number[] = [];
  let hasIntensities = false;
  for (const cloud of clouds) {
    const positions = cloud.positions_m;
    hasIntensities ||= cloud.intensities !== null;
    for (let i = 0; i < positions.length; i += 3) {
      const dx = positions[i]! - cx;
      const dy = positions[i + 1]! - cy;
      if (dx * dx + dy * dy > radius_m * radius_m) continue;
      kept.push(positions[i]!, positions[i + 1]!, positions[i + 2]!);
      intensities.push(cloud.intensities?.[i / 3] ?? 0);
    }
  }
  return {
    positions_m: Float32Array.from(kept),
    intensities: hasIntensities ? Float32Array.from(intensities) : null,
  };
}
