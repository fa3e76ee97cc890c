import { Status } from '../status';
import { Brown } from './brown';
import type { CameraSpec } from './camera';
import { angleOf, capped, coneStatus, type Lens, type LensStatus } from './lens';
import {
  finiteParam,
  focalAndCentre,
  maxAngle,
  numbersParam,
  specError,
  type FocalAndCentre,
} from './params';

/** Mei's unified model: m = (x, y)/(z + xi |P|), then Brown's k1 k2 p1 p2, then fx fy cx cy. */
export class Mei implements Lens {
  readonly limitRad: number;
  readonly #focal: FocalAndCentre;
  readonly #xi: number;
  readonly #brown: Brown;

  constructor(spec: CameraSpec) {
    this.#focal = focalAndCentre(spec);
    const xi = finiteParam(spec, 'xi');
    if (!(xi > -1)) throw specError(spec, 'params.xi', 'a number above -1', xi);
    this.#xi = xi;
    this.#brown = new Brown(numbersParam(spec, 'distortion', [4]));
    // Up to here the radius on the plane rises with the angle: then the sphere turns away.
    const sphere = Math.acos(xi <= 1 ? -xi : -1 / xi);
    this.limitRad = capped(Math.min(sphere, angleOfRadius(this.#brown.limitRadius, xi)), maxAngle(spec));
  }

  project(x: number, y: number, z: number, out: Float64Array, at: number): LensStatus {
    const status = coneStatus(x, y, z, angleOf(x, y, z), this.limitRad);
    if (status !== Status.OK) return status;
    const height = z + this.#xi * Math.hypot(x, y, z);
    this.#brown.distort(x / height, y / height, out, at);
    const { fx, fy, cx, cy } = this.#focal;
    out[at] = fx * out[at]! + cx;
    out[at + 1] = fy * out[at + 1]! + cy;
    return status;
  }

  unproject(u: number, v: number, out: Float64Array, at: number): boolean {
    const { fx, fy, cx, cy } = this.#focal;
    const isFound = this.#brown.undistort((u - cx) / fx, (v - cy) / fy, out, at);
    const a = out[at]!;
    const b = out[at + 1]!;
    const r2 = a * a + b * b;
    const under = 1 + (1 - this.#xi * this.#xi) * r2;
    const gain = (this.#xi + Math.sqrt(Math.max(under, 0))) / (1 + r2);
    out[at] = gain * a;
    out[at + 1] = gain * b;
    out[at + 2] = gain - this.#xi;
    // On the rim itself the root is zero up to rounding.
    return (
      isFound && under >= -1e-10 && angleOf(out[at], out[at + 1]!, out[at + 2]!) <= this.limitRad * (1 + 1e-9)
    );
  }
}

/** The angle off the axis that comes to lie at a radius of the plane; pi if none does. */
function angleOfRadius(radius: number, xi: number): number {
  if (radius === Infinity) return Math.PI;
  const r2 = radius * radius;
  const under = 1 + (1 - xi * xi) * r2;
  if (under < 0) return Math.PI;
  const gain = (xi + Math.sqrt(under)) / (1 + r2);
  return Math.atan2(gain * radius, gain - xi);
}
