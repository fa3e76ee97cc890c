import type { BoxState } from '../../core/geometry/box';
import type { PointCounter } from '../../core/lints/lint';
import { PointIndex } from './pointIndex';

/** A sweep farther off in time says nothing about a box that may move. */
const FARTHEST_NS = 60_000_000n;

interface CountedSweep {
  readonly lidar: string;
  readonly timeNs: bigint;
}

/** Counts the points in boxes, in the sweeps that are there: of each lidar the one nearest in time. */
export class SweepCounter implements PointCounter {
  readonly #byLidar = new Map<string, { readonly index: number; readonly timeNs: bigint }[]>();
  readonly #cloudOf: (sweepIndex: number) => Float32Array | undefined;
  readonly #indices = new WeakMap<Float32Array, PointIndex>();

  /** @param cloudOf the points of a sweep (flat xyz, world), if they are there; asking must not fetch them. */
  constructor(sweeps: readonly CountedSweep[], cloudOf: (sweepIndex: number) => Float32Array | undefined) {
    this.#cloudOf = cloudOf;
    sweeps.forEach(({ lidar, timeNs }, index) => {
      const own = this.#byLidar.get(lidar);
      if (own === undefined) this.#byLidar.set(lidar, [{ index, timeNs }]);
      else own.push({ index, timeNs });
    });
    for (const own of this.#byLidar.values())
      own.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  }

  /** Null where no sweep is near in time, or where those that are there hold none and another may. */
  count(box: BoxState, timeNs: bigint): number | null {
    let count = 0;
    let isSeen = false;
    let isMissing = false;
    for (const sweeps of this.#byLidar.values()) {
      const nearest = nearestOf(sweeps, timeNs);
      if (nearest === null) continue;
      const cloud = this.#cloudOf(nearest);
      if (cloud === undefined) isMissing = true;
      else {
        isSeen = true;
        count += this.#indexOf(cloud).count(box);
      }
    }
    return !isSeen || (count === 0 && isMissing) ? null : count;
  }

  #indexOf(cloud: Float32Array): PointIndex {
    let index = this.#indices.get(cloud);
    if (index === undefined) {
      index = new PointIndex(cloud);
      this.#indices.set(cloud, index);
    }
    return index;
  }
}

function nearestOf(
  sweeps: readonly { readonly index: number; readonly timeNs: bigint }[],
  timeNs: bigint,
): number | null {
  let [low, high] = [0, sweeps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sweeps[middle]!.timeNs < timeNs) low = middle + 1;
    else high = middle;
  }
  const beside = [sweeps[low - 1], sweeps[low]].filter((sweep) => sweep !== undefined);
  const off = (sweep: { readonly timeNs: bigint }): bigint =>
    sweep.timeNs > timeNs ? sweep.timeNs - timeNs : timeNs - sweep.timeNs;
  const [nearest] = beside.sort((a, b) => (off(a) < off(b) ? -1 : 1));
  return nearest === undefined || off(nearest) > FARTHEST_NS ? null : nearest.index;
}
