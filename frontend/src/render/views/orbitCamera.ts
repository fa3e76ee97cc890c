import { PerspectiveCamera, Vector3 } from 'three';

import type { Ray } from '../../core/geometry/ray';
import { add, cross, normalize, scale, subtract, type Vec3 } from '../../core/geometry/vec3';
import { WORLD_ONLY } from '../layers/layer';
import type { ScreenPoint, ViewProjection } from '../picking/viewProjection';

/** Where the 3D view looks from: it turns about a target and never rolls. */
export interface OrbitPose {
  readonly target_m: Vec3;
  readonly distance_m: number;
  /** Direction of view in the horizontal plane, from +x; radians. */
  readonly yaw_rad: number;
  /** Downwards from the horizon, to pi / 2; negative: upwards. */
  readonly pitch_rad: number;
}

/** Turning about something from below shows the ground's underside; who flies may look up. */
const MIN_ORBIT_PITCH_RAD = -0.2;
const MIN_PITCH_RAD = -1.4;
/** Not quite straight down, so that the picture's up stays the heading. */
const MAX_PITCH_RAD = Math.PI / 2 - 1e-4;
const MIN_DISTANCE_M = 1;
const MAX_DISTANCE_M = 600;
/** A hand's movement over the mat turns right round. */
const LOOK_RAD_PER_PX = 0.0028;
const FOV_RAD = (50 * Math.PI) / 180;

/** The free 3D camera: orbit, pan, zoom to a point. Pose in, three's camera out. */
export class OrbitCamera implements ViewProjection {
  readonly camera = new PerspectiveCamera((FOV_RAD * 180) / Math.PI, 1, 0.1, 2000);
  #pose: OrbitPose;
  #width_px = 1;
  #height_px = 1;
  readonly #scratch = new Vector3();

  constructor(pose: OrbitPose) {
    this.#pose = pose;
    this.camera.layers.enable(WORLD_ONLY);
    this.#apply();
  }

  get pose(): OrbitPose {
    return this.#pose;
  }

  setPose(pose: Partial<OrbitPose>): void {
    const next = { ...this.#pose, ...pose };
    this.#pose = {
      target_m: next.target_m,
      yaw_rad: next.yaw_rad,
      pitch_rad: clamp(next.pitch_rad, MIN_PITCH_RAD, MAX_PITCH_RAD),
      distance_m: clamp(next.distance_m, MIN_DISTANCE_M, MAX_DISTANCE_M),
    };
    this.#apply();
  }

  resize(width_px: number, height_px: number): void {
    this.#width_px = Math.max(width_px, 1);
    this.#height_px = Math.max(height_px, 1);
    this.camera.aspect = this.#width_px / this.#height_px;
    this.camera.updateProjectionMatrix();
  }

  /** Turns by a drag; a drag over the whole height turns by half a turn. */
  orbit(dx_px: number, dy_px: number): void {
    const perPixel = Math.PI / this.#height_px;
    const { yaw_rad, pitch_rad } = this.#pose;
    this.setPose({
      yaw_rad: yaw_rad - dx_px * perPixel,
      pitch_rad: Math.max(pitch_rad + dy_px * perPixel, Math.min(MIN_ORBIT_PITCH_RAD, pitch_rad)),
    });
  }

  /** Looks about from where one is: moving the mouse to the right looks to the right, up looks up. */
  look(dx_px: number, dy_px: number): void {
    const eye_m = this.eye_m();
    const { yaw_rad, pitch_rad } = this.#pose;
    this.setPose({
      yaw_rad: yaw_rad - dx_px * LOOK_RAD_PER_PX,
      pitch_rad: pitch_rad + dy_px * LOOK_RAD_PER_PX,
    });
    this.setPose({ target_m: add(this.#pose.target_m, subtract(eye_m, this.eye_m())) });
  }

  /** Moves along the ground so that what was under the pointer stays under it (about the target's depth). */
  pan(dx_px: number, dy_px: number): void {
    const perPixel = (2 * Math.tan(FOV_RAD / 2) * this.#pose.distance_m) / this.#height_px;
    const forward: Vec3 = [Math.cos(this.#pose.yaw_rad), Math.sin(this.#pose.yaw_rad), 0];
    const right: Vec3 = [forward[1], -forward[0], 0];
    // Seen at a low angle a pixel upwards is far along the ground: bounded, or the view would fly away.
    const stretch = Math.min(1 / Math.max(Math.sin(this.#pose.pitch_rad), 0.2), 5);
    this.setPose({
      target_m: add(
        this.#pose.target_m,
        add(scale(right, -dx_px * perPixel), scale(forward, dy_px * perPixel * stretch)),
      ),
    });
  }

  /** Nearer (factor < 1) or farther, towards a point that stays where it is on the screen. */
  zoom(factor: number, towards_m: Vec3): void {
    const distance_m = clamp(this.#pose.distance_m * factor, MIN_DISTANCE_M, MAX_DISTANCE_M);
    const applied = distance_m / this.#pose.distance_m;
    this.setPose({
      distance_m,
      target_m: add(towards_m, scale(subtract(this.#pose.target_m, towards_m), applied)),
    });
  }

  toScreen(point_m: Vec3): ScreenPoint | null {
    const view = this.#scratch.set(...point_m).applyMatrix4(this.camera.matrixWorldInverse);
    if (view.z > -this.camera.near) return null;
    view.applyMatrix4(this.camera.projectionMatrix);
    return [((view.x + 1) / 2) * this.#width_px, ((1 - view.y) / 2) * this.#height_px];
  }

  rayThrough(x_px: number, y_px: number): Ray {
    const tangent = Math.tan(FOV_RAD / 2);
    const x = ((2 * x_px) / this.#width_px - 1) * tangent * this.camera.aspect;
    const y = (1 - (2 * y_px) / this.#height_px) * tangent;
    const { forward, right, up } = this.axes();
    return {
      origin_m: this.eye_m(),
      direction: normalize(add(forward, add(scale(right, x), scale(up, y)))),
    };
  }

  lookAt(point_m: Vec3): Vec3 {
    return normalize(subtract(point_m, this.eye_m()));
  }

  eye_m(): Vec3 {
    return subtract(this.#pose.target_m, scale(this.axes().forward, this.#pose.distance_m));
  }

  /** The camera's axes in the world. */
  axes(): { readonly forward: Vec3; readonly right: Vec3; readonly up: Vec3 } {
    const { yaw_rad, pitch_rad } = this.#pose;
    const level = Math.cos(pitch_rad);
    const forward: Vec3 = [Math.cos(yaw_rad) * level, Math.sin(yaw_rad) * level, -Math.sin(pitch_rad)];
    const right: Vec3 = [Math.sin(yaw_rad), -Math.cos(yaw_rad), 0];
    return { forward, right, up: cross(right, forward) };
  }

  #apply(): void {
    const eye = this.eye_m();
    const { forward, right, up } = this.axes();
    const camera = this.camera;
    camera.matrixAutoUpdate = false;
    // Three's camera looks along its -z: columns are right, up, backwards.
    camera.matrix.set(
      right[0], up[0], -forward[0], eye[0],
      right[1], up[1], -forward[1], eye[1],
      right[2], up[2], -forward[2], eye[2],
      0, 0, 0, 1,
    ); // prettier-ignore
    camera.matrix.decompose(camera.position, camera.quaternion, camera.scale);
    camera.matrixWorldNeedsUpdate = true;
    camera.updateMatrixWorld(true);
  }
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
