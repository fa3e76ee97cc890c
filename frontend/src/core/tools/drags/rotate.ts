import { turnedBy } from '../../actions/poseBox';
import type { BoxState } from '../../geometry/box';
import { rotate, wrapAngle } from '../../geometry/quat';
import { cross, dot, norm, subtract, type Vec3 } from '../../geometry/vec3';
import type { PointerInput } from '../input';
import { closestAxis, pointOnPlane } from './planes';

/** With Ctrl the angle goes in steps of this. */
const SNAP_RAD = (5 * Math.PI) / 180;

/** Nearer to the centre than this the pointer has no direction. */
const MIN_RADIUS_M = 0.05;

/**
 * Turning a box about the vertical through its centre, in an orthographic view about its own axis that points at the
 * viewer. `pivot_m` is the box's centre at the view's own time.
 */
export function rotateDrag(
  start: BoxState,
  pivot_m: Vec3,
  down: PointerInput,
  grab_m: Vec3,
): (input: PointerInput) => BoxState | null {
  const axis = turnAxis(start, down);
  const plane: Vec3 = down.view.kind === 'ortho' ? pivot_m : [pivot_m[0], pivot_m[1], grab_m[2]];
  const from = armOf(pointOnPlane(down, plane, axis) ?? grab_m, pivot_m, axis);
  return (input) => {
    const point = pointOnPlane(input, plane, axis);
    if (point === null || norm(from) < MIN_RADIUS_M) return null;
    const to = armOf(point, pivot_m, axis);
    if (norm(to) < MIN_RADIUS_M) return null;
    const angle = wrapAngle(Math.atan2(dot(cross(from, to), axis), dot(from, to)));
    return turnedBy(start, axis, input.modifiers.ctrl ? Math.round(angle / SNAP_RAD) * SNAP_RAD : angle);
  };
}

function turnAxis(box: BoxState, down: PointerInput): Vec3 {
  if (down.view.kind !== 'ortho') return [0, 0, 1];
  const own = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((axis) => rotate(box.quat_xyzw, axis));
  return closestAxis(down.ray.direction, own);
}

/** From the pivot to a point, within the plane of turning. */
function armOf(point_m: Vec3, pivot_m: Vec3, axis: Vec3): Vec3 {
  const arm = subtract(point_m, pivot_m);
  const height = dot(arm, axis);
  return [arm[0] - height * axis[0], arm[1] - height * axis[1], arm[2] - height * axis[2]];
}
