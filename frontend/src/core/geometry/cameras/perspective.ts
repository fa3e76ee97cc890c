import { Status } from '../status';
import type { Camera, CameraDomain, CameraSpec } from './camera';
import { finiteParam, positiveParam } from './params';

/** Points nearer to the camera's plane than this have no pixel: what is divided by must not vanish. */
export const NEAR_M = 1e-3;

/** What models on a = x/z, b = y/z have in common: pinhole and Brown-Conrady. */
export abstract class PerspectiveCamera implements Camera {
  readonly spec: CameraSpec;
  readonly width: number;
  readonly height: number;
  readonly domain: CameraDomain;
  readonly #fx: number;
  readonly #fy: number;
  readonly #cx: number;
  readonly #cy: number;
  readonly #maxRadius2: number;

  /** @param maxRadius the model is one-to-one for hypot(a, b) below it */
  constructor(spec: CameraSpec, maxRadius: number) {
    this.spec = spec;
    this.width = spec.width;
    this.height = spec.height;
    this.#fx = positiveParam(spec, 'fx');
    this.#fy = positiveParam(spec, 'fy');
    this.#cx = finiteParam(spec, 'cx');
    this.#cy = finiteParam(spec, 'cy');
    const ownAngle = Math.atan(maxRadius);
    const asked = spec.max_angle_rad ?? Infinity;
    const radius = asked < ownAngle ? Math.tan(asked) : maxRadius;
    this.domain = { maxAngleRad: Math.min(asked, ownAngle), isPerspective: true };
    this.#maxRadius2 = radius * radius;
  }

  /** Writes the distorted normalised point. */
  protected abstract distort(a: number, b: number, out: Float64Array, at: number): void;

  /** Writes the normalised point whose distorted one is given. */
  protected abstract undistort(a: number, b: number, out: Float64Array, at: number): Status;

  project(x: number, y: number, z: number, out: Float64Array, at: number): Status {
    if (!(z > 0)) return invalid(out, at, Status.NEAR_OR_BEHIND);
    const a = x / z;
    const b = y / z;
    if (!(a * a + b * b < this.#maxRadius2)) return invalid(out, at, Status.OUTSIDE_DOMAIN);
    this.distort(a, b, out, at);
    const u = this.#fx * out[at]! + this.#cx;
    const v = this.#fy * out[at + 1]! + this.#cy;
    out[at] = u;
    out[at + 1] = v;
    return pictureStatus(u, v, this.width, this.height);
  }

  unproject(u: number, v: number, out: Float64Array, at: number): Status {
    const status = this.undistort((u - this.#cx) / this.#fx, (v - this.#cy) / this.#fy, out, at);
    const a = out[at]!;
    const b = out[at + 1]!;
    if (status !== Status.OK || !(a * a + b * b < this.#maxRadius2)) return invalidRay(out, at);
    const length = Math.sqrt(a * a + b * b + 1);
    out[at] = a / length;
    out[at + 1] = b / length;
    out[at + 2] = 1 / length;
    return pictureStatus(u, v, this.width, this.height);
  }
}

export function pictureStatus(u: number, v: number, width: number, height: number): Status {
  if (u >= -0.5 && u < width - 0.5 && v >= -0.5 && v < height - 0.5) return Status.OK;
  return Status.OUT_OF_IMAGE;
}

export function invalid(out: Float64Array, at: number, status: Status): Status {
  out[at] = NaN;
  out[at + 1] = NaN;
  return status;
}

export function invalidRay(out: Float64Array, at: number): Status {
  out[at] = NaN;
  out[at + 1] = NaN;
  out[at + 2] = NaN;
  return Status.OUTSIDE_DOMAIN;
}
