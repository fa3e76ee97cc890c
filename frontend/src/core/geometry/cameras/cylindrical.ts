import { Status } from '../status';
import type { CameraSpec } from './camera';
import { angleOf, capped, type Lens, type LensStatus } from './lens';
import { focalAndCentre, maxAngle, type FocalAndCentre } from './params';

/** A cylinder around the vertical axis, columns are equal angles: u = fx atan2(x, z) + cx, v = fy y/hypot(x, z) + cy. */
export class Cylindrical implements Lens {
  readonly limitRad: number;
  readonly #focal: FocalAndCentre;

  constructor(spec: CameraSpec) {
    this.#focal = focalAndCentre(spec);
    this.limitRad = capped(Math.PI, maxAngle(spec));
  }

  /** Columns of a whole turn. */
  get period_px(): number {
    return 2 * Math.PI * this.#focal.fx;
  }

  /** The column straight ahead. */
  get centre_px(): number {
    return this.#focal.cx;
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    if (x === 0 && y === 0 && z === 0) return Status.NEAR_OR_BEHIND;
    const radius = Math.hypot(x, z);
    if (radius === 0 || !this.#isWithin(x, y, z)) return Status.OUTSIDE_DOMAIN;
    const { fx, fy, cx, cy } = this.#focal;
    out[at] = fx * Math.atan2(x, z) + cx;
    out[at + 1] = fy * (y / radius) + cy;
    return Status.OK;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const { fx, fy, cx, cy } = this.#focal;
    const turn = (u - cx) / fx;
    out[at] = Math.sin(turn);
    out[at + 1] = (v - cy) / fy;
    out[at + 2] = Math.cos(turn);
    return Math.abs(turn) <= Math.PI && this.#isWithin(out[at], out[at + 1]!, out[at + 2]!);
  }

  #isWithin(x: number, y: number, z: number): boolean {
    return this.limitRad >= Math.PI || angleOf(x, y, z) < this.limitRad;
  }
}
