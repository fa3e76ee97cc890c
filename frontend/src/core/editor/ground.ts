import type { Clip } from '../clip/clip';

/** Where the road is. The picture's layers know it best (from points); without them the ego path does. */
export interface Ground {
  /** Height of the ground in the world at a place, or null where nothing is known. */
  zAt(x_m: number, y_m: number): number | null;
}

/**
 * The ground as the ego path sees it: as far below the nearest pose as it is in the clip as a whole. Holds on hills,
 * where one height for the whole clip does not.
 */
export function pathGround(clip: Clip): Ground {
  const positions = clip.trajectory.positions_m;
  const groundZ = clip.manifest.ground_z_m;
  const below = groundZ === null ? 0 : groundZ - (positions[2] ?? 0);
  return {
    zAt: (x_m, y_m) => {
      const nearest = nearestPose(positions, x_m, y_m);
      return (positions[3 * nearest + 2] ?? 0) + below;
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
