import type { Clip } from '../clip/clip';

/** Where the road is. The picture's layers know it best (from points); without them the ego path does. */
export interface Ground {
  /** Height of the ground in the world at a place, or null where nothing is known. */
  zAt(x_m: number, y_m: number): number | null;

  /** The same where it was seen and can be relied on; null where it would be a guess. */
  seenAt(x_m: number, y_m: number): number | null;
}

/** So near to its path the ground is where the ego drove, metres. */
const ROAD_M = 5;

/**
 * The ground as the ego path sees it: as far below the nearest pose as it is in the clip as a whole. Holds on hills,
 * where one height for the whole clip does not.
 */
export function pathGround(clip: Clip): Ground {
  const positions = clip.trajectory.positions_m;
  const groundZ = clip.manifest.ground_z_m;
  const below = groundZ === null ? 0 : groundZ - (positions[2] ?? 0);
  const zAt = (x_m: number, y_m: number): number =>
    (positions[3 * nearestPose(positions, x_m, y_m) + 2] ?? 0) + below;
  return {
    zAt,
    seenAt: (x_m, y_m) => {
      if (groundZ === null) return null;
      const nearest = nearestPose(positions, x_m, y_m);
      const far_m = Math.hypot((positions[3 * nearest] ?? 0) - x_m, (positions[3 * nearest + 1] ?? 0) - y_m);
      return far_m <= ROAD_M ? zAt(x_m, y_m) : null;
    },
  };
}

/** The index of the pose nearest to a place, seen from above. */
export function nearestPose(positions_m: Float64Array, x_m: number, y_m: number): number {
  let best = 0;
  let bestDistance = Infinity;
  for (let i = 0; 3 * i < positions_m.length; i += 1) {
    const dx = (positions_m[3 * i] ?? 0) - x_m;
    const dy = (positions_m[3 * i + 1] ?? 0) - y_m;
    const squared = dx * dx + dy * dy;
    if (squared < bestDistance) {
      bestDistance = squared;
      best = i;
    }
  }
  return best;
}
