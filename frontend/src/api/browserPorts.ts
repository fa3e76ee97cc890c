import type { Clock, ScopeLocks } from '../core/sync/ports';

/** The browser's own time. */
export const browserClock: Clock = {
  now: () => Date.now(),
  after: (delay_ms, callback) => {
    const timer = setTimeout(callback, delay_ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** A random UUID; also where the page came over plain HTTP, where `crypto.randomUUID` isn't there. */
export function newUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * Locks between the tabs of one browser: the browser frees them when a tab goes, however it goes. Over plain HTTP there
 * are none: then every scope is free, and two tabs may send the same batch, which lands once.
 */
export class WebScopeLocks implements ScopeLocks {
  readonly #locks: LockManager | undefined;

  constructor(locks: LockManager | undefined) {
    this.#locks = locks;
  }

  tryAcquire(scope: string): Promise<(() => void) | null> {
    const locks = this.#locks;
    if (locks === undefined) return Promise.resolve(() => undefined);
    return new Promise((resolve, reject) => {
      const held = locks.request(`labelapp-outbox:${scope}`, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => {
          resolve(() => {
            release();
          });
        });
      });
      held.catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)));
      });
    });
  }
}
