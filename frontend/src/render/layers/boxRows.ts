import type { BoxState } from '../../core/geometry/box';
import type { Quat } from '../../core/geometry/quat';

/** Writes twelve numbers (three rows of 4): a point of the world in units of a box's half sizes, plus `margin_m`. */
export function writeUnitFromWorld(rows: Float32Array, at: number, box: BoxState, margin_m: number): void {
  const turn = matrixOf(box.quat_xyzw);
  const [px, py, pz] = box.position_m;
  for (let axis = 0; axis < 3; axis += 1) {
    const half = box.size_m[axis]! / 2 + margin_m;
    // Columns of world_from_box are the box's axes in the world.
    const x = turn[axis]! / half;
    const y = turn[3 + axis]! / half;
    const z = turn[6 + axis]! / half;
    rows[at + 4 * axis] = x;
    rows[at + 4 * axis + 1] = y;
    rows[at + 4 * axis + 2] = z;
    rows[at + 4 * axis + 3] = -(x * px + y * py + z * pz);
  }
}

/** Writes twelve numbers: from the place that a point has on a box to the place that it has when the box is elsewhere. */
export function writeMotion(rows: Float32Array, at: number, from: BoxState, to: BoxState): void {
  const a = matrixOf(from.quat_xyzw);
  const b = matrixOf(to.quat_xyzw);
  for (let i = 0; i < 3; i += 1) {
    let moved = to.position_m[i]!;
    for (let j = 0; j < 3; j += 1) {
      let sum = 0;
      for (let k = 0; k < 3; k += 1) sum += b[3 * i + k]! * a[3 * j + k]!;
      rows[at + 4 * i + j] = sum;
      moved -= sum * from.position_m[j]!;
    }
    rows[at + 4 * i + 3] = moved;
  }
}

/** The rotation, row by row. */
function matrixOf([x, y, z, w]: Quat): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - z * w),
    2 * (x * z + y * w),
    2 * (x * y + z * w),
    1 - 2 * (x * x + z * z),
    2 * (y * z - x * w),
    2 * (x * z - y * w),
    2 * (y * z + x * w),
    1 - 2 * (x * x + y * y),
  ];
}
