import { nearestIndex } from '../clip/clip';

/** How far apart the times of the batch view are: over the object's whole life, or every so many ticks. */
export type BatchStep = 'life' | number;

/** The times of a label's life, both included. */
export interface LifeSpan {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** One page of the batch view. */
export interface BatchPage {
  /** Rising; at most as many as there are cells. */
  readonly timesNs: readonly bigint[];
  readonly index: number;
  readonly count: number;
}

/** The ticks within a life; a life between two ticks has the one nearest to its begin. */
export function ticksOfLife(ticksNs: BigInt64Array, life: LifeSpan): readonly bigint[] {
  const ticks = [...ticksNs].filter((tick) => tick >= life.fromNs && tick <= life.toNs);
  if (ticks.length > 0) return ticks;
  const nearest = nearestIndex(ticksNs, life.fromNs);
  return nearest === null ? [] : [ticksNs[nearest] ?? life.fromNs];
}

/**
 * `count` times that cover a whole life: its first and last tick, the others evenly between. Where a keyframe is
 * nearer to a cell than half the distance between cells, the cell shows the keyframe itself, so that what was fixed
 * by hand is what one sees.
 */
export function timesOverLife(
  ticks: readonly bigint[],
  keyframesNs: readonly bigint[],
  count: number,
): readonly bigint[] {
  if (ticks.length <= count) return ticks;
  if (count < 2) return ticks.slice(0, count);
  const stepTicks = (ticks.length - 1) / (count - 1);
  const times = Array.from({ length: count }, (_, cell) => ticks[Math.round(cell * stepTicks)] ?? 0n);
  const step = ((ticks.at(-1) ?? 0n) - (ticks[0] ?? 0n)) / BigInt(count - 1);
  const fixed = new Set(keyframesNs);
  for (const keyframeNs of keyframesNs) {
    if (times.includes(keyframeNs)) continue;
    const cell = nearestOf(times, keyframeNs);
    const at = times[cell] ?? 0n;
    const isEnd = cell === 0 || cell === count - 1;
    if (isEnd || fixed.has(at) || 2n * difference(at, keyframeNs) > step) continue;
    times[cell] = keyframeNs;
  }
  return times;
}

/** The page of every `step`-th tick on which a time is, or the nearest to it. */
export function pageOfTicks(
  ticks: readonly bigint[],
  step: number,
  count: number,
  timeNs: bigint,
): BatchPage {
  const shown = ticks.filter((_, index) => index % step === 0);
  const cell = shown.length === 0 ? 0 : nearestOf(shown, timeNs);
  return pageAt(ticks, step, count, Math.floor(cell / count));
}

/** A page by its number; beyond the last one, the last. */
export function pageAt(ticks: readonly bigint[], step: number, count: number, index: number): BatchPage {
  const shown = ticks.filter((_, tick) => tick % step === 0);
  const pages = Math.max(1, Math.ceil(shown.length / count));
  const page = Math.min(Math.max(index, 0), pages - 1);
  return { timesNs: shown.slice(page * count, (page + 1) * count), index: page, count: pages };
}

/** The times with this one among them, in place of the nearest: what the time cursor is at has a cell. */
export function timesWith(timesNs: readonly bigint[], timeNs: bigint): readonly bigint[] {
  if (timesNs.length === 0 || timesNs.includes(timeNs)) return timesNs;
  const nearest = nearestOf(timesNs, timeNs);
  const times = timesNs.map((time, index) => (index === nearest ? timeNs : time));
  return times.sort((a, b) => (a < b ? -1 : 1));
}

function nearestOf(timesNs: readonly bigint[], timeNs: bigint): number {
  let best = 0;
  timesNs.forEach((time, index) => {
    if (difference(time, timeNs) < difference(timesNs[best] ?? 0n, timeNs)) best = index;
  });
  return best;
}

function difference(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}
