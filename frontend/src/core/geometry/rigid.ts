import { conjugate, multiply, rotate, type Quat } from './quat';
import { add, scale, type Vec3 } from './vec3';

/** A rotation and a translation. A value is named `aFromB`: it takes points of b to a. */
export interface RigidTransform {
  readonly position_m: Vec3;
  readonly quat_xyzw: Quat;
}

/** aFromC = compose(aFromB, bFromC). */
export function compose(aFromB: RigidTransform, bFromC: RigidTransform): RigidTransform {
  return {
    position_m: add(aFromB.position_m, rotate(aFromB.quat_xyzw, bFromC.position_m)),
    quat_xyzw: multiply(aFromB.quat_xyzw, bFromC.quat_xyzw),
  };
}

/** bFromA of aFromB. */
export function inverse(aFromB: RigidTransform): RigidTransform {
  const quat = conjugate(aFromB.quat_xyzw);
  return { position_m: rotate(quat, scale(aFromB.position_m, -1)), quat_xyzw: quat };
}

/** Writes the 3x3 rotation matrix of a unit quaternion, row by row, to out[at..at+8]. */
export function writeRotationMatrix(
  x: number,
  y: number,
  z: number,
  w: number,
  out: Float64Array,
  at: number,
): void {
  out[at] = 1 - 2 * (y * y + z * z);
  out[at + 1] = 2 * (x * y - z * w);
  out[at + 2] = 2 * (x * z + y * w);
  out[at + 3] = 2 * (x * y + z * w);
  out[at + 4] = 1 - 2 * (x * x + z * z);
  out[at + 5] = 2 * (y * z - x * w);
  out[at + 6] = 2 * (x * z - y * w);
  out[at + 7] = 2 * (y * z + x * w);
  out[at + 8] = 1 - 2 * (x * x + y * y);
}
