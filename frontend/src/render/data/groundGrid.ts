import type { Ground } from '../../core/editor/ground';

const CELL_M = 2;
/** Points this far down a cell's heights count as its ground: a few stray echoes lie below it. */
const QUANTILE = 0.1;
/** A cell with fewer points says nothing. */
const MIN_POINTS = 4;
/** Heights kept per cell: enough for a quantile, bounded for clips of many sweeps. */
const MAX_POINTS = 64;
/**
 * The ground as the sweeps see it: per cell of 2 m the height that a tenth of its points lie below; asked for a
 * place, the lowest of the cells about it, so that a parked car is not taken for a hill. Where no points are, the
 * fallback's.
 */
export class GroundGrid implements Ground {
  readonly #fallback: Ground;
  readonly #heights = new Map<number, number[]>();

  constructor(fallback: Ground) {
    this.#fallback = fallback;
  }

  /** Takes a sweep in: flat xyz, the world frame, metres. */
  add(positions_m: Float32Array): void {
    for (let i = 0; i < positions_m.length; i += 3) {
      const key = keyOf(Math.floor(positions_m[i]! / CELL_M), Math.floor(positions_m[i + 1]! / CELL_M));
      const heights = this.#heights.get(key);
      if (heights === undefined) this.#heights.set(key, [positions_m[i + 2]!]);
      else if (heights.length < MAX_POINTS) heights.push(positions_m[i + 2]!);
      // A full cell goes on learning: the place to overwrite goes round.
      else heights[(i / 3) % MAX_POINTS] = positions_m[i + 2]!;
    }
  }

  zAt(x_m: number, y_m: number): number | null {
    const column = Math.floor(x_m / CELL_M);
    const row = Math.floor(y_m / CELL_M);
    let lowest: number | null = null;
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        const z = this.#cellZ(keyOf(column + dx, row + dy));
        if (z !== null && (lowest === null || z < lowest)) lowest = z;
      }
    }
    return lowest ?? this.#fallback.zAt(x_m, y_m);
  }

  #cellZ(key: number): number | null {
    const heights = this.#heights.get(key);
    if (heights === undefined || heights.length < MIN_POINTS) return null;
    const sorted = [...heights].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * QUANTILE)] ?? null;
  }
}

/** One number per cell within 65 km of the origin. */
function keyOf(column: number, row: number): number {
  return (column + 32768) * 65536 + row + 32768;
}
