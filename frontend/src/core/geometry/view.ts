import type { Camera } from './cameras/camera';
import type { Ray } from './ray';
import { compose, writeRotationMatrix, type RigidTransform } from './rigid';
import type { ShutterSpec } from './shutter';
import { Status } from './status';
import type { Trajectory } from './trajectory';
import type { Vec3 } from './vec3';
import { rotate } from './quat';

/** One exposure of one camera: where it stood when, and so which pixel shows which point of the world. */
export class ImageView {
  readonly camera: Camera;
  readonly timeNs: bigint;
  readonly shutter: ShutterSpec;
  readonly trajectory: Trajectory;
  readonly egoFromCamera: RigidTransform;
  /** At `timeNs`. */
  readonly worldFromCamera: RigidTransform;
  /** World to camera at `timeNs`: rotation row by row. */
  readonly #rotation = new Float64Array(9);

  constructor(
    camera: Camera,
    egoFromCamera: RigidTransform,
    trajectory: Trajectory,
    timeNs: bigint,
    shutter: ShutterSpec,
  ) {
    this.camera = camera;
    this.egoFromCamera = egoFromCamera;
    this.trajectory = trajectory;
    this.timeNs = timeNs;
    this.shutter = shutter;
    this.worldFromCamera = compose(trajectory.at(timeNs), egoFromCamera);
    const [x, y, z, w] = this.worldFromCamera.quat_xyzw;
    writeRotationMatrix(-x, -y, -z, w, this.#rotation, 0);
  }

  /**
   * Writes pixel and depth (z in the camera frame, metres) of a world point to out[at..at + 2].
   * The point moves with (vx, vy, vz) m/s about its place at `timeNs`.
   */
  projectWorld(
    x: number,
    y: number,
    z: number,
    _vx: number,
    _vy: number,
    _vz: number,
    out: Float64Array,
    at: number,
  ): Status {
    const r = this.#rotation;
    const [px, py, pz] = this.worldFromCamera.position_m;
    const dx = x - px;
    const dy = y - py;
    const dz = z - pz;
    const cz = r[6]! * dx + r[7]! * dy + r[8]! * dz;
    out[at + 2] = cz;
    return this.camera.project(
      r[0]! * dx + r[1]! * dy + r[2]! * dz,
      r[3]! * dx + r[4]! * dy + r[5]! * dz,
      cz,
      out,
      at,
    );
  }

  /** The pixel of a standing point, or null when it has none (it may be off the picture). */
  pixelOf(point_m: Vec3): readonly [number, number] | null {
    const out = new Float64Array(3);
    const status = this.projectWorld(point_m[0], point_m[1], point_m[2], 0, 0, 0, out, 0);
    return status === Status.OK || status === Status.OUT_OF_IMAGE ? [out[0]!, out[1]!] : null;
  }

  /** The world ray through a pixel, or null where the model has none. */
  rayThrough(u: number, v: number): Ray | null {
    const out = new Float64Array(3);
    const status = this.camera.unproject(u, v, out, 0);
    if (status !== Status.OK && status !== Status.OUT_OF_IMAGE) return null;
    const direction = rotate(this.worldFromCamera.quat_xyzw, [out[0]!, out[1]!, out[2]!]);
    return { origin_m: this.worldFromCamera.position_m, direction };
  }
}
