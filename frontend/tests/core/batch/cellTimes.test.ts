import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  pageAt,
  pageOfTicks,
  ticksOfLife,
  timesOverLife,
  timesWith,
} from '../../../src/core/batch/cellTimes';
import { gridColumns } from '../../../src/core/batch/gridShape';

const TICKS = Array.from({ length: 101 }, (_, i) => BigInt(i) * 100n);

describe('the times of the batch view', () => {
  it('cover a life from its first to its last tick', () => {
    expect(timesOverLife(TICKS, [], 5)).toEqual([0n, 2500n, 5000n, 7500n, 10000n]);
    expect(timesOverLife(TICKS.slice(0, 3), [], 5)).toEqual([0n, 100n, 200n]);
    expect(timesOverLife(TICKS, [], 1)).toEqual([0n]);
  });

  it('show a keyframe itself where one is near, and the ends as they are', () => {
    expect(timesOverLife(TICKS, [100n, 2650n, 6000n], 5)).toEqual([0n, 2650n, 6000n, 7500n, 10000n]);
  });

  it('rise without repeating, whatever keyframes there are', () => {
    const keyframes = fc.uniqueArray(fc.bigInt({ min: 0n, max: 10000n }), { maxLength: 40 });
    fc.assert(
      fc.property(keyframes, fc.integer({ min: 2, max: 24 }), (times, count) => {
        const sorted = [...times].sort((a, b) => (a < b ? -1 : 1));
        const cells = timesOverLife(TICKS, sorted, count);
        expect(cells).toHaveLength(count);
        expect(cells[0]).toBe(0n);
        expect(cells.at(-1)).toBe(10000n);
        cells.slice(1).forEach((time, i) => expect(time > cells[i]!).toBe(true));
      }),
    );
  });

  it('go by pages of every second tick', () => {
    const page = pageOfTicks(TICKS, 2, 8, 1700n);
    expect(page).toEqual({
      timesNs: [1600, 1800, 2000, 2200, 2400, 2600, 2800, 3000].map(BigInt),
      index: 1,
      count: 7,
    });
    expect(pageAt(TICKS, 2, 8, 99).timesNs).toEqual([9600n, 9800n, 10000n]);
    expect(pageAt(TICKS, 2, 8, -1).index).toBe(0);
  });

  it('give the time that is worked at a cell in place of the nearest', () => {
    expect(timesWith([0n, 100n, 200n], 130n)).toEqual([0n, 130n, 200n]);
    expect(timesWith([0n, 100n], 100n)).toEqual([0n, 100n]);
    expect(timesWith([], 100n)).toEqual([]);
  });

  it('find a tick for a life that lies between two', () => {
    const ticks = BigInt64Array.from(TICKS);
    expect(ticksOfLife(ticks, { fromNs: 120n, toNs: 180n })).toEqual([100n]);
    expect(ticksOfLife(ticks, { fromNs: 100n, toNs: 300n })).toEqual([100n, 200n, 300n]);
  });
});

describe('the grid of the batch view', () => {
  it('fills a wide room with columns and a tall one with rows', () => {
    expect(gridColumns(8, 1600, 800, 1.4)).toBe(4);
    expect(gridColumns(8, 500, 1600, 1.4)).toBe(1);
    expect(gridColumns(1, 500, 500, 1.4)).toBe(1);
  });
});
