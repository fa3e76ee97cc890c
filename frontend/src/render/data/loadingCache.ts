/** Where a cache's values come from and what they weigh. */
export interface LoadingCacheOptions<V> {
  load(key: string, signal: AbortSignal): Promise<V>;
  sizeOf_bytes(value: V): number;
  /** Frees what the garbage collector doesn't (bitmaps). */
  release?(value: V): void;
  /** Values beyond this are let go, those not asked for longest first. What is needed now is never let go. */
  readonly maxBytes: number;
  /** This many loads at a time. */
  readonly concurrency: number;
  /** A value came or failed. */
  onChange(key: string): void;
}

interface Entry<V> {
  readonly value: V;
  readonly size_bytes: number;
}

interface Failure {
  readonly message: string;
  readonly timer: ReturnType<typeof setTimeout> | null;
}

interface Wish {
  readonly keys: readonly string[];
  /** So many of the keys are needed now; the others are fetched ahead while there is room. */
  readonly needed: number;
}

const RETRY_MS = [1000, 4000, 15000];
/** When what is wanted takes this part of the bytes, nothing more is fetched ahead. */
const AHEAD_ROOM = 0.8;

/**
 * Values that are fetched when somebody wants them, the most urgent first, kept within a bound of bytes; loads that
 * nobody wants any more are aborted. Each asker (a view) says all that it wants now, best first; the last word counts.
 */
export class LoadingCache<V> {
  readonly #options: LoadingCacheOptions<V>;
  /** In order of use: the first one has not been asked for longest. */
  readonly #entries = new Map<string, Entry<V>>();
  readonly #wanted = new Map<string, Wish>();
  readonly #running = new Map<string, AbortController>();
  readonly #failures = new Map<string, Failure>();
  readonly #attempts = new Map<string, number>();
  #bytes = 0;
  #maxBytes: number;
  #isDisposed = false;

  constructor(options: LoadingCacheOptions<V>) {
    this.#options = options;
    this.#maxBytes = options.maxBytes;
  }

  /** Another bound from now on. */
  setMaxBytes(maxBytes: number): void {
    if (maxBytes === this.#maxBytes) return;
    this.#maxBytes = maxBytes;
    this.#letGo((key) => !this.#isNeeded(key));
  }

  get bytes(): number {
    return this.#bytes;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** The value if it is there. */
  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** Why it could not be loaded, or null. It is tried again while it is wanted, a few times. */
  failure(key: string): string | null {
    return this.#failures.get(key)?.message ?? null;
  }

  /**
   * Says what `asker` wants, the most urgent first; nothing: an empty list. The first `needed` are to be shown now and
   * stay; the others are fetched ahead as far as the bytes allow.
   */
  want(asker: string, keys: readonly string[], needed = keys.length): void {
    if (this.#isDisposed) return;
    const before = this.#wanted.get(asker);
    const isSame =
      before?.needed === needed &&
      before.keys.length === keys.length &&
      keys.every((key, i) => key === before.keys[i]);
    if (isSame) return;
    if (keys.length === 0) this.#wanted.delete(asker);
    else this.#wanted.set(asker, { keys, needed });
    this.#abortUnwanted();
    this.#startNext();
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const controller of this.#running.values()) controller.abort();
    for (const failure of this.#failures.values()) if (failure.timer !== null) clearTimeout(failure.timer);
    for (const { value } of this.#entries.values()) this.#options.release?.(value);
    this.#running.clear();
    this.#failures.clear();
    this.#entries.clear();
    this.#wanted.clear();
    this.#bytes = 0;
  }

  #isWanted(key: string): boolean {
    for (const { keys } of this.#wanted.values()) if (keys.includes(key)) return true;
    return false;
  }

  #isNeeded(key: string): boolean {
    for (const { keys, needed } of this.#wanted.values()) {
      const place = keys.indexOf(key);
      if (place >= 0 && place < needed) return true;
    }
    return false;
  }

  /** True while what is wanted and there leaves room for more. */
  #hasRoomAhead(): boolean {
    let bytes = 0;
    for (const [key, entry] of this.#entries) if (this.#isWanted(key)) bytes += entry.size_bytes;
    return bytes < AHEAD_ROOM * this.#maxBytes;
  }

  #abortUnwanted(): void {
    for (const [key, controller] of this.#running) {
      if (this.#isWanted(key)) continue;
      controller.abort();
      this.#running.delete(key);
    }
  }

  #startNext(): void {
    while (this.#running.size < this.#options.concurrency) {
      const key = this.#mostUrgent();
      if (key === null) return;
      void this.#run(key);
    }
  }

  /** Everybody's first wish, then everybody's second, and so on. */
  #mostUrgent(): string | null {
    const wishes = [...this.#wanted.values()];
    const longest = Math.max(0, ...wishes.map(({ keys }) => keys.length));
    const hasRoom = this.#hasRoomAhead();
    for (let rank = 0; rank < longest; rank += 1) {
      for (const { keys, needed } of wishes) {
        if (rank >= needed && !hasRoom) continue;
        const key = keys[rank];
        if (key === undefined || this.#entries.has(key) || this.#running.has(key) || this.#failures.has(key))
          continue;
        return key;
      }
    }
    return null;
  }

  async #run(key: string): Promise<void> {
    const controller = new AbortController();
    this.#running.set(key, controller);
    try {
      const value = await this.#options.load(key, controller.signal);
      if (this.#running.get(key) !== controller) {
        this.#options.release?.(value);
        return;
      }
      this.#running.delete(key);
      this.#keep(key, value);
    } catch (error) {
      if (this.#running.get(key) !== controller) return;
      this.#running.delete(key);
      this.#fail(key, error);
    }
    this.#options.onChange(key);
    this.#startNext();
  }

  #keep(key: string, value: V): void {
    const size_bytes = this.#options.sizeOf_bytes(value);
    this.#entries.set(key, { value, size_bytes });
    this.#bytes += size_bytes;
    this.#letGo((old) => old !== key && !this.#isWanted(old));
    this.#letGo((old) => old !== key && !this.#isNeeded(old));
  }

  /** Makes the values fit into their bytes again, of those that may go. */
  #letGo(mayGo: (key: string) => boolean): void {
    for (const [old, entry] of this.#entries) {
      if (this.#bytes <= this.#maxBytes) return;
      if (!mayGo(old)) continue;
      this.#entries.delete(old);
      this.#bytes -= entry.size_bytes;
      this.#options.release?.(entry.value);
    }
  }

  #fail(key: string, error: unknown): void {
    const attempts = (this.#attempts.get(key) ?? 0) + 1;
    this.#attempts.set(key, attempts);
    const delay_ms = RETRY_MS[attempts - 1];
    const retry = (): void => {
      this.#failures.delete(key);
      this.#startNext();
    };
    this.#failures.set(key, {
      message: error instanceof Error ? error.message : String(error),
      timer: delay_ms === undefined ? null : setTimeout(retry, delay_ms),
    });
  }
}
