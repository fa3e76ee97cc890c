import { Status } from '../status';
import type { CameraSpec } from './camera';
import { angleOf, capped, coneStatus, type Lens, type LensStatus } from './lens';
import { finiteParam, focalAndCentre, maxAngle, specError, type FocalAndCentre } from './params';

/** The double sphere model of Usenko et al.: u = fx x/(alpha d2 + (1 - alpha)(xi d1 + z)) + cx. */
export class DoubleSphere implements Lens {
  readonly limitRad: number;
  readonly #focal: FocalAndCentre;
  readonly #xi: number;
  readonly #alpha: number;

  constructor(spec: CameraSpec) {
    this.#focal = focalAndCentre(spec);
    const xi = finiteParam(spec, 'xi');
    const alpha = finiteParam(spec, 'alpha');
    if (!(xi > -1 && xi <= 1)) throw specError(spec, 'params.xi', 'a number above -1 and at most 1', xi);
    if (!(alpha >= 0 && alpha <= 1)) throw specError(spec, 'params.alpha', 'a number from 0 to 1', alpha);
    this.#xi = xi;
    this.#alpha = alpha;
    const w1 = alpha <= 0.5 ? alpha / (1 - alpha) : (1 - alpha) / alpha;
    const w2 = (w1 + xi) / Math.sqrt(Math.max(2 * w1 * xi + xi * xi + 1, 1e-300));
    const published = Math.acos(Math.min(1, Math.max(-1, -w2)));
    this.limitRad = capped(Math.min(published, foldAngle(xi, w1)), maxAngle(spec));
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const status = coneStatus(x, y, z, angleOf(x, y, z), this.limitRad);
    if (status !== Status.OK) return status;
    const shifted = this.#xi * Math.hypot(x, y, z) + z;
    const height = this.#alpha * Math.hypot(x, y, shifted) + (1 - this.#alpha) * shifted;
    const { fx, fy, cx, cy } = this.#focal;
    out[at] = (fx * x) / height + cx;
    out[at + 1] = (fy * y) / height + cy;
    return status;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const { fx, fy, cx, cy } = this.#focal;
    const a = (u - cx) / fx;
    const b = (v - cy) / fy;
    const r2 = a * a + b * b;
    const alpha = this.#alpha;
    const under = 1 - (2 * alpha - 1) * r2;
    const c = (1 - alpha * alpha * r2) / (alpha * Math.sqrt(Math.max(under, 0)) + 1 - alpha);
    const second = c * c + (1 - this.#xi * this.#xi) * r2;
    const gain = (c * this.#xi + Math.sqrt(Math.max(second, 0))) / (c * c + r2);
    out[at] = gain * a;
    out[at + 1] = gain * b;
    out[at + 2] = gain * c - this.#xi;
    return under >= 0 && second >= 0 && angleOf(out[at], out[at + 1]!, out[at + 2]!) < this.limitRad;
  }
}

/**
 * The angle off the axis from which on pixels turn back, or the denominator is negative. The paper's own limit is less
 * than that for common lenses, but more for strongly negative xi. On the second sphere, which lies xi before the
 * first one, it is where the cosine is -w1.
 */
function foldAngle(xi: number, w1: number): number {
  const sine = Math.sqrt(Math.max(0, 1 - w1 * w1));
  const distance = Math.sqrt(Math.max(0, 1 - (xi * sine) ** 2)) - xi * w1;
  return Math.atan2(distance * sine, -distance * w1 - xi);
}
