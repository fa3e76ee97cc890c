import {
  derivative,
  evaluate,
  invertRising,
  polynomialWithSlope,
  smallestPositiveRoot,
  type Polynomial,
  type Rising,
} from '../polynomial';
import type { CameraSpec } from './camera';
import { coneStatus, writeRay, type LensStatus } from './lens';
import { specError } from './params';

/** What lenses have in common whose distance from the centre is a polynomial of the angle off the axis. */
export class ThetaPolynomial {
  readonly limitRad: number;
  readonly #coefficients: Polynomial;
  readonly #rising: Rising;

  constructor(coefficients: Polynomial, limitRad: number) {
    this.limitRad = limitRad;
    this.#coefficients = coefficients;
    this.#rising = polynomialWithSlope(coefficients);
  }

  /** Writes the vector from the centre. */
  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const rho = Math.hypot(x, y);
    const theta = Math.atan2(rho, z);
    const factor = rho > 0 ? evaluate(this.#coefficients, theta) / rho : 0;
    out[at] = x * factor;
    out[at + 1] = y * factor;
    return coneStatus(x, y, z, theta, this.limitRad);
  }

  /** Writes the ray of a vector from the centre. */
  unproject(du: number, dv: number, out: Float64Array, at: number): boolean {
    const length = Math.hypot(du, dv);
    const theta = invertRising(this.#rising, length, this.limitRad);
    writeRay(du, dv, length, theta, out, at);
    const tolerance = 1e-12 * (Math.abs(this.#coefficients[1]!) + length);
    return Math.abs(this.#rising.value(theta) - length) <= tolerance && theta < this.limitRad;
  }
}

/** The least positive argument where a polynomial stops rising; throws when it doesn't rise at all. */
export function risingUntil(coefficients: Polynomial, spec: CameraSpec, field: string): number {
  const slope = derivative(coefficients);
  if (!(slope[0]! > 0)) {
    throw specError(spec, `params.${field}`, 'a polynomial that rises from zero on', spec.params[field]);
  }
  return smallestPositiveRoot(slope);
}

/** No ray is further off the axis than half a turn. */
export function halfTurnAtMost(limitRad: number): number {
  return Math.min(limitRad, Math.PI);
}
