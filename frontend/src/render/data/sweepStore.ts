import type { PointCloud } from '../layers/pointsLayer';
import { LoadingCache } from './loadingCache';

/** Fetches and decodes a sweep of the clip, by its index. */
export type FetchSweep = (sweepIndex: number, signal: AbortSignal) => Promise<PointCloud>;

const CONCURRENCY = 3;

/** The point clouds of a clip. */
export class SweepStore {
  readonly #cache: LoadingCache<PointCloud>;

  /** 192 MiB are about 100 sweeps of 120,000 points. */
  constructor(fetchSweep: FetchSweep, maxBytes: number, onChange: (sweepIndex: number) => void) {
    this.#cache = new LoadingCache<PointCloud>({
      load: (key, signal) => fetchSweep(Number(key), signal),
      sizeOf_bytes: (cloud) => cloud.positions_m.byteLength + (cloud.intensities?.byteLength ?? 0),
      maxBytes,
      concurrency: CONCURRENCY,
      onChange: (key) => onChange(Number(key)),
    });
  }

  get(sweepIndex: number): PointCloud | undefined {
    return this.#cache.get(String(sweepIndex));
  }

  failure(sweepIndex: number): string | null {
    return this.#cache.failure(String(sweepIndex));
  }

  /** The sweeps that `asker` shows now, and those to have ready. */
  want(shown: readonly number[], ahead: readonly number[] = [], asker = 'stage'): void {
    this.#cache.want(asker, [...shown, ...ahead].map(String), shown.length);
  }

  setMaxBytes(maxBytes: number): void {
    this.#cache.setMaxBytes(maxBytes);
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  dispose(): void {
    this.#cache.dispose();
  }
}
