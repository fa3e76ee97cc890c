export type ShutterDirection = 'top_to_bottom' | 'bottom_to_top' | 'left_to_right' | 'right_to_left';

/** As clips describe it. */
export type ShutterSpec =
  | { readonly type: 'global' }
  | { readonly type: 'rolling'; readonly direction: ShutterDirection; readonly line_delay_ns: number };

/** When each line of a picture of one size was exposed. */
export class Shutter {
  /** False also for a rolling shutter whose lines follow each other without delay. */
  readonly isRolling: boolean;
  /** From the first line's time to the last one's. */
  readonly durationNs: number;
  readonly lineDelayNs: number;
  readonly #sign: 1 | -1;
  readonly #usesU: boolean;
  readonly #lastLine: number;

  constructor(spec: ShutterSpec, width: number, height: number) {
    const direction = spec.type === 'rolling' ? spec.direction : 'top_to_bottom';
    const delay = spec.type === 'rolling' ? spec.line_delay_ns : 0;
    if (!(delay >= 0 && delay < Infinity))
      throw new Error(`line_delay_ns: expected a number, at least 0, found ${delay}`);
    this.#usesU = direction === 'left_to_right' || direction === 'right_to_left';
    this.#sign = direction === 'top_to_bottom' || direction === 'left_to_right' ? 1 : -1;
    this.#lastLine = (this.#usesU ? width : height) - 1;
    this.lineDelayNs = delay;
    this.isRolling = delay > 0;
    this.durationNs = delay * this.#lastLine;
  }

  /** How long after the image's time a pixel was exposed: its line's time, clamped to the read-out. */
  offsetNs(u: number, v: number): number {
    const along = this.#usesU ? u : v;
    const line = this.#sign === 1 ? along : this.#lastLine - along;
    return this.lineDelayNs * (line < 0 ? 0 : line > this.#lastLine ? this.#lastLine : line);
  }
}
