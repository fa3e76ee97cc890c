import type { ImageView } from '../view';
import { MOVING_LENGTH } from './edges';

/**
 * Corner i of a moving box stands at +half size along axis k where bit k of i is set: x fastest, as in Python. (Not the
 * order of `CORNER_SIGNS`.)
 */

/** The corners of the faces -x +x -y +y -z +z, anticlockwise seen from outside. */
const MOVING_FACES: readonly (readonly number[])[] = [0, 1, 2].flatMap((axis) => {
  const i = 1 << ((axis + 1) % 3);
  const j = 1 << ((axis + 2) % 3);
  const ring = [0, i, i + j, j];
  return [[...ring].reverse(), ring.map((corner) => corner + (1 << axis))];
});

/** The code of a camera inside the box. */
export const INSIDE = 13;

/**
 * For each side that a camera may be on (9 x + 3 y + z; 0: before the box's middle slab, 1: within, 2: beyond), the
 * loop of corners that is the box's silhouette from there.
 */
export const SILHOUETTES: readonly (readonly number[])[] = Array.from({ length: 27 }, (_, code) =>
  silhouetteOf(code),
);

function silhouetteOf(code: number): readonly number[] {
  const sides = [Math.floor(code / 9), Math.floor(code / 3) % 3, code % 3];
  const following = new Map<string, readonly [number, number]>();
  sides.forEach((side, axis) => {
    if (side === 1) return;
    const ring = MOVING_FACES[2 * axis + side / 2]!;
    ring.forEach((a, k) => following.set(`${a} ${ring[(k + 1) % 4]!}`, [a, ring[(k + 1) % 4]!]));
  });
  const edges = new Map(
    [...following.values()].filter(([a, b]) => !following.has(`${b} ${a}`)).map(([a, b]) => [a, b] as const),
  );
  const [first] = edges.keys();
  if (first === undefined) return [];
  const loop = [first];
  for (let next = edges.get(first)!; next !== first; next = edges.get(next)!) loop.push(next);
  return loop;
}

/** On which side of a box (8 moving corners) the camera is at a time, coded as in `SILHOUETTES`. */
export function sideOf(view: ImageView, corners: Float64Array, offsetNs: number): number {
  const t = offsetNs * 1e-9;
  for (let row = 0; row < 8; row += 1) {
    const at = MOVING_LENGTH * row;
    view.toCamera(
      corners[at]! + t * corners[at + 3]!,
      corners[at + 1]! + t * corners[at + 4]!,
      corners[at + 2]! + t * corners[at + 5]!,
      offsetNs,
      place,
    );
    seen.set(place, 3 * row);
  }
  let code = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const far = 3 * (1 << axis);
    let length = 0;
    let along = 0;
    for (let k = 0; k < 3; k += 1) {
      const reach = 0.5 * (seen[far + k]! - seen[k]!);
      const middle = 0.5 * (seen[k]! + seen[21 + k]!);
      length += reach * reach;
      along -= middle * reach;
    }
    code = 3 * code + (along < -length ? 0 : along > length ? 2 : 1);
  }
  return code;
}

const place = new Float64Array(3);
const seen = new Float64Array(24);
