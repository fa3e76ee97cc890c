import type { Status } from '../status';

/** A camera as clips describe it: `labelapp-clip/1`. */
export interface CameraSpec {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly model: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly max_angle_rad?: number;
}

/**
 * One camera model with its parameters: camera frame (x right, y down, z forward, metres) to pixels and back.
 * Pixel (0, 0) is the centre of the top-left pixel; the picture covers -0.5 <= u < width - 0.5.
 */
export interface Camera {
  readonly spec: CameraSpec;
  readonly width: number;
  readonly height: number;
  readonly domain: CameraDomain;
  /**
   * Writes the pixel of a point to out[at], out[at + 1]. For OK and OUT_OF_IMAGE the pixel is right; else it is NaN.
   */
  project(x: number, y: number, z: number, out: Float64Array, at: number): Status;
  /** Writes the unit ray through a pixel to out[at..at + 2]; NaN where the model has none. */
  unproject(u: number, v: number, out: Float64Array, at: number): Status;
}

/** Where a model says something: within `maxAngleRad` of the optical axis and not too near. */
export interface CameraDomain {
  /** Off-axis angle below which the model is one-to-one; exact, from its polynomial's roots and `max_angle_rad`. */
  readonly maxAngleRad: number;
  /** True: points need z > 0 (models on x/z, y/z); false: any direction within the angle. */
  readonly isPerspective: boolean;
}
