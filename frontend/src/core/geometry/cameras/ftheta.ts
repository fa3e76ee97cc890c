import { evaluate, invertRising, polynomialWithSlope, type Polynomial, type Rising } from '../polynomial';
import { Status } from '../status';
import type { CameraSpec } from './camera';
import { angleOf, capped, coneStatus, writeRay, type Lens, type LensStatus } from './lens';
import { finiteParam, hasParam, maxAngle, numbersParam, specError } from './params';
import { halfTurnAtMost, risingUntil, ThetaPolynomial } from './theta';

const COUNTS = [2, 3, 4, 5, 6, 7, 8, 9, 10];

/**
 * NVIDIA's f-theta: (u, v) = (cx, cy) + d(th) [[c, d], [e, 1]] (x, y)/rho. The reference polynomial gives d: of the
 * angle (forward), or as the inverse of a polynomial of the pixel distance (backward).
 */
export class FTheta implements Lens {
  readonly limitRad: number;
  readonly #cx: number;
  readonly #cy: number;
  readonly #linear: readonly [c: number, d: number, e: number];
  /** The forward reference; null with a backward one. */
  readonly #theta: ThetaPolynomial | null;
  readonly #backward: Rising;
  readonly #polynomial: Polynomial;
  /** Pixel distance at the limit; infinite with a forward polynomial. */
  readonly #limitPx: number;

  constructor(spec: CameraSpec) {
    const reference = spec.params['reference'];
    if (reference !== 'forward' && reference !== 'backward') {
      throw specError(spec, 'params.reference', 'forward or backward', reference);
    }
    const field = reference === 'forward' ? 'angle_to_pixeldist' : 'pixeldist_to_angle';
    this.#polynomial = numbersParam(spec, field, COUNTS);
    this.#linear = hasParam(spec, 'linear_cde')
      ? (numbersParam(spec, 'linear_cde', [3]) as [number, number, number])
      : [1, 0, 0];
    if (this.#linear[0] - this.#linear[1] * this.#linear[2] <= 0) {
      throw specError(
        spec,
        'params.linear_cde',
        "a matrix [[c, d], [e, 1]] that doesn't mirror",
        this.#linear,
      );
    }
    const until = risingUntil(this.#polynomial, spec, field);
    this.#limitPx = reference === 'backward' ? until : Infinity;
    const ownLimit =
      reference === 'forward' || until === Infinity ? until : evaluate(this.#polynomial, until);
    this.limitRad = capped(halfTurnAtMost(ownLimit), maxAngle(spec));
    if (!(this.limitRad > 0)) {
      throw specError(spec, `params.${field}`, 'a polynomial that rises from zero on', spec.params[field]);
    }
    this.#cx = finiteParam(spec, 'cx');
    this.#cy = finiteParam(spec, 'cy');
    this.#theta = reference === 'forward' ? new ThetaPolynomial(this.#polynomial, this.limitRad) : null;
    this.#backward = polynomialWithSlope(this.#polynomial);
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const status =
      this.#theta === null ? this.#away(x, y, z, out, at) : this.#theta.project(x, y, z, out, at);
    const [c, d, e] = this.#linear;
    const du = out[at]!;
    const dv = out[at + 1]!;
    out[at] = c * du + d * dv + this.#cx;
    out[at + 1] = e * du + dv + this.#cy;
    return status;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const [c, d, e] = this.#linear;
    const determinant = c - d * e;
    const su = u - this.#cx;
    const sv = v - this.#cy;
    const du = (su - d * sv) / determinant;
    const dv = (c * sv - e * su) / determinant;
    if (this.#theta !== null) return this.#theta.unproject(du, dv, out, at);
    const length = Math.hypot(du, dv);
    const theta = evaluate(this.#polynomial, length);
    writeRay(du, dv, length, theta, out, at);
    return length < this.#limitPx && theta >= 0 && theta < this.limitRad;
  }

  /** The vector from the centre where the polynomial goes the other way. */
  #away(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const theta = angleOf(x, y, z);
    const status = coneStatus(x, y, z, theta, this.limitRad);
    const rho = Math.hypot(x, y);
    const factor =
      status === Status.OK && rho > 0 ? invertRising(this.#backward, theta, this.#limitPx) / rho : 0;
    out[at] = x * factor;
    out[at + 1] = y * factor;
    return status;
  }
}
