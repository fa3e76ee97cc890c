/** Call it to stop listening. */
export type Unsubscribe = () => void;

/** A value that tells when it changes; `subscribe` and `get` fit React's `useSyncExternalStore`. */
export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): Unsubscribe;
}

/** A set of listeners. A listener added or removed while telling takes effect from the next time on. */
export class Listeners<T> {
  readonly #listeners = new Set<(event: T) => void>();

  add(listener: (event: T) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  get size(): number {
    return this.#listeners.size;
  }
}

/** A settable `Readable`. Setting the same value (by `Object.is`) tells nobody. */
export class Value<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Listeners<undefined>();

  constructor(value: T) {
    this.#value = value;
  }

  get = (): T => this.#value;

  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    this.#listeners.tell(undefined);
  }
}
