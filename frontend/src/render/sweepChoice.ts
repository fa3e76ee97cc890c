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
  for (const indices of byLidar(sweeps).values()) {
    const times = BigInt64Array.from(indices, (index) => BigInt(sweeps[index]!.time_ns));
    const nearest = nearestIndex(times, timeNs);
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

/** The sweeps that come next when time goes on: to have them before they are wanted. */
export function sweepsAhead(
  sweeps: readonly ManifestSweep[],
  shown: readonly number[],
  count: number,
): number[] {
  const last = Math.max(...shown, -1);
  const first = Math.min(...shown, sweeps.length);
  const ahead: number[] = [];
  for (let step = 1; step <= count; step += 1) {
    if (last + step < sweeps.length) ahead.push(last + step);
    if (step === 1 && first - 1 >= 0) ahead.push(first - 1);
  }
  return ahead;
}

function byLidar(sweeps: readonly ManifestSweep[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  sweeps.forEach((sweep, index) => {
    const group = groups.get(sweep.lidar);
    if (group === undefined) groups.set(sweep.lidar, [index]);
    else group.push(index);
  });
  for (const group of groups.values()) {
    group.sort((a, b) => (BigInt(sweeps[a]!.time_ns) < BigInt(sweeps[b]!.time_ns) ? -1 : 1));
  }
  return groups;
}

function evenly(sweeps: readonly ManifestSweep[]): number[] {
  const points = sweeps.reduce((sum, sweep) => sum + sweep.point_count, 0);
  const step = Math.max(1, Math.ceil(points / MAX_ALL_POINTS));
  return sweeps.flatMap((_, index) => (index % step === 0 ? [index] : []));
}
