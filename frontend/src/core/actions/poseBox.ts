import type { BoxState } from '../geometry/box';
import { fromAxisAngle, multiply, normalizeQuat, rotate } from '../geometry/quat';
import { add, type Vec3 } from '../geometry/vec3';

/** Boxes thinner than this can no longer be grabbed. */
export const MIN_SIZE_M = 0.05;

export function movedBy(box: BoxState, offset_m: Vec3): BoxState {
  return { ...box, position_m: add(box.position_m, offset_m) };
}

/** Moved along its own axes: x forward, y left, z up. */
export function movedAlong(box: BoxState, offsetBox_m: Vec3): BoxState {
  return movedBy(box, rotate(box.quat_xyzw, offsetBox_m));
}

/** Turned about its centre, about an axis of the world. */
export function turnedBy(box: BoxState, axis: Vec3, angleRad: number): BoxState {
  return { ...box, quat_xyzw: normalizeQuat(multiply(fromAxisAngle(axis, angleRad), box.quat_xyzw)) };
}

/** Front and back, left and right exchanged; up stays up. */
export function flipped(box: BoxState): BoxState {
  return { ...box, quat_xyzw: normalizeQuat(multiply(box.quat_xyzw, [0, 0, 1, 0])) };
}

/**
 * The box with another size, its sides named by `anchor` staying where they are: -1 keeps the negative side of that
 * axis, +1 the positive one, 0 the middle.
 */
export function resized(box: BoxState, size_m: Vec3, anchor: Vec3): BoxState {
  const size: Vec3 = [
    Math.max(size_m[0], MIN_SIZE_M),
    Math.max(size_m[1], MIN_SIZE_M),
    Math.max(size_m[2], MIN_SIZE_M),
  ];
  return {
    position_m: add(box.position_m, rotate(box.quat_xyzw, resizeShift(box.size_m, size, anchor))),
    quat_xyzw: box.quat_xyzw,
    size_m: size,
  };
}

/** How far the centre moves, along the box's own axes, when its size changes about an anchor. */
export function resizeShift(from_m: Vec3, to_m: Vec3, anchor: Vec3): Vec3 {
  return [
    (-anchor[0] * (to_m[0] - from_m[0])) / 2,
    (-anchor[1] * (to_m[1] - from_m[1])) / 2,
    (-anchor[2] * (to_m[2] - from_m[2])) / 2,
  ];
}
