/** Asks the browser for the next frame; `requestAnimationFrame` outside of tests. */
export interface FrameClock {
  request(callback: (timeMs: number) => void): number;
  cancel(handle: number): void;
}

export const BROWSER_CLOCK: FrameClock = {
  request: (callback) => requestAnimationFrame(callback),
  cancel: (handle) => cancelAnimationFrame(handle),
};

/** Draws what is out of date. Called once in a frame in which somebody asked for it. */
export type Drawer = (timeMs: number) => void;

/**
 * The one loop in which everything is drawn: an edit shows in the 3D view, the orthographic views, all cameras and
 * the timeline in the same frame. It rests while nothing changes.
 */
export class FrameLoop {
  readonly #clock: FrameClock;
  readonly #drawers = new Set<Drawer>();
  #handle: number | null = null;
  #isDisposed = false;
  /** CPU time that the last frame's drawing took. */
  lastFrameMs = 0;

  constructor(clock: FrameClock = BROWSER_CLOCK) {
    this.#clock = clock;
  }

  /** Adds a drawer; the result removes it again. */
  add(drawer: Drawer): () => void {
    this.#drawers.add(drawer);
    this.request();
    return () => {
      this.#drawers.delete(drawer);
    };
  }

  /** Draws in the next frame. Asking many times in one frame draws once. */
  request = (): void => {
    if (this.#handle !== null || this.#isDisposed) return;
    this.#handle = this.#clock.request(this.#draw);
  };

  dispose(): void {
    this.#isDisposed = true;
    this.#drawers.clear();
    if (this.#handle !== null) this.#clock.cancel(this.#handle);
    this.#handle = null;
  }

  #draw = (timeMs: number): void => {
    this.#handle = null;
    const began = performance.now();
    for (const drawer of [...this.#drawers]) drawer(timeMs);
    this.lastFrameMs = performance.now() - began;
  };
}
