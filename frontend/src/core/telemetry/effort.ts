import type { LabelId } from '../document/ids';
import { Listeners, type Readable, type Unsubscribe } from '../observable';

/** What work cost: sums only, never which keys. */
export interface EffortSum {
  /** Clicks, drags and key presses that did something. */
  readonly actions: number;
  /** Time with the hands at it, seconds. */
  readonly active_s: number;
}

export interface EffortState {
  /** Of the whole visit. */
  readonly all: EffortSum;
  readonly byLabel: ReadonlyMap<LabelId, EffortSum>;
}

export const NO_EFFORT: EffortSum = { actions: 0, active_s: 0 };

/** Whoever does nothing for so long is not at work. */
export const IDLE_MS = 60_000;

/**
 * Counts what labelling costs. Time passes from one sign of life to the next, unless that took longer than `IDLE_MS`: then
 * none of it counts. It goes to the labels selected meanwhile; an action goes to the labels that it changed, else to the
 * selected ones. With several labels each gets the whole: the sum of all labels may be more than `all`.
 */
export class Effort implements Readable<EffortState> {
  readonly #now: () => number;
  readonly #byLabel = new Map<LabelId, { actions: number; active_ms: number }>();
  readonly #listeners = new Listeners<undefined>();
  #actions = 0;
  #active_ms = 0;
  #last_ms: number | null = null;
  #toldSecond = 0;
  #state: EffortState | null = null;

  /** @param now milliseconds, from any origin. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get = (): EffortState => {
    this.#state ??= {
      all: { actions: this.#actions, active_s: this.#active_ms / 1000 },
      byLabel: new Map(
        [...this.#byLabel].map(([id, { actions, active_ms }]) => [
          id,
          { actions, active_s: active_ms / 1000 },
        ]),
      ),
    };
    return this.#state;
  };

  /** Tells of every action, and of time once a second. */
  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);

  /** The person is there: moved the pointer, pressed a key, scrolled. */
  alive(selection: readonly LabelId[]): void {
    const now = this.#now();
    const passed = this.#last_ms === null ? 0 : now - this.#last_ms;
    this.#last_ms = now;
    if (passed <= 0 || passed > IDLE_MS) return;
    this.#active_ms += passed;
    for (const id of selection) this.#of(id).active_ms += passed;
    const second = Math.floor(this.#active_ms / 1000);
    if (second !== this.#toldSecond) {
      this.#toldSecond = second;
      this.#tell();
    }
  }

  /** The person did something: to these labels. */
  acted(labelIds: readonly LabelId[]): void {
    this.#actions += 1;
    for (const id of labelIds) this.#of(id).actions += 1;
    this.#tell();
  }

  #of(id: LabelId): { actions: number; active_ms: number } {
    let sum = this.#byLabel.get(id);
    if (sum === undefined) {
      sum = { actions: 0, active_ms: 0 };
      this.#byLabel.set(id, sum);
    }
    return sum;
  }

  #tell(): void {
    this.#state = null;
    this.#listeners.tell(undefined);
  }
}

/** For people: "7 actions, 41 s", "1 action, 2 min 5 s". */
export function effortWords({ actions, active_s }: EffortSum): string {
  const seconds = Math.round(active_s);
  const minutes = Math.floor(seconds / 60);
  const time = minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
  return `${actions} ${actions === 1 ? 'action' : 'actions'}, ${time}`;
}
