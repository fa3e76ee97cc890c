import type { Vec3 } from './vec3';

/** A rotation as a unit quaternion: x, y, z, w. */
export type Quat = readonly [number, number, number, number];

/** a after b: rotating by the result is rotating by b, then by a. */
export function multiply(a: Quat, b: Quat): Quat {
  const [ax, ay, az, aw] = a;
  const [bx, by, bz, bw] = b;
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** The inverse of a unit quaternion. */
export function conjugate(q: Quat): Quat {
  return [-q[0], -q[1], -q[2], q[3]];
}

export function normalizeQuat(q: Quat): Quat {
  const length = Math.hypot(q[0], q[1], q[2], q[3]);
  if (!(length > 0)) throw new Error('normalizeQuat: the zero quaternion is no rotation');
  return [q[0] / length, q[1] / length, q[2] / length, q[3] / length];
}

export function rotate(q: Quat, v: Vec3): Vec3 {
  const [x, y, z, w] = q;
  const tx = 2 * (y * v[2] - z * v[1]);
  const ty = 2 * (z * v[0] - x * v[2]);
  const tz = 2 * (x * v[1] - y * v[0]);
  return [v[0] + w * tx + y * tz - z * ty, v[1] + w * ty + z * tx - x * tz, v[2] + w * tz + x * ty - y * tx];
}

/** Rotation by an angle about a unit axis. */
export function fromAxisAngle(axis: Vec3, angleRad: number): Quat {
  const s = Math.sin(angleRad / 2);
  return [axis[0] * s, axis[1] * s, axis[2] * s, Math.cos(angleRad / 2)];
}

/** Rotation about +z, counted from +x. */
export function fromYaw(yawRad: number): Quat {
  return [0, 0, Math.sin(yawRad / 2), Math.cos(yawRad / 2)];
}

/** The heading of the rotated x axis in the horizontal plane, in [-pi, pi). */
export function yawOf(q: Quat): number {
  const forward = rotate(q, [1, 0, 0]);
  return wrapAngle(Math.atan2(forward[1], forward[0]));
}

/** The same angle in [-pi, pi). */
export function wrapAngle(angleRad: number): number {
  const turns = Math.floor((angleRad + Math.PI) / (2 * Math.PI));
  return angleRad - turns * 2 * Math.PI;
}

/** Shortest-arc spherical interpolation, constant angular speed; exact for steps of any size. */
export function slerp(a: Quat, b: Quat, s: number): Quat {
  const out = new Float64Array(4);
  slerpInto(a[0], a[1], a[2], a[3], b[0], b[1], b[2], b[3], s, out, 0);
  return [out[0]!, out[1]!, out[2]!, out[3]!];
}

/** `slerp` without garbage. */
export function slerpInto(
  ax: number,
  ay: number,
  az: number,
  aw: number,
  bx: number,
  by: number,
  bz: number,
  bw: number,
  s: number,
  out: Float64Array,
  at: number,
): void {
  // The relative rotation conj(a) b by its rotation vector: accurate for 1e-9 rad and for 179 degrees alike.
  let rx = aw * bx - ax * bw - ay * bz + az * by;
  let ry = aw * by + ax * bz - ay * bw - az * bx;
  let rz = aw * bz - ax * by + ay * bx - az * bw;
  let rw = aw * bw + ax * bx + ay * by + az * bz;
  if (rw < 0) {
    rx = -rx;
    ry = -ry;
    rz = -rz;
    rw = -rw;
  }
  const sinHalf = Math.sqrt(rx * rx + ry * ry + rz * rz);
  const half = Math.atan2(sinHalf, rw);
  const factor = sinHalf < 1e-150 ? s : Math.sin(s * half) / sinHalf;
  const cosine = Math.cos(s * half);
  rx *= factor;
  ry *= factor;
  rz *= factor;
  out[at] = aw * rx + ax * cosine + ay * rz - az * ry;
  out[at + 1] = aw * ry - ax * rz + ay * cosine + az * rx;
  out[at + 2] = aw * rz + ax * ry - ay * rx + az * cosine;
  out[at + 3] = aw * cosine - ax * rx - ay * ry - az * rz;
}

/** By how much one rotation is turned against another, 0 to pi. */
export function angleBetween(a: Quat, b: Quat): number {
  const [x, y, z, w] = multiply(conjugate(a), b);
  return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w));
}
