import type { Camera } from './cameras/camera';
import { LineSearch, type ReadOut } from './lineSearch';
import { PoseTable } from './poseTable';
import { rotate } from './quat';
import type { Ray } from './ray';
import { compose, writeRotationMatrix, type RigidTransform } from './rigid';
import { Shutter, type ShutterSpec } from './shutter';
import { Status } from './status';
import type { Trajectory } from './trajectory';
import { add, type Vec3 } from './vec3';

/** Numbers that `projectWorld` writes: u, v, depth, and the line's time after the image's. */
export const PROJECTED_LENGTH = 4;

/** Between the first line, the middle one and the last a direction strays by less than this from what these show. */
const TURN_SLACK_RAD = 0.02;

/** Numbers that `seeLocal` writes: u, v, x, y, z in the camera frame, and the line's time. */
export const SEEN_LENGTH = 6;

/**
 * One exposure of one camera: where it stood when, and so which pixel shows which point of the world. Under a rolling
 * shutter every point is seen at the time at which its line was exposed.
 */
export class ImageView {
  readonly camera: Camera;
  readonly timeNs: bigint;
  readonly shutter: Shutter;
  readonly trajectory: Trajectory;
  readonly egoFromCamera: RigidTransform;
  /** At `timeNs`. */
  readonly worldFromCamera: RigidTransform;
  /** Where the camera is at `timeNs`: subtracted before anything else, so that coordinates of any size lose nothing. */
  readonly origin_m: Vec3;
  readonly #poses: PoseTable;
  /** Camera from world (without origin) at `timeNs`, row by row. */
  readonly #rotation = new Float64Array(9);
  /** Camera from ego: rotation row by row, then the camera's place on the vehicle. */
  readonly #mount = new Float64Array(12);
  readonly #search = new LineSearch();
  readonly #moving: MovingPoint;
  /** Of an angle just beyond all rays of the lens. */
  readonly #beyondCosine: number;
  #lastOffset = 0;

  /** Throws when the trajectory doesn't cover the whole read-out. */
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
    this.shutter = new Shutter(shutter, camera.width, camera.height);
    this.worldFromCamera = compose(trajectory.at(timeNs), egoFromCamera);
    this.origin_m = this.worldFromCamera.position_m;
    this.#poses = new PoseTable(trajectory, timeNs, this.shutter.durationNs, this.origin_m);
    const [x, y, z, w] = this.worldFromCamera.quat_xyzw;
    writeRotationMatrix(-x, -y, -z, w, this.#rotation, 0);
    const [mx, my, mz, mw] = egoFromCamera.quat_xyzw;
    writeRotationMatrix(-mx, -my, -mz, mw, this.#mount, 0);
    this.#mount.set(egoFromCamera.position_m, 9);
    this.#moving = new MovingPoint(this);
    this.#beyondCosine = Math.cos(Math.min(Math.PI, camera.limitRad + TURN_SLACK_RAD));
  }

  /**
   * Writes pixel, depth (z in the camera frame at the line's time, metres) and the line's time after the image's (ns)
   * to out[at..at + 3]; NaN where there are none. The point is (x, y, z) at `timeNs` and moves at (vx, vy, vz) m/s.
   */
  projectWorld(
    x: number,
    y: number,
    z: number,
    vx: number,
    vy: number,
    vz: number,
    out: Float64Array,
    at: number,
  ): Status {
    const [ox, oy, oz] = this.origin_m;
    const status = this.seeLocal(x - ox, y - oy, z - oz, vx, vy, vz, seen);
    out[at] = seen[0]!;
    out[at + 1] = seen[1]!;
    out[at + 2] = seen[4]!;
    out[at + 3] = seen[5]!;
    return status;
  }

  /**
   * `projectWorld` for a point relative to `origin_m`: writes u, v, the point in the camera frame (x, y, z), and the
   * line's time after the image's (ns) to the first SEEN_LENGTH numbers of `out`. `followsOn`: look for its line first where
   * the last point's was. HOT: every vertex of every outline.
   */
  seeLocal(
    lx: number,
    ly: number,
    lz: number,
    vx: number,
    vy: number,
    vz: number,
    out: Float64Array,
    followsOn = false,
  ): Status {
    if (this.shutter.isRolling) {
      this.#moving.set(lx, ly, lz, vx, vy, vz);
      return this.#seeRolling(out, followsOn);
    }
    const r = this.#rotation;
    const x = r[0]! * lx + r[1]! * ly + r[2]! * lz;
    const y = r[3]! * lx + r[4]! * ly + r[5]! * lz;
    const z = r[6]! * lx + r[7]! * ly + r[8]! * lz;
    out[2] = x;
    out[3] = y;
    out[4] = z;
    out[5] = 0;
    return this.camera.project(x, y, z, out, 0);
  }

  /** Writes a point relative to `origin_m` in the camera frame, as the camera stands `offsetNs` after its time. */
  toCamera(lx: number, ly: number, lz: number, offsetNs: number, out: Float64Array): void {
    let r = this.#rotation;
    if (!this.shutter.isRolling) {
      out[0] = r[0]! * lx + r[1]! * ly + r[2]! * lz;
      out[1] = r[3]! * lx + r[4]! * ly + r[5]! * lz;
      out[2] = r[6]! * lx + r[7]! * ly + r[8]! * lz;
      return;
    }
    this.#poses.poseInto(offsetNs, pose);
    writeRotationMatrix(-pose[3]!, -pose[4]!, -pose[5]!, pose[6]!, turn, 0);
    const m = this.#mount;
    const px = lx - pose[0]!;
    const py = ly - pose[1]!;
    const pz = lz - pose[2]!;
    const ex = turn[0]! * px + turn[1]! * py + turn[2]! * pz - m[9]!;
    const ey = turn[3]! * px + turn[4]! * py + turn[5]! * pz - m[10]!;
    const ez = turn[6]! * px + turn[7]! * py + turn[8]! * pz - m[11]!;
    r = m;
    out[0] = r[0]! * ex + r[1]! * ey + r[2]! * ez;
    out[1] = r[3]! * ex + r[4]! * ey + r[5]! * ez;
    out[2] = r[6]! * ex + r[7]! * ey + r[8]! * ez;
  }

  /** The pixel of a standing point, or null when it has none (it may be off the picture). */
  pixelOf(point_m: Vec3): readonly [number, number] | null {
    const out = new Float64Array(PROJECTED_LENGTH);
    const status = this.projectWorld(point_m[0], point_m[1], point_m[2], 0, 0, 0, out, 0);
    return status === Status.OK || status === Status.OUT_OF_IMAGE ? [out[0]!, out[1]!] : null;
  }

  /** The world ray through a pixel, from where the camera was at the pixel's own time; null where there is none. */
  rayThrough(u: number, v: number): Ray | null {
    const out = new Float64Array(3);
    const status = this.camera.unproject(u, v, out, 0);
    if (status !== Status.OK && status !== Status.OUT_OF_IMAGE) return null;
    const poseThen = new Float64Array(7);
    this.#poses.poseInto(this.shutter.offsetNs(u, v), poseThen);
    const worldFromCamera = compose(
      {
        position_m: add(this.origin_m, [poseThen[0]!, poseThen[1]!, poseThen[2]!]),
        quat_xyzw: [poseThen[3]!, poseThen[4]!, poseThen[5]!, poseThen[6]!],
      },
      this.egoFromCamera,
    );
    return {
      origin_m: worldFromCamera.position_m,
      direction: rotate(worldFromCamera.quat_xyzw, [out[0]!, out[1]!, out[2]!]),
    };
  }

  #seeRolling(out: Float64Array, followsOn: boolean): Status {
    const near = followsOn ? this.#search.near(this.#moving, this.#lastOffset) : NaN;
    if (followsOn && Number.isNaN(near) && this.#moving.isBeyond(this.#beyondCosine)) {
      out.fill(NaN, 0, SEEN_LENGTH);
      return Status.OUTSIDE_DOMAIN;
    }
    const offset = Number.isNaN(near) ? this.#search.solve(this.#moving, followsOn) : near;
    if (!Number.isNaN(offset)) this.#lastOffset = offset;
    if (Number.isNaN(offset)) {
      out.fill(NaN, 0, SEEN_LENGTH);
      return this.#search.status;
    }
    const status = this.#moving.project(offset, out);
    out[5] = offset;
    return status;
  }
}

