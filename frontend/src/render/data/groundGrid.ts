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

/** A cell is flat, and not the side of something, where half of its points lie within this of its lowest. */
const FLAT_M = 0.15;
/** The cells that a place's ground is told from reach so far from it, in cells. */
const REACH = 3;
/** So many of them must lie in one plane, */
const MIN_CELLS = 6;
/** within this, */
const PLANE_M = 0.2;
/** and spread over both directions: points on a wall lie in a line. The smaller standard deviation, metres. */
const MIN_SPREAD_M = 1.2;

interface Cell {
  readonly heights: number[];
  /** The cell's own ground, while it holds. */
  ground: number | null;
  /** The height of the cell's middle, if it is flat. */
  flat: number | null;
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

  seenAt(x_m: number, y_m: number): number | null {
    const column = Math.floor(x_m / CELL_M);
    const row = Math.floor(y_m / CELL_M);
    let isEmpty = true;
    const flats: (readonly [x_m: number, y_m: number, z_m: number])[] = [];
    for (let dx = -REACH; dx <= REACH; dx += 1) {
      for (let dy = -REACH; dy <= REACH; dy += 1) {
        const cell = this.#cells.get(keyOf(column + dx, row + dy));
        if (cell === undefined) continue;
        isEmpty = false;
        this.#groundOf(cell);
        if (cell.flat === null) continue;
        flats.push([(column + dx + 0.5) * CELL_M - x_m, (row + dy + 0.5) * CELL_M - y_m, cell.flat]);
      }
    }
    return isEmpty ? this.#fallback.seenAt(x_m, y_m) : planeAtOrigin(flats);
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
      const middle = sorted[Math.floor(sorted.length / 2)] ?? Infinity;
      cell.flat = cell.ground !== null && middle - cell.ground <= FLAT_M ? middle : null;
      cell.isStale = false;
    }
    return cell.ground;
  }

  #cellAt(x_m: number, y_m: number): Cell {
    const key = keyOf(Math.floor(x_m / CELL_M), Math.floor(y_m / CELL_M));
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = { heights: [], ground: null, flat: null, isStale: true };
      this.#cells.set(key, cell);
    }
    return cell;
  }
}

/**
 * The height at (0, 0) of the lowest plane that enough cells lie in: least squares over those near a low one, twice.
 * Null where the cells do not tell: too few, in a line, or not in a plane.
 */
function planeAtOrigin(cells: readonly (readonly [number, number, number])[]): number | null {
  if (cells.length < MIN_CELLS) return null;
  const low = cells.map(([, , z]) => z).sort((a, b) => a - b)[Math.floor(cells.length / 4)] ?? 0;
  let kept = cells.filter(([x, y, z]) => Math.abs(z - low) <= PLANE_M + 0.1 * Math.hypot(x, y));
  let plane = fitPlane(kept);
  for (let i = 0; plane !== null && i < 2; i += 1) {
    const [a, b, c] = plane;
    kept = kept.filter(([x, y, z]) => Math.abs(a * x + b * y + c - z) <= PLANE_M);
    plane = fitPlane(kept);
  }
  return plane === null ? null : plane[2];
}

/** z = ax + by + c by least squares; null for fewer cells than tell, or for cells in a line. */
function fitPlane(
  cells: readonly (readonly [number, number, number])[],
): readonly [number, number, number] | null {
  const n = cells.length;
  if (n < MIN_CELLS) return null;
  const mean = [0, 1, 2].map((i) => cells.reduce((sum, cell) => sum + cell[i]!, 0) / n);
  const [mx, my, mz] = mean as [number, number, number];
  let [xx, xy, yy, xz, yz] = [0, 0, 0, 0, 0];
  for (const [x, y, z] of cells) {
    xx += ((x - mx) * (x - mx)) / n;
    xy += ((x - mx) * (y - my)) / n;
    yy += ((y - my) * (y - my)) / n;
    xz += ((x - mx) * (z - mz)) / n;
    yz += ((y - my) * (z - mz)) / n;
  }
  const determinant = xx * yy - xy * xy;
  const half = (xx + yy) / 2;
  const least = half - Math.sqrt(Math.max(half * half - determinant, 0));
  if (least < MIN_SPREAD_M * MIN_SPREAD_M) return null;
  const a = (xz * yy - yz * xy) / determinant;
  const b = (yz * xx - xz * xy) / determinant;
  return [a, b, mz - a * mx - b * my];
}

/** One number per cell within 65 km of the origin. */
function keyOf(column: number, row: number): number {
  return (column + 32768) * 65536 + row + 32768;
}
