import { add } from '../../core/geometry/vec3';
import { Value, type Readable } from '../../core/observable';
import { Flight } from './flight';
import { catchMouse } from './flightInput';
import type { OrbitCamera } from './orbitCamera';

/** A flight as the screen shows it. */
export interface FlightState {
  readonly speed_mps: number;
}

/** Flying through the 3D view: W A S D, Q E and the mouse, as games have it. Ends with Esc, a click or the same key. */
export class FlightControl {
  readonly #orbit: OrbitCamera;
  readonly #requestDraw: () => void;
  readonly #flight = new Flight();
  readonly #state = new Value<FlightState | null>(null);
  #releaseMouse: (() => void) | null = null;

  constructor(orbit: OrbitCamera, requestDraw: () => void) {
    this.#orbit = orbit;
    this.#requestDraw = requestDraw;
  }

  /** Null while nobody flies. */
  get state(): Readable<FlightState | null> {
    return this.#state;
  }

  get isOn(): boolean {
    return this.#state.get() !== null;
  }

  /** Begins from where one is, with the mouse caught in `element` where there is one; a second time: ends. */
  toggle(element: HTMLElement | null): void {
    if (this.isOn) {
      this.end();
      return;
    }
    this.#tell();
    if (element !== null) {
      this.#releaseMouse = catchMouse(element, { look: this.look, end: () => this.end() });
    }
  }

  /** Stays where one is; keys and mouse are what they usually are. */
  end(): void {
    this.#state.set(null);
    this.#flight.stop();
    this.#releaseMouse?.();
    this.#releaseMouse = null;
  }

  /** A key by its place (`KeyboardEvent.code`); true where flying has a use for it. */
  key(code: string, isDown: boolean): boolean {
    if (!this.isOn) return false;
    if (code === 'Escape' && isDown) {
      this.end();
      return true;
    }
    if (!Flight.hasUseFor(code)) return false;
    if (isDown) this.#flight.press(code);
    else this.#flight.release(code);
    this.#requestDraw();
    return true;
  }

  /** No key is held any more, as far as the page can know. */
  releaseKeys(): void {
    this.#flight.stop();
  }

  look = (dx_px: number, dy_px: number): void => {
    this.#orbit.look(dx_px, dy_px);
    this.#requestDraw();
  };

  /** Faster with a factor above 1. */
  changeSpeed(factor: number): void {
    this.#flight.changeSpeed(factor);
    this.#tell();
  }

  /** Moves on by what the time allows; true while there is more to come. */
  advance(elapsed_s: number): boolean {
    if (!this.isOn || !this.#flight.isMoving) return false;
    const moved_m = this.#flight.advance(elapsed_s, this.#orbit.axes());
    this.#orbit.setPose({ target_m: add(this.#orbit.pose.target_m, moved_m) });
    return true;
  }

  #tell(): void {
    this.#state.set({ speed_mps: this.#flight.speed_mps });
  }
}
