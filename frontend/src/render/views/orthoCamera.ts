import { OrthographicCamera, Vector3 } from 'three';

import type { BoxState } from '../../core/geometry/box';
import { rotate } from '../../core/geometry/quat';
import type { Ray } from '../../core/geometry/ray';
import { add, scale, type Vec3 } from '../../core/geometry/vec3';
import { AGGREGATE } from '../layers/layer';
import type { ScreenPoint, ViewProjection } from '../picking/viewProjection';
import { clamp } from './orbitCamera';

export type OrthoSide = 'top' | 'side' | 'front';
export const ORTHO_SIDES: readonly OrthoSide[] = ['top', 'side', 'front'];

/**
 * The box's axes on the screen: right, up, and towards the viewer. Top and side show the heading to the right; the
 * front is seen from before it.
 */
const SCREEN_AXES: Readonly<Record<OrthoSide, { right: Vec3; up: Vec3; viewer: Vec3 }>> = {
  top: { right: [1, 0, 0], up: [0, 1, 0], viewer: [0, 0, 1] },
  side: { right: [1, 0, 0], up: [0, 0, 1], viewer: [0, -1, 0] },
  front: { right: [0, 1, 0], up: [0, 0, 1], viewer: [1, 0, 0] },
};

/** The view is this many times as large as the box. */
const MARGIN = 1.6;
const EYE_DISTANCE_M = 60;
/** Other labels are shown when they are this near to the box, metres along the line of sight. */
const CLEARANCE_M = 0.6;

/** A view along one axis of a box. It keeps the frame it was given, so that nothing moves away under a drag. */
export class OrthoCamera implements ViewProjection {
  readonly camera = new OrthographicCamera(-1, 1, 1, -1, 0.1, 2 * EYE_DISTANCE_M);
  readonly side: OrthoSide;
  #frame: BoxState | null = null;
  #zoom = 1;
  #offset_m: readonly [number, number] = [0, 0];
  #width_px = 1;
  #height_px = 1;
  readonly #room_px: number;
  readonly #scratch = new Vector3();

  /** `room_px`: height that is kept free for texts. */
  constructor(side: OrthoSide, room_px = 44) {
    this.side = side;
    this.camera.layers.enable(AGGREGATE);
    this.#room_px = room_px;
  }

  get frame(): BoxState | null {
    return this.#frame;
  }

  /** The axis along which it looks, in the box's frame: which points lie before and behind the box. */
  get axis(): Vec3 {
    return SCREEN_AXES[this.side].viewer;
  }

  setFrame(frame: BoxState | null): void {
    this.#frame = frame;
    this.#apply();
  }

  resize(width_px: number, height_px: number): void {
    this.#width_px = Math.max(width_px, 1);
    this.#height_px = Math.max(height_px, 1);
    this.#apply();
  }

  /** Back to the box in the middle, as large as it fits. */
  reset(): void {
    this.#zoom = 1;
    this.#offset_m = [0, 0];
    this.#apply();
  }

  pan(dx_px: number, dy_px: number): void {
    const perPixel = this.metresPerPixel;
    this.#offset_m = [this.#offset_m[0] - dx_px * perPixel, this.#offset_m[1] + dy_px * perPixel];
    this.#apply();
  }

  /** Nearer (factor < 1) or farther, keeping the place under the pointer. */
  zoomAt(factor: number, x_px: number, y_px: number): void {
    const before = this.metresPerPixel;
    this.#zoom = clamp(this.#zoom * factor, 0.1, 12);
    const change = before - this.metresPerPixel;
    this.#offset_m = [
      this.#offset_m[0] + (x_px - this.#width_px / 2) * change,
      this.#offset_m[1] - (y_px - this.#height_px / 2) * change,
    ];
    this.#apply();
  }

  get metresPerPixel(): number {
    if (this.#frame === null) return 0.02;
    const { right, up } = SCREEN_AXES[this.side];
    const [l, w, h] = this.#frame.size_m;
    const across = Math.abs(right[0]) * l + Math.abs(right[1]) * w;
    const tall = Math.abs(up[1]) * w + Math.abs(up[2]) * h;
    const height_px = Math.max(this.#height_px - this.#room_px, 20);
    const fit = Math.max(across / this.#width_px, tall / height_px, 0.4 / this.#width_px);
    return fit * MARGIN * this.#zoom;
  }

  toScreen(point_m: Vec3): ScreenPoint | null {
    const view = this.#scratch.set(...point_m).applyMatrix4(this.camera.matrixWorldInverse);
    const perPixel = this.metresPerPixel;
    return [this.#width_px / 2 + view.x / perPixel, this.#height_px / 2 - view.y / perPixel];
  }

  rayThrough(x_px: number, y_px: number): Ray {
    const { right, up, viewer } = this.axes();
    const perPixel = this.metresPerPixel;
    const eye = this.camera.position;
    const origin = add(
      [eye.x, eye.y, eye.z],
      add(
        scale(right, (x_px - this.#width_px / 2) * perPixel),
        scale(up, (this.#height_px / 2 - y_px) * perPixel),
      ),
    );
    return { origin_m: origin, direction: scale(viewer, -1) };
  }

  lookAt(): Vec3 {
    return scale(this.axes().viewer, -1);
  }

  /** The screen's axes in the world. */
  axes(): { readonly right: Vec3; readonly up: Vec3; readonly viewer: Vec3 } {
    const { right, up, viewer } = SCREEN_AXES[this.side];
    if (this.#frame === null) return { right, up, viewer };
    const q = this.#frame.quat_xyzw;
    return { right: rotate(q, right), up: rotate(q, up), viewer: rotate(q, viewer) };
  }

  #apply(): void {
    if (this.#frame === null) return;
    const { right, up, viewer } = this.axes();
    const centre = add(
      this.#frame.position_m,
      add(scale(right, this.#offset_m[0]), scale(up, this.#offset_m[1])),
    );
    const eye = add(centre, scale(viewer, EYE_DISTANCE_M));
    const camera = this.camera;
    camera.matrixAutoUpdate = false;
    camera.matrix.set(
      right[0], up[0], viewer[0], eye[0],
      right[1], up[1], viewer[1], eye[1],
      right[2], up[2], viewer[2], eye[2],
      0, 0, 0, 1,
    ); // prettier-ignore
    camera.matrix.decompose(camera.position, camera.quaternion, camera.scale);
    const perPixel = this.metresPerPixel;
    camera.left = (-this.#width_px / 2) * perPixel;
    camera.right = (this.#width_px / 2) * perPixel;
    camera.top = (this.#height_px / 2) * perPixel;
    camera.bottom = (-this.#height_px / 2) * perPixel;
    // What stands before and behind the box would only hide it.
    const along = SCREEN_AXES[this.side].viewer.findIndex((part) => part !== 0);
    const half = (this.#frame.size_m[along] ?? 0) / 2 + CLEARANCE_M;
    camera.near = EYE_DISTANCE_M - half;
    camera.far = EYE_DISTANCE_M + half;
    camera.updateProjectionMatrix();
    camera.matrixWorldNeedsUpdate = true;
    camera.updateMatrixWorld(true);
  }
}
