import type { PointCloud } from '../layers/pointsLayer';
import { LoadingCache } from './loadingCache';

/** Fetches and decodes a sweep of the clip, by its index. */
export type FetchSweep = (sweepIndex: number, signal: AbortSignal) => Promise<PointCloud>;

/** About 120 sweeps of 120,000 points. */
const MAX_BYTES = 256 * 1024 * 1024;
const CONCURRENCY = 3;

/** The point clouds of a clip. */
export class SweepStore {
  readonly #cache: LoadingCache<PointCloud>;

  constructor(fetchSweep: FetchSweep, onChange: (sweepIndex: number) => void) {
    this.#cache = new LoadingCache<PointCloud>({
      load: (key, signal) => fetchSweep(Number(key), signal),
      sizeOf_bytes: (cloud) => cloud.positions_m.byteLength + (cloud.intensities?.byteLength ?? 0),
      maxBytes: MAX_BYTES,
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

  /** The sweeps that `asker` shows now, then those to have ready. */
  want(sweepIndices: readonly number[], asker = 'stage'): void {
    this.#cache.want(asker, sweepIndices.map(String));
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  dispose(): void {
    this.#cache.dispose();
  }
}
