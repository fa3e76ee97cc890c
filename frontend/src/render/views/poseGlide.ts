import { add, scale, subtract, type Vec3 } from '../../core/geometry/vec3';
import type { OrbitPose } from './orbitCamera';

/** Long enough to see where one goes, too short to wait for. */
const GLIDE_MS = 160;

/** A short way from one pose to another, so that nobody loses their bearings. */
export class PoseGlide {
  #from: OrbitPose;
  #to: OrbitPose;
  #began_ms: number | null = null;

  constructor(from: OrbitPose, to: OrbitPose) {
    this.#from = from;
    this.#to = { ...to, yaw_rad: from.yaw_rad + turn(to.yaw_rad - from.yaw_rad) };
  }

  get goal(): OrbitPose {
    return this.#to;
  }

  /** What is followed moved on meanwhile. */
  shift(by_m: Vec3): void {
    this.#from = { ...this.#from, target_m: add(this.#from.target_m, by_m) };
    this.#to = { ...this.#to, target_m: add(this.#to.target_m, by_m) };
  }

  /** The pose at a time, milliseconds; the first call is the beginning. `isDone` with the goal itself. */
  at(time_ms: number): { readonly pose: OrbitPose; readonly isDone: boolean } {
    this.#began_ms ??= time_ms;
    const s = (time_ms - this.#began_ms) / GLIDE_MS;
    if (s >= 1) return { pose: this.#to, isDone: true };
    const eased = s * s * (3 - 2 * s);
    const [from, to] = [this.#from, this.#to];
    const between = (a: number, b: number): number => a + (b - a) * eased;
    return {
      isDone: false,
      pose: {
        target_m: add(from.target_m, scale(subtract(to.target_m, from.target_m), eased)),
        // By the same factor in the same time: going in and out look alike.
        distance_m: from.distance_m * (to.distance_m / from.distance_m) ** eased,
        yaw_rad: between(from.yaw_rad, to.yaw_rad),
        pitch_rad: between(from.pitch_rad, to.pitch_rad),
      },
    };
  }
}

/** The same turn the short way round: -pi to pi. */
function turn(angle_rad: number): number {
  return angle_rad - 2 * Math.PI * Math.round(angle_rad / (2 * Math.PI));
}
