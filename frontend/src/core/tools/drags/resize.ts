import { MIN_SIZE_M } from '../../actions/poseBox';
import type { BoxState } from '../../geometry/box';
import { rotate } from '../../geometry/quat';
import { dot, subtract, type Vec3 } from '../../geometry/vec3';
import { handleSigns, type SideHandle } from '../handles';
import type { PointerInput } from '../input';
import { distanceAlong, dragNormal, pointOnPlane } from './planes';

export interface Resize {
  readonly size_m: Vec3;
  /** The sides that stay: as `resized` takes it. */
  readonly anchor: Vec3;
}

const AXES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;

/**
 * Pulling sides of a box: the opposite ones stay; with Alt they go the other way and the middle stays. One side is
 * pulled along its axis; an edge or corner follows the pointer in the plane it can be followed in.
 */
export function resizeDrag(
  start: BoxState,
  handle: SideHandle,
  down: PointerInput,
  grab_m: Vec3,
): (input: PointerInput) => Resize | null {
  const signs = handleSigns(handle);
  const isSingle = handle.length === 2;
  const base = isSingle ? null : (pointOnPlane(down, grab_m, dragNormal(down)) ?? grab_m);
  return (input) => {
    const factor = input.modifiers.alt ? 2 : 1;
    const size: [number, number, number] = [...start.size_m];
    const point = base === null ? null : pointOnPlane(input, grab_m, dragNormal(input));
    if (base !== null && point === null) return null;
    for (const [index, axisBox] of AXES.entries()) {
      const sign = signs[index] ?? 0;
      if (sign === 0) continue;
      const axis = rotate(start.quat_xyzw, axisBox);
      const pulled =
        base !== null && point !== null
          ? dot(subtract(point, base), axis)
          : distanceAlong(input, grab_m, axis);
      if (pulled === null) return null;
      size[index] = Math.max((start.size_m[index] ?? 0) + factor * sign * pulled, MIN_SIZE_M);
    }
    return { size_m: size, anchor: input.modifiers.alt ? [0, 0, 0] : [-signs[0], -signs[1], -signs[2]] };
  };
}
