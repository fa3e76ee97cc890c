import { BinaryReader } from './reader';

/** A point cloud in the world frame. */
export interface Sweep {
  readonly count: number;
  /** n x 3, metres, world. */
  readonly positions_m: Float32Array;
  /** n, from 0 to 1. */
  readonly intensities: Float32Array | null;
  /** n, seconds relative to the sweep's time. */
  readonly offsets_s: Float32Array | null;
}

const HAS_INTENSITY = 1;
const HAS_OFFSETS = 2;

/** Reads `LAS1`. */
export function decodeSweep(buffer: ArrayBuffer): Sweep {
  const reader = new BinaryReader('sweep', buffer);
  reader.magic('LAS1');
  const count = reader.uint32();
  const flags = reader.uint32();
  reader.uint32();
  if ((flags & ~(HAS_INTENSITY | HAS_OFFSETS)) !== 0) {
    throw new Error(`sweep: flags: expected a sum of 1 and 2, found ${flags}`);
  }
  const positions_m = reader.float32s(3 * count);
  const intensities = (flags & HAS_INTENSITY) === 0 ? null : reader.float32s(count);
  const offsets_s = (flags & HAS_OFFSETS) === 0 ? null : reader.float32s(count);
  reader.end();
  return { count, positions_m, intensities, offsets_s };
}
