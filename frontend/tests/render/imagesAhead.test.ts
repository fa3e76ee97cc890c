import { describe, expect, it } from 'vitest';

import { imagesAhead, type ImagesAheadOptions } from '../../src/render/cameras/imagesAhead';

const everyMs = (step_ms: number, count: number): BigInt64Array =>
  BigInt64Array.from({ length: count }, (_, i) => BigInt(i * step_ms) * 1_000_000n);

function ahead(options: Partial<ImagesAheadOptions>): number[] {
  return imagesAhead({
    timesNs: everyMs(25, 100),
    ticksNs: everyMs(100, 25),
    timeNs: 500_000_000n,
    shown: 20,
    isPlaying: false,
    count: 4,
    ...options,
  });
}

describe('imagesAhead', () => {
  it('begins with what the next and the previous tick show, though pictures lie between', () => {
    expect(ahead({})).toEqual([24, 16, 21, 19]);
  });

  it('names no picture twice, and not the one that is shown, where ticks are denser than pictures', () => {
    expect(ahead({ timesNs: everyMs(250, 10), shown: 2 })).toEqual([3, 1, 4, 0]);
  });

  it('goes with time while playing', () => {
    expect(ahead({ isPlaying: true, count: 3 })).toEqual([21, 22, 23]);
  });

  it('stays inside of the clip', () => {
    expect(ahead({ timeNs: 0n, shown: 0 })).toEqual([4, 1, 8, 2]);
    expect(ahead({ timeNs: 2_475_000_000n, shown: 99, isPlaying: true })).toEqual([]);
    expect(ahead({ timesNs: everyMs(25, 1), shown: 0 })).toEqual([]);
  });

  it('looks about from between two ticks', () => {
    expect(ahead({ timeNs: 475_000_000n, shown: 19, count: 3 })).toEqual([20, 24, 16]);
  });
});
