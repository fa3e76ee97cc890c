import type { CameraSpec } from './camera';
import { capped, type Lens, type LensStatus } from './lens';
import { finiteParam, hasParam, maxAngle, numbersParam, positiveParam } from './params';
import { halfTurnAtMost, risingUntil, ThetaPolynomial } from './theta';

/**
 * WoodScape's fisheye: rho = k1 th + k2 th^2 + k3 th^3 + k4 th^4 px; v is stretched by the aspect ratio. Without `cx`
 * the centre is half the width plus `cx_offset` less half a pixel (their pictures count from the corner); so with `cy`.
 */
export class WoodScape implements Lens {
  readonly limitRad: number;
  readonly #cx: number;
  readonly #cy: number;
  readonly #ratio: number;
  readonly #theta: ThetaPolynomial;

  constructor(spec: CameraSpec) {
    const polynomial = [0, ...numbersParam(spec, 'k', [4])];
    this.limitRad = capped(halfTurnAtMost(risingUntil(polynomial, spec, 'k')), maxAngle(spec));
    this.#cx = centre(spec, 'cx', spec.width);
    this.#cy = centre(spec, 'cy', spec.height);
    this.#ratio = hasParam(spec, 'aspect_ratio') ? positiveParam(spec, 'aspect_ratio') : 1;
    this.#theta = new ThetaPolynomial(polynomial, this.limitRad);
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const status = this.#theta.project(x, y, z, out, at);
    out[at] = out[at]! + this.#cx;
    out[at + 1] = out[at + 1]! * this.#ratio + this.#cy;
    return status;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    return this.#theta.unproject(u - this.#cx, (v - this.#cy) / this.#ratio, out, at);
  }
}

function centre(spec: CameraSpec, name: 'cx' | 'cy', length: number): number {
  return hasParam(spec, name)
    ? finiteParam(spec, name)
    : length / 2 - 0.5 + finiteParam(spec, `${name}_offset`);
}
