import { smallestPositiveRoot } from '../polynomial';
import type { CameraSpec } from './camera';
import { capped, type Lens, type LensStatus } from './lens';
import { focalAndCentre, maxAngle, numbersParam, type FocalAndCentre } from './params';
import { halfTurnAtMost, ThetaPolynomial } from './theta';

/** OpenCV's fisheye, also beyond 180 degrees: r = th (1 + k1 th^2 + k2 th^4 + k3 th^6 + k4 th^8). */
export class OpenCvFisheye implements Lens {
  readonly limitRad: number;
  readonly #focal: FocalAndCentre;
  readonly #theta: ThetaPolynomial;

  constructor(spec: CameraSpec) {
    this.#focal = focalAndCentre(spec);
    const [k1, k2, k3, k4] = numbersParam(spec, 'distortion', [4]) as [number, number, number, number];
    const slope = [1, 3 * k1, 5 * k2, 7 * k3, 9 * k4];
    this.limitRad = capped(halfTurnAtMost(Math.sqrt(smallestPositiveRoot(slope))), maxAngle(spec));
    this.#theta = new ThetaPolynomial([0, 1, 0, k1, 0, k2, 0, k3, 0, k4], this.limitRad);
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const status = this.#theta.project(x, y, z, out, at);
    const { fx, fy, cx, cy } = this.#focal;
    out[at] = fx * out[at]! + cx;
    out[at + 1] = fy * out[at + 1]! + cy;
    return status;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const { fx, fy, cx, cy } = this.#focal;
    return this.#theta.unproject((u - cx) / fx, (v - cy) / fy, out, at);
  }
}
