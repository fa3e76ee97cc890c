import { Status } from '../status';

/**
 * The map between rays of the camera frame (x right, y down, z forward) and pixels. A lens has one domain: the rays
 * less than `limitRad` off its axis. Up to there the map is one-to-one; what is beyond never gets a pixel.
 */
export interface Lens {
  readonly limitRad: number;
  /** Writes the pixel to out[at], out[at + 1]; OK, NEAR_OR_BEHIND or OUTSIDE_DOMAIN. */
  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus;
  /** Writes a direction of any length to out[at..at + 2]; false where there is none. */
  unproject(u: number, v: number, out: Float64Array, at: number): boolean;
}

export type LensStatus = typeof Status.OK | typeof Status.NEAR_OR_BEHIND | typeof Status.OUTSIDE_DOMAIN;

/** The lens's own limit, or the one that its maker gives where that is less. */
export function capped(limitRad: number, maxAngleRad: number | undefined): number {
  return maxAngleRad === undefined ? limitRad : Math.min(limitRad, maxAngleRad);
}

/** The angle off the optical axis, radians. */
export function angleOf(x: number, y: number, z: number): number {
  return Math.atan2(Math.hypot(x, y), z);
}

/** The status of a point `theta` off the axis. Behind is the reason only for lenses that can't see behind. */
export function coneStatus(x: number, y: number, z: number, theta: number, limitRad: number): LensStatus {
  if (x === 0 && y === 0 && z === 0) return Status.NEAR_OR_BEHIND;
  if (limitRad <= Math.PI / 2 && z <= 0) return Status.NEAR_OR_BEHIND;
  return theta < limitRad ? Status.OK : Status.OUTSIDE_DOMAIN;
}

/** Writes the unit ray `theta` off the axis, towards the vector (du, dv) of this length. */
export function writeRay(
  du: number,
  dv: number,
  length: number,
  theta: number,
  out: Float64Array,
  at: number,
): void {
  const sideways = length > 0 ? Math.sin(theta) / length : 0;
  out[at] = du * sideways;
  out[at + 1] = dv * sideways;
  out[at + 2] = Math.cos(theta);
}
