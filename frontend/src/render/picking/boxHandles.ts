import { boxPoint, type BoxState } from '../../core/geometry/box';
import { rotate } from '../../core/geometry/quat';
import { nearestOnLine, type Ray } from '../../core/geometry/ray';
import { add, dot, scale, type Vec3 } from '../../core/geometry/vec3';
import { FACE_HANDLES, handleSigns, type HandleId } from '../../core/tools/handles';
import type { ScreenPoint, ViewProjection } from './viewProjection';

/** A handle as it stands in a view. */
export interface HandleSpot {
  readonly handle: HandleId;
  readonly point_m: Vec3;
  readonly screen_px: ScreenPoint;
  /** Along which it is pulled, in the world; null: freely. */
  readonly axis: Vec3 | null;
}

/** A pointer this near to a handle's middle has it. */
export const HANDLE_RADIUS_PX = 12;
/** Faces whose middle is nearer than this to the box's own are too small on screen to be pulled apart. */
const MIN_FACE_REACH_PX = 13;
/** The heading and lift handles stand at least this far off the box. */
const ARM_PX = 26;

/**
 * The handles of a box seen in perspective: the faces that look at the viewer, the heading before the front, the
 * lift above the roof.
 */
export function perspectiveHandles(box: BoxState, projection: ViewProjection): HandleSpot[] {
  const centre_px = projection.toScreen(box.position_m);
  if (centre_px === null) return [];
  const spots: HandleSpot[] = [];
  for (const handle of FACE_HANDLES) {
    const signs = handleSigns(handle);
    const point_m = boxPoint(box, signs);
    const axis = rotate(box.quat_xyzw, signs);
    const screen_px = projection.toScreen(point_m);
    if (screen_px === null || dot(projection.lookAt(point_m), axis) > -0.04) continue;
    if (distancePx(screen_px, centre_px) < MIN_FACE_REACH_PX) continue;
    spots.push({ handle, point_m, screen_px, axis });
  }
  for (const [handle, signs] of [
    ['heading', [1, 0, 0]],
    ['lift', [0, 0, 1]],
  ] as const) {
    const spot = armSpot(box, projection, handle, signs);
    if (spot !== null) spots.push(spot);
  }
  return spots;
}

/** A handle on an arm out of a face, long enough to be told from the face's own. */
function armSpot(
  box: BoxState,
  projection: ViewProjection,
  handle: 'heading' | 'lift',
  signs: Vec3,
): HandleSpot | null {
  const face_m = boxPoint(box, signs);
  const face_px = projection.toScreen(face_m);
  const axis = rotate(box.quat_xyzw, signs);
  if (face_px === null) return null;
  for (const arm_m of [0.5, 0.8, 1.3, 2.1, 3.4]) {
    const point_m = add(face_m, scale(axis, arm_m));
    const screen_px = projection.toScreen(point_m);
    if (screen_px !== null && distancePx(screen_px, face_px) >= ARM_PX) {
      return { handle, point_m, screen_px, axis: handle === 'lift' ? axis : null };
    }
  }
  return null;
}

/** The nearest handle under the pointer, or null. */
export function handleAt(spots: readonly HandleSpot[], pointer_px: ScreenPoint): HandleSpot | null {
  let best: HandleSpot | null = null;
  let bestDistance = HANDLE_RADIUS_PX;
  for (const spot of spots) {
    const distance = distancePx(spot.screen_px, pointer_px);
    if (distance <= bestDistance) {
      best = spot;
      bestDistance = distance;
    }
  }
  return best;
}

/** The point of the handle's axis under the pointer: where it is grabbed, so that nothing jumps at the first move. */
export function grabPoint(spot: HandleSpot, ray: Ray): Vec3 {
  if (spot.axis === null) return spot.point_m;
  const along = nearestOnLine(ray, spot.point_m, spot.axis);
  return along === null || Math.abs(along) > 3 ? spot.point_m : add(spot.point_m, scale(spot.axis, along));
}

export function distancePx(a: ScreenPoint, b: ScreenPoint): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
