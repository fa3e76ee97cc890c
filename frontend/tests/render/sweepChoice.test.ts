import { describe, expect, it } from 'vitest';

import { chooseSweeps, sweepsAhead } from '../../src/render/sweepChoice';

const TWO_LIDARS = [0, 100, 200, 300].flatMap((time) => [
  { lidar: 'roof', time_ns: String(time), point_count: 1000 },
  { lidar: 'front', time_ns: String(time + 30), point_count: 500 },
]);

describe('chooseSweeps', () => {
  it('takes of every lidar the sweep nearest in time', () => {
    const chosen = chooseSweeps(TWO_LIDARS, 170n, 'nearest').map((index) => TWO_LIDARS[index]!);
    expect(chosen.map((sweep) => `${sweep.lidar} ${sweep.time_ns}`)).toEqual(['roof 200', 'front 130']);
  });

  it('takes the neighbours with it, the nearest first', () => {
    const roof = TWO_LIDARS.filter((sweep) => sweep.lidar === 'roof');
    expect(chooseSweeps(roof, 110n, 'near', 4)).toEqual([1, 2, 0, 3]);
  });

  it('takes all of a clip, and evenly fewer of one with too many points', () => {
    expect(chooseSweeps(TWO_LIDARS, 0n, 'all')).toHaveLength(8);
    const dense = Array.from({ length: 100 }, (_, i) => ({
      lidar: 'roof',
      time_ns: String(i),
      point_count: 200_000,
    }));
    expect(chooseSweeps(dense, 0n, 'all')).toEqual(dense.flatMap((_, i) => (i % 7 === 0 ? [i] : [])));
  });

  it('takes nothing of a clip without point clouds', () => {
    expect(chooseSweeps([], 0n, 'nearest')).toEqual([]);
    expect(sweepsAhead([], [], 3)).toEqual([]);
  });

  it('has what comes next of every lidar ready, and the one before', () => {
    expect(sweepsAhead(TWO_LIDARS, [3, 2], 2)).toEqual([4, 0, 5, 1, 6, 7]);
  });

  it('has them ready in whatever order the clip names its sweeps', () => {
    const grouped = [...TWO_LIDARS]
      .sort((a, b) => (a.lidar < b.lidar ? -1 : a.lidar > b.lidar ? 1 : 0))
      .reverse();
    const shown = chooseSweeps(grouped, 100n, 'nearest');
    const ahead = sweepsAhead(grouped, shown, 1).map((index) => grouped[index]!);
    expect(ahead.map((sweep) => `${sweep.lidar} ${sweep.time_ns}`)).toEqual([
      'roof 200',
      'roof 0',
      'front 230',
      'front 30',
    ]);
  });

  it('has nothing ready of a lidar that shows nothing', () => {
    expect(sweepsAhead(TWO_LIDARS, [2], 1)).toEqual([4, 0]);
  });
});
