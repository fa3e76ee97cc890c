import type { ManifestSweep } from '../core/clip/manifest';
import { nearestIndex } from '../core/clip/clip';
import { MAX_ALL_POINTS, type SweepSpan } from './cloudSettings';

/**
 * The sweeps to show at a time. `nearest`: of every lidar the one nearest in time; `near`: `reach` neighbours on
 * either side with it; `all`: as many as may be on the screen, evenly over the clip.
 */
export function chooseSweeps(
  sweeps: readonly ManifestSweep[],
  timeNs: bigint,
  span: SweepSpan,
  reach = 0,
): number[] {
  if (span === 'all') return evenly(sweeps);
  const chosen: number[] = [];
  for (const { indices, timesNs } of byLidar(sweeps)) {
    const nearest = nearestIndex(timesNs, timeNs);
    if (nearest === null) continue;
    // The nearest first: it is fetched first.
    chosen.push(indices[nearest]!);
    for (let step = 1; step <= reach; step += 1) {
      for (const at of [nearest + step, nearest - step]) {
        const index = indices[at];
        if (index !== undefined) chosen.push(index);
      }
    }
  }
  return chosen;
}

/**
 * The sweeps that come next when time goes on, of every lidar as many, and the one before: to have them before they are
 * wanted. In whatever order the clip names them.
 */
export function sweepsAhead(
  sweeps: readonly ManifestSweep[],
  shown: readonly number[],
  count: number,
): number[] {
  const isShown = new Set(shown);
  const runs = byLidar(sweeps).flatMap(({ indices }) => {
    const first = indices.findIndex((index) => isShown.has(index));
    return first < 0 ? [] : [{ indices, first, last: indices.findLastIndex((index) => isShown.has(index)) }];
  });
  const ahead: number[] = [];
  for (let step = 1; step <= count; step += 1) {
    for (const { indices, first, last } of runs) {
      const next = indices[last + step];
      const before = step === 1 ? indices[first - 1] : undefined;
      if (next !== undefined) ahead.push(next);
      if (before !== undefined) ahead.push(before);
    }
  }
  return ahead;
}

interface LidarSweeps {
  /** In the order of time. */
  readonly indices: readonly number[];
  readonly timesNs: BigInt64Array;
}

/** Sorted once for a clip: it is asked with every step. */
const sorted = new WeakMap<readonly ManifestSweep[], readonly LidarSweeps[]>();

function byLidar(sweeps: readonly ManifestSweep[]): readonly LidarSweeps[] {
  const known = sorted.get(sweeps);
  if (known !== undefined) return known;
  const times = BigInt64Array.from(sweeps, (sweep) => BigInt(sweep.time_ns));
  const groups = new Map<string, number[]>();
  sweeps.forEach((sweep, index) => {
    const group = groups.get(sweep.lidar);
    if (group === undefined) groups.set(sweep.lidar, [index]);
    else group.push(index);
  });
  const found = [...groups.values()].map((group) => {
    const indices = group.sort((a, b) => (times[a]! < times[b]! ? -1 : times[a]! > times[b]! ? 1 : a - b));
    return { indices, timesNs: BigInt64Array.from(indices, (index) => times[index]!) };
  });
  sorted.set(sweeps, found);
  return found;
}

function evenly(sweeps: readonly ManifestSweep[]): number[] {
  const points = sweeps.reduce((sum, sweep) => sum + sweep.point_count, 0);
  const step = Math.max(1, Math.ceil(points / MAX_ALL_POINTS));
  return sweeps.flatMap((_, index) => (index % step === 0 ? [index] : []));
}