const pose = new Float64Array(7);
const turn = new Float64Array(9);
const inCamera = new Float64Array(3);
const seen = new Float64Array(SEEN_LENGTH);
const tried = new Float64Array(SEEN_LENGTH);

/** A point on its way through one read-out. */
class MovingPoint implements ReadOut {
  missStatus: Status = Status.OK;
  readonly #view: ImageView;
  readonly #point = new Float64Array(6);

  constructor(view: ImageView) {
    this.#view = view;
  }

  get durationNs(): number {
    return this.#view.shutter.durationNs;
  }

  get lineDelayNs(): number {
    return this.#view.shutter.lineDelayNs;
  }

  set(x: number, y: number, z: number, vx: number, vy: number, vz: number): void {
    const p = this.#point;
    p[0] = x;
    p[1] = y;
    p[2] = z;
    p[3] = vx * 1e-9;
    p[4] = vy * 1e-9;
    p[5] = vz * 1e-9;
  }

  /** Writes pixel and place in the camera frame as they are at an offset. */
  project(offsetNs: number, out: Float64Array): Status {
    const p = this.#point;
    this.#view.toCamera(
      p[0]! + p[3]! * offsetNs,
      p[1]! + p[4]! * offsetNs,
      p[2]! + p[5]! * offsetNs,
      offsetNs,
      inCamera,
    );
    out[2] = inCamera[0]!;
    out[3] = inCamera[1]!;
    out[4] = inCamera[2]!;
    return this.#view.camera.project(inCamera[0]!, inCamera[1]!, inCamera[2]!, out, 0);
  }

  /** Whether it is farther off the axis than this angle at the first line, in the middle, and at the last. */
  isBeyond(cosine: number): boolean {
    const p = this.#point;
    for (let moment = 0; moment < 3; moment += 1) {
      const offset = 0.5 * moment * this.durationNs;
      this.#view.toCamera(
        p[0]! + p[3]! * offset,
        p[1]! + p[4]! * offset,
        p[2]! + p[5]! * offset,
        offset,
        inCamera,
      );
      const x = inCamera[0]!;
      const y = inCamera[1]!;
      const z = inCamera[2]!;
      if (!(z < cosine * Math.sqrt(x * x + y * y + z * z))) return false;
    }
    return true;
  }

  miss(offsetNs: number): number {
    this.missStatus = this.project(offsetNs, tried);
    if (this.missStatus !== Status.OK && this.missStatus !== Status.OUT_OF_IMAGE) return NaN;
    return this.#view.shutter.offsetNs(tried[0]!, tried[1]!) - offsetNs;
  }
}
