import { add, scale, type Vec3 } from '../../core/geometry/vec3';
import { clamp } from './orbitCamera';

/** Which way a key goes: along the view, to its right, up in the world. By place on the keyboard, as games have them. */
const WAYS: Readonly<Record<string, Vec3>> = {
  KeyW: [1, 0, 0],
  KeyS: [-1, 0, 0],
  KeyD: [0, 1, 0],
  KeyA: [0, -1, 0],
  KeyE: [0, 0, 1],
  KeyQ: [0, 0, -1],
};
const FAST_KEYS = new Set(['ShiftLeft', 'ShiftRight']);
const FAST = 4;
const MIN_SPEED_MPS = 0.5;
const MAX_SPEED_MPS = 200;
/** Speeding up and braking take about so long: enough to look smooth, too little to feel like ice. */
const EASE_S = 0.07;
/** A page that stood still must not throw the viewer across the town. */
const MAX_STEP_S = 0.1;
const STANDING_MPS = 0.02;

/** The axes of a view in the world. */
export interface ViewAxes {
  readonly forward: Vec3;
  readonly right: Vec3;
}

/** Flying: keys that are held, the speed they go with, and how far they have gone. Knows no camera. */
export class Flight {
  readonly #held = new Set<string>();
  #velocity_mps: Vec3 = [0, 0, 0];
  #speed_mps = 10;

  /** How fast a held key goes, metres per second. */
  get speed_mps(): number {
    return this.#speed_mps;
  }

  /** True while a key is held or the last one's way is not braked yet. */
  get isMoving(): boolean {
    return [...this.#held].some((code) => code in WAYS) || Math.hypot(...this.#velocity_mps) > STANDING_MPS;
  }

  /** Whether flying has a use for the key with this `KeyboardEvent.code`. */
  static hasUseFor(code: string): boolean {
    return code in WAYS || FAST_KEYS.has(code);
  }

  press(code: string): void {
    if (Flight.hasUseFor(code)) this.#held.add(code);
  }

  release(code: string): void {
    this.#held.delete(code);
  }

  /** Lets all keys go and stands at once. */
  stop(): void {
    this.#held.clear();
    this.#velocity_mps = [0, 0, 0];
  }

  /** Faster (factor > 1) or slower, within what can be steered. */
  changeSpeed(factor: number): void {
    this.#speed_mps = clamp(this.#speed_mps * factor, MIN_SPEED_MPS, MAX_SPEED_MPS);
  }

  /** How far the viewer goes in `elapsed_s`, in the world, metres. */
  advance(elapsed_s: number, { forward, right }: ViewAxes): Vec3 {
    const step_s = clamp(elapsed_s, 0, MAX_STEP_S);
    const wanted = this.#wanted(forward, right);
    const kept = Math.exp(-step_s / EASE_S);
    const before = this.#velocity_mps;
    this.#velocity_mps = add(scale(before, kept), scale(wanted, 1 - kept));
    // The exact way under this easing, so that the frame rate changes nothing.
    const eased_s = EASE_S * (1 - kept);
    return add(scale(wanted, step_s - eased_s), scale(before, eased_s));
  }

  #wanted(forward: Vec3, right: Vec3): Vec3 {
    let way: Vec3 = [0, 0, 0];
    for (const code of this.#held) {
      const [along, aside, up] = WAYS[code] ?? [0, 0, 0];
      way = add(way, add(add(scale(forward, along), scale(right, aside)), [0, 0, up]));
    }
    const length = Math.hypot(...way);
    if (length < 1e-9) return [0, 0, 0];
    const isFast = [...FAST_KEYS].some((code) => this.#held.has(code));
    return scale(way, (this.#speed_mps * (isFast ? FAST : 1)) / length);
  }
}
