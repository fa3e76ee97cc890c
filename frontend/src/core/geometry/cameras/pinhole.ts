import { Status } from '../status';
import type { Camera, CameraSpec } from './camera';
import { PerspectiveCamera } from './perspective';

/** u = fx x/z + cx, v = fy y/z + cy. */
class PinholeCamera extends PerspectiveCamera {
  protected override distort(a: number, b: number, out: Float64Array, at: number): void {
    out[at] = a;
    out[at + 1] = b;
  }

  protected override undistort(a: number, b: number, out: Float64Array, at: number): Status {
    out[at] = a;
    out[at + 1] = b;
    return Status.OK;
  }
}

export function createPinhole(spec: CameraSpec): Camera {
  return new PinholeCamera(spec, Infinity);
}
