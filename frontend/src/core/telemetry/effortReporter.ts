import type { Unsubscribe } from '../observable';
import type { Clock } from '../sync/ports';
import type { Effort, EffortSum } from './effort';

/** Sums are sent at most so often. */
export const REPORT_EVERY_MS = 20_000;

/**
 * Sends what a visit cost so far, as sums that grow: what got lost on the way is in the next ones. Failures are
 * nobody's trouble: the work goes on, and it is tried again.
 */
export class EffortReporter {
  readonly #effort: Effort;
  readonly #send: (sum: EffortSum) => Promise<void>;
  readonly #clock: Clock;
  readonly #stopListening: Unsubscribe;
  #sent: EffortSum = { actions: 0, active_s: 0 };
  #callOff: (() => void) | null = null;
  #isSending = false;

  constructor(effort: Effort, send: (sum: EffortSum) => Promise<void>, clock: Clock) {
    this.#effort = effort;
    this.#send = send;
    this.#clock = clock;
    this.#stopListening = effort.subscribe(() => this.#plan());
  }

  /** Sends now what was not sent yet. A visit in which nothing was done is not worth a word. */
  flush(): void {
    this.#callOff?.();
    this.#callOff = null;
    const { all } = this.#effort.get();
    if (this.#isSending || all.actions === 0) return;
    if (all.actions === this.#sent.actions && all.active_s === this.#sent.active_s) return;
    this.#isSending = true;
    this.#send(all).then(
      () => this.#onSent(all),
      () => {
        this.#isSending = false;
      },
    );
  }

  dispose(): void {
    this.flush();
    this.#callOff?.();
    this.#callOff = null;
    this.#stopListening();
  }

  #plan(): void {
    this.#callOff ??= this.#clock.after(REPORT_EVERY_MS, () => {
      this.#callOff = null;
      this.flush();
    });
  }

  #onSent(sum: EffortSum): void {
    this.#isSending = false;
    this.#sent = sum;
  }
}
