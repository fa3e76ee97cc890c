import { nearestIndex } from '../../core/clip/clip';

export interface ImagesAheadOptions {
  /** The camera's images' times, ascending. */
  readonly timesNs: BigInt64Array;
  /** What a person steps through, ascending. */
  readonly ticksNs: BigInt64Array;
  readonly timeNs: bigint;
  /** The image that is shown. */
  readonly shown: number;
  readonly isPlaying: boolean;
  /** At most so many. */
  readonly count: number;
}

/**
 * The images of a camera that come next, the likeliest first. While playing: those that follow. Else what the next key shows: the
 * ticks on both sides (a camera may take several pictures between two ticks, or one for several), then the pictures on both sides.
 */
export function imagesAhead(options: ImagesAheadOptions): number[] {
  const { timesNs, ticksNs, timeNs, shown, isPlaying, count } = options;
  const found = new Set<number>();
  const add = (index: number | null): void => {
    if (index !== null && index !== shown && index >= 0 && index < timesNs.length && found.size < count)
      found.add(index);
  };
  if (isPlaying) {
    for (let ahead = 1; ahead <= count; ahead += 1) add(shown + ahead);
    return [...found];
  }
  const atTick = (tick: number): void => {
    const tickNs = ticksNs[tick];
    if (tickNs !== undefined) add(nearestIndex(timesNs, tickNs));
  };
  const tick = nearestIndex(ticksNs, timeNs) ?? 0;
  // From between two ticks a step goes to the nearest one first.
  atTick(tick);
  for (let away = 1; away <= count; away += 1) {
    atTick(tick + away);
    atTick(tick - away);
    add(shown + away);
    add(shown - away);
  }
  return [...found];
}
