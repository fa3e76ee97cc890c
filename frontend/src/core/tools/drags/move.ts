import { movedBy } from '../../actions/poseBox';
import type { BoxState } from '../../geometry/box';
import { rotate } from '../../geometry/quat';
import { norm, scale, subtract, type Vec3 } from '../../geometry/vec3';
import type { PointerInput } from '../input';
import { along, distanceAlong, dragNormal, pointOnPlane } from './planes';

/**
 * Moving a box: over the ground, in an orthographic view in its plane; with Alt (or by the lift handle) up and down;
 * with Shift along its own length or width, whichever is nearer. Returns the box for a pointer, made from `start`.
 */
export function moveDrag(
  start: BoxState,
  grab_m: Vec3,
  isLift: boolean,
): (input: PointerInput) => BoxState | null {
  return (input) => {
    if (isLift || (input.modifiers.alt && input.view.kind !== 'ortho')) {
      const height = distanceAlong(input, grab_m, [0, 0, 1]);
      return height === null ? null : movedBy(start, [0, 0, height]);
    }
    const point = pointOnPlane(input, grab_m, dragNormal(input));
    if (point === null) return null;
    const offset = subtract(point, grab_m);
    return movedBy(start, input.modifiers.shift ? alongOwnAxis(start, offset) : offset);
  };
}

function alongOwnAxis(box: BoxState, offset: Vec3): Vec3 {
  const parts = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((axis) => along(offset, rotate(box.quat_xyzw, axis)));
  return parts.reduce<Vec3>((best, part) => (norm(part) > norm(best) ? part : best), scale(offset, 0));
}
