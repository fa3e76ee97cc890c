import type { Ray } from '../../core/geometry/ray';
import type { Vec3 } from '../../core/geometry/vec3';

/** Where a point of the world is in a view: CSS pixels from its top left corner. */
export type ScreenPoint = readonly [x_px: number, y_px: number];

/** What picking and the overlay need to know of a view. */
export interface ViewProjection {
  /** Null: behind the viewer. */
  toScreen(point_m: Vec3): ScreenPoint | null;
  /** Null: no ray belongs to that pixel. */
  rayThrough(x_px: number, y_px: number): Ray | null;
  /** The direction in which the viewer looks at a point, towards it, unit length. */
  lookAt(point_m: Vec3): Vec3;
}
