import { Status } from '../status';
import type { CameraSpec } from './camera';
import { capped, type Lens, type LensStatus } from './lens';
import { focalAndCentre, maxAngle, numbersParam, hasParam, specError, type FocalAndCentre } from './params';

/** u = fx x/z + cx, v = fy y/z + cy, for z > 0. */
export class Pinhole implements Lens {
  readonly limitRad: number;
  readonly #focal: FocalAndCentre;
  readonly #maxRadius2: number;

  constructor(spec: CameraSpec) {
    if (hasParam(spec, 'distortion')) {
      const counts = Array.from({ length: 15 }, (_, i) => i);
      if (numbersParam(spec, 'distortion', counts).some((value) => value !== 0)) {
        throw specError(
          spec,
          'params.distortion',
          'none with the model pinhole (use opencv)',
          spec.params['distortion'],
        );
      }
    }
    this.#focal = focalAndCentre(spec);
    this.limitRad = capped(Math.PI / 2, maxAngle(spec));
    this.#maxRadius2 = this.limitRad < Math.PI / 2 ? Math.tan(this.limitRad) ** 2 : Infinity;
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    if (!(z > 0)) return Status.NEAR_OR_BEHIND;
    const a = x / z;
    const b = y / z;
    if (a * a + b * b >= this.#maxRadius2) return Status.OUTSIDE_DOMAIN;
    const { fx, fy, cx, cy } = this.#focal;
    out[at] = fx * a + cx;
    out[at + 1] = fy * b + cy;
    return Status.OK;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const { fx, fy, cx, cy } = this.#focal;
    const a = (u - cx) / fx;
    const b = (v - cy) / fy;
    out[at] = a;
    out[at + 1] = b;
    out[at + 2] = 1;
    return Math.atan(Math.hypot(a, b)) < this.limitRad;
  }
}
