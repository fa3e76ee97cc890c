import { add, scale } from '../../core/geometry/vec3';
import type { HandleSpot } from '../picking/boxHandles';
import type { ScreenPoint, ViewProjection } from '../picking/viewProjection';

/** The resize cursor that points along the handle's way on the screen; null: the tool's own fits. */
export function screenCursor(spot: HandleSpot, projection: ViewProjection): string | null {
  if (spot.axis === null) return null;
  const tip = projection.toScreen(add(spot.point_m, scale(spot.axis, 0.2)));
  return tip === null ? null : resizeCursor(spot.screen_px, tip);
}

/** One of the four two-headed arrows, nearest to the direction between two screen points. */
export function resizeCursor(from: ScreenPoint, to: ScreenPoint): string {
  const angle = (Math.atan2(to[1] - from[1], to[0] - from[0]) * 180) / Math.PI;
  const octant = ((Math.round(angle / 45) % 4) + 4) % 4;
  return ['ew-resize', 'nwse-resize', 'ns-resize', 'nesw-resize'][octant] ?? 'ew-resize';
}
