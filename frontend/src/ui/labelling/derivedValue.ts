import { Value, type Readable } from '../../core/observable';

/** A part of another value, which tells only when that part changes. */
export class DerivedValue<S, T> implements Readable<T> {
  readonly #value: Value<T>;
  readonly dispose: () => void;

  constructor(source: Readable<S>, select: (source: S) => T) {
    this.#value = new Value(select(source.get()));
    this.dispose = source.subscribe(() => this.#value.set(select(source.get())));
  }

  get = (): T => this.#value.get();

  subscribe = (listener: () => void): (() => void) => this.#value.subscribe(listener);
}
