import { Status } from '../status';
import type { Lens } from './lens';

/** A camera as clips describe it: `labelapp-clip/1`. */
export interface CameraSpec {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly model: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly max_angle_rad?: number | null;
}

/**
 * A camera's size and lens: camera frame (x right, y down, z forward, metres) to pixels and back.
 * Pixel (0, 0) is the centre of the top-left pixel; the picture covers -0.5 <= u < width - 0.5, the same with v.
 */
export class Camera {
  readonly spec: CameraSpec;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly lens: Lens;
  /** Angle off the axis up to which there are pixels. */
  readonly limitRad: number;

  constructor(spec: CameraSpec, lens: Lens) {
    this.spec = spec;
    this.name = spec.name;
    this.width = spec.width;
    this.height = spec.height;
    this.lens = lens;
    this.limitRad = lens.limitRad;
  }

  /** Writes the pixel of a point to out[at], out[at + 1]. Right for OK and OUT_OF_IMAGE, else NaN. */
  project(x: number, y: number, z: number, out: Float64Array, at: number): Status {
    // x - x is 0 for a finite number only.
    let status: Status =
      x - x + (y - y) + (z - z) === 0 ? this.lens.project(x, y, z, out, at) : Status.OUTSIDE_DOMAIN;
    const u = out[at]!;
    const v = out[at + 1]!;
    if (status === Status.OK) {
      if (u >= -0.5 && u < this.width - 0.5 && v >= -0.5 && v < this.height - 0.5) return Status.OK;
      if (u - u + (v - v) === 0) return Status.OUT_OF_IMAGE;
      status = Status.OUTSIDE_DOMAIN;
    }
    out[at] = NaN;
    out[at + 1] = NaN;
    return status;
  }

  /**
   * Writes the unit ray through a pixel to out[at..at + 2]: OK, OUT_OF_IMAGE (the ray is right) or OUTSIDE_DOMAIN (no
   * ray lands there, NaN).
   */
  unproject(u: number, v: number, out: Float64Array, at: number): Status {
    if (this.lens.unproject(u, v, out, at)) {
      const length = Math.hypot(out[at]!, out[at + 1]!, out[at + 2]!);
      if (length > 0 && length < Infinity) {
        out[at] = out[at]! / length;
        out[at + 1] = out[at + 1]! / length;
        out[at + 2] = out[at + 2]! / length;
        return this.contains(u, v) ? Status.OK : Status.OUT_OF_IMAGE;
      }
    }
    out[at] = NaN;
    out[at + 1] = NaN;
    out[at + 2] = NaN;
    return Status.OUTSIDE_DOMAIN;
  }

  contains(u: number, v: number): boolean {
    return u >= -0.5 && u < this.width - 0.5 && v >= -0.5 && v < this.height - 0.5;
  }
}
