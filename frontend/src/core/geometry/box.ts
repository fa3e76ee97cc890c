import { rotate, type Quat } from './quat';
import { add, type Vec3 } from './vec3';

/** A box at one time, in the world: centre, rotation, and length, width, height along its own x, y, z. */
export interface BoxState {
  readonly position_m: Vec3;
  readonly quat_xyzw: Quat;
  readonly size_m: Vec3;
}

/**
 * Corner i stands at sign (bit 2: x, bit 1: y, bit 0: z) of the half size: 0 is (-, -, -), 7 is (+, +, +).
 *
 *         5-------7      x is the heading (the face 4 5 7 6 is the front),
 *        /|      /|      y is left, z is up.
 *       4-------6 |
 *       | 1-----|-3
 *       |/      |/
 *       0-------2        (drawn with x away from the viewer for 0 -> 4)
 */
export const CORNER_SIGNS: readonly Vec3[] = [
  [-1, -1, -1],
  [-1, -1, 1],
  [-1, 1, -1],
  [-1, 1, 1],
  [1, -1, -1],
  [1, -1, 1],
  [1, 1, -1],
  [1, 1, 1],
];

/** The twelve edges as pairs of corners: four along x, four along y, four along z. */
export const EDGES: readonly (readonly [number, number])[] = [
  [0, 4],
  [1, 5],
  [2, 6],
  [3, 7],
  [0, 2],
  [1, 3],
  [4, 6],
  [5, 7],
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
];

/** True for the four edges of the front face, which shows the heading. */
export function isFrontEdge(edge: number): boolean {
  return edge === 6 || edge === 7 || edge === 10 || edge === 11;
}

/** The eight corners in the world, in the order of `CORNER_SIGNS`. */
export function boxCorners(box: BoxState): Vec3[] {
  return CORNER_SIGNS.map((signs) => boxPoint(box, signs));
}

/** The point at these fractions of the half size along the box's own axes: (1, 0, 0) is the middle of the front face. */
export function boxPoint(box: BoxState, fractions: Vec3): Vec3 {
  const [l, w, h] = box.size_m;
  return add(
    box.position_m,
    rotate(box.quat_xyzw, [(fractions[0] * l) / 2, (fractions[1] * w) / 2, (fractions[2] * h) / 2]),
  );
}
