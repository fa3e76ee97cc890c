import type { BoxState } from '../../core/geometry/box';
import { conjugate, rotate } from '../../core/geometry/quat';

const CELL_M = 2;

/** The points of one cloud by where they stand, for asking how many lie in a box. Made in one pass of sorting. */
export class PointIndex {
  readonly #positions_m: Float32Array;
  /** Per cell the range of `#order` that holds its points. */
  readonly #cells = new Map<number, readonly [from: number, to: number]>();
  readonly #order: Uint32Array;

  /** @param positions_m flat xyz, the world frame. */
  constructor(positions_m: Float32Array) {
    this.#positions_m = positions_m;
    const count = Math.floor(positions_m.length / 3);
    const sizes = new Map<number, number>();
    const keys = new Float64Array(count);
    for (let i = 0; i < count; i += 1) {
      const key = keyOf(cellOf(positions_m[3 * i]!), cellOf(positions_m[3 * i + 1]!));
      keys[i] = key;
      sizes.set(key, (sizes.get(key) ?? 0) + 1);
    }
    const next = new Map<number, number>();
    let at = 0;
    for (const [key, size] of sizes) {
      this.#cells.set(key, [at, at + size]);
      next.set(key, at);
      at += size;
    }
    this.#order = new Uint32Array(count);
    for (let i = 0; i < count; i += 1) {
      const place = next.get(keys[i]!) ?? 0;
      this.#order[place] = i;
      next.set(keys[i]!, place + 1);
    }
  }

  /** How many points lie in a box. */
  count(box: BoxState): number {
    const [x, y, z] = box.position_m;
    const inverse = conjugate(box.quat_xyzw);
    const half = box.size_m.map((size) => size / 2) as unknown as readonly [number, number, number];
    const reach = Math.hypot(...half);
    let count = 0;
    for (let column = cellOf(x - reach); column <= cellOf(x + reach); column += 1) {
      for (let row = cellOf(y - reach); row <= cellOf(y + reach); row += 1) {
        const range = this.#cells.get(keyOf(column, row));
        if (range === undefined) continue;
        for (let k = range[0]; k < range[1]; k += 1) {
          const i = 3 * this.#order[k]!;
          const own = rotate(inverse, [
            this.#positions_m[i]! - x,
            this.#positions_m[i + 1]! - y,
            this.#positions_m[i + 2]! - z,
          ]);
          if (Math.abs(own[0]) <= half[0] && Math.abs(own[1]) <= half[1] && Math.abs(own[2]) <= half[2])
            count += 1;
        }
      }
    }
    return count;
  }
}

function cellOf(place_m: number): number {
  return Math.floor(place_m / CELL_M);
}

/** One number per cell within 2000 km of the origin. */
function keyOf(column: number, row: number): number {
  return (column + 1_000_000) * 2_000_001 + row + 1_000_000;
}
