import { Status } from '../status';
import { Brown } from './brown';
import type { CameraSpec } from './camera';
import { capped, type Lens, type LensStatus } from './lens';
import { focalAndCentre, maxAngle, numbersParam, type FocalAndCentre } from './params';

const COUNTS = [4, 5, 8, 12, 14];

/** OpenCV's pinhole with distortion: Brown's of (x/z, y/z), for z > 0 and inside the radius where it folds back. */
export class OpenCv implements Lens {
  readonly limitRad: number;
  readonly #focal: FocalAndCentre;
  readonly #brown: Brown;
  readonly #maxRadius: number;

  constructor(spec: CameraSpec) {
    this.#focal = focalAndCentre(spec);
    this.#brown = new Brown(numbersParam(spec, 'distortion', COUNTS));
    const own = Math.atan(this.#brown.limitRadius);
    this.limitRad = capped(own, maxAngle(spec));
    this.#maxRadius = this.limitRad < own ? Math.tan(this.limitRad) : Infinity;
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    if (!(z > 0)) return Status.NEAR_OR_BEHIND;
    const a = x / z;
    const b = y / z;
    if (a * a + b * b >= this.#maxRadius * this.#maxRadius) return Status.OUTSIDE_DOMAIN;
    if (!this.#brown.distort(a, b, out, at)) return Status.OUTSIDE_DOMAIN;
    const { fx, fy, cx, cy } = this.#focal;
    out[at] = fx * out[at]! + cx;
    out[at + 1] = fy * out[at + 1]! + cy;
    return Status.OK;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const { fx, fy, cx, cy } = this.#focal;
    const isFound = this.#brown.undistort((u - cx) / fx, (v - cy) / fy, out, at);
    out[at + 2] = 1;
    return isFound && Math.atan(Math.hypot(out[at]!, out[at + 1]!)) < this.limitRad;
  }
}
