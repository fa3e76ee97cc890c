import type { Ground } from '../../core/editor/ground';

const CELL_M = 2;
/** Points this far down a cell's heights count as its ground: a few stray echoes lie below it. */
const QUANTILE = 0.1;
/** A cell with fewer points says nothing. */
const MIN_POINTS = 4;
/** Heights kept per cell: enough for a quantile, bounded for clips of many sweeps. */
const MAX_POINTS = 64;

/** The ground may rise by so much from one cell to the next: a slope of 20 %. */
const STEEPEST_RISE_M = 0.4;

interface Cell {
  readonly heights: number[];
  /** The cell's own ground, while it holds. */
  ground: number | null;
  isStale: boolean;
}

/**
 * The ground as the sweeps see it: per cell of 2 m the height that a tenth of its points lie below. A cell that stands
 * out of its neighbours by more than a slope would is a roof or a crown: there the neighbours' height counts. Where no
 * points are, the fallback's.
 */
export class GroundGrid implements Ground {
  readonly #fallback: Ground;
  readonly #cells = new Map<number, Cell>();

  constructor(fallback: Ground) {
    this.#fallback = fallback;
  }

  /** Takes a sweep in: flat xyz, the world frame, metres. */
  add(positions_m: Float32Array): void {
    for (let i = 0; i < positions_m.length; i += 3) {
      const cell = this.#cellAt(positions_m[i]!, positions_m[i + 1]!);
      cell.isStale = true;
      if (cell.heights.length < MAX_POINTS) cell.heights.push(positions_m[i + 2]!);
      // A full cell goes on learning: the place to overwrite goes round.
      else cell.heights[(i / 3) % MAX_POINTS] = positions_m[i + 2]!;
    }
  }

  zAt(x_m: number, y_m: number): number | null {
    return this.#ground(Math.floor(x_m / CELL_M), Math.floor(y_m / CELL_M)) ?? this.#fallback.zAt(x_m, y_m);
  }

  /** How high each point lies above the ground about it, metres; flat xyz in, one number per point out. */
  heightsOf(positions_m: Float32Array): Float32Array {
    const heights = new Float32Array(positions_m.length / 3);
    const known = new Map<number, number>();
    for (let i = 0; i < heights.length; i += 1) {
      const column = Math.floor(positions_m[3 * i]! / CELL_M);
      const row = Math.floor(positions_m[3 * i + 1]! / CELL_M);
      const key = keyOf(column, row);
      let ground = known.get(key);
      if (ground === undefined) {
        ground =
          this.#ground(column, row) ??
          this.#fallback.zAt(positions_m[3 * i]!, positions_m[3 * i + 1]!) ??
          positions_m[3 * i + 2]!;
        known.set(key, ground);
      }
      heights[i] = positions_m[3 * i + 2]! - ground;
    }
    return heights;
  }

  #ground(column: number, row: number): number | null {
    let lowest = Infinity;
    for (let dx = -1; dx <= 1; dx += 1) {
      for (let dy = -1; dy <= 1; dy += 1) {
        const z = this.#groundOf(this.#cells.get(keyOf(column + dx, row + dy)));
        if (z !== null && z < lowest) lowest = z;
      }
    }
    if (lowest === Infinity) return null;
    const own = this.#groundOf(this.#cells.get(keyOf(column, row)));
    return own === null ? lowest : Math.min(own, lowest + STEEPEST_RISE_M);
  }

  #groundOf(cell: Cell | undefined): number | null {
    if (cell === undefined || cell.heights.length < MIN_POINTS) return null;
    if (cell.isStale) {
      const sorted = [...cell.heights].sort((a, b) => a - b);
      cell.ground = sorted[Math.floor(sorted.length * QUANTILE)] ?? null;
      cell.isStale = false;
    }
    return cell.ground;
  }

  #cellAt(x_m: number, y_m: number): Cell {
    const key = keyOf(Math.floor(x_m / CELL_M), Math.floor(y_m / CELL_M));
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { heights: [], ground: null, isStale: true };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

/** One number per cell within 65 km of the origin. */
function keyOf(column: number, row: number): number {
  return (column + 32768) * 65536 + row + 32768;
}
