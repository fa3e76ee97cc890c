import { describe, expect, it } from 'vitest';

import { GroundGrid } from '../../src/render/data/groundGrid';

const NOWHERE = { zAt: () => 7, seenAt: () => null };

/** Points every 0.25 m over a square of the given half width, at the height that `z` says. */
function carpet(half_m: number, z: (x: number, y: number) => number): Float32Array {
  const points: number[] = [];
  for (let x = -half_m; x < half_m; x += 0.25)
    for (let y = -half_m; y < half_m; y += 0.25) points.push(x, y, z(x, y));
  return new Float32Array(points);
}

describe('GroundGrid', () => {
  it('finds a level road under stray echoes', () => {
    const grid = new GroundGrid(NOWHERE);
    const points = carpet(10, () => -1.5);
    points[2] = -9;
    grid.add(points);
    expect(grid.zAt(0.3, 0.4)).toBeCloseTo(-1.5);
    expect(grid.zAt(-9.9, -9.9)).toBeCloseTo(-1.5);
  });

  it('does not take the roof of a parked car for the road', () => {
    const grid = new GroundGrid(NOWHERE);
    grid.add(carpet(10, (x, y) => (Math.abs(x - 1) < 1 && Math.abs(y - 1) < 1 ? 1.5 : 0)));
    expect(grid.zAt(1, 1)).toBeLessThan(0.5);
  });

  it('follows a slope', () => {
    const grid = new GroundGrid(NOWHERE);
    grid.add(carpet(20, (x) => 0.1 * x));
    for (const x of [-15, -4, 0, 9, 15]) expect(Math.abs(grid.zAt(x, 0)! - 0.1 * x)).toBeLessThan(0.2);
  });

  it('asks the fallback where it has no points', () => {
    const grid = new GroundGrid(NOWHERE);
    grid.add(carpet(4, () => 0));
    expect(grid.zAt(100, 100)).toBe(7);
  });

  it('gives heights above the ground about each point', () => {
    const grid = new GroundGrid(NOWHERE);
    grid.add(carpet(6, () => 2));
    const heights = grid.heightsOf(new Float32Array([0, 0, 2, 1, 1, 3.5]));
    expect(heights[0]).toBeCloseTo(0);
    expect(heights[1]).toBeCloseTo(1.5);
  });

  it('has seen a road, level or sloping, also beside and below a parked car', () => {
    const grid = new GroundGrid(NOWHERE);
    grid.add(carpet(12, (x, y) => 0.06 * x + (Math.abs(x - 1) < 1 && Math.abs(y - 2) < 2 ? 1.4 : 0)));
    for (const [x, y] of [
      [1, 2],
      [-6, 3],
      [7, -7],
    ] as const)
      expect(Math.abs(grid.seenAt(x, y)! - 0.06 * x)).toBeLessThan(0.1);
  });

  it('has not seen the ground where only a wall, a car or nothing was hit', () => {
    const wall = new GroundGrid(NOWHERE);
    // One ring of the lidar along a wall, which stands askew.
    for (let x = -12; x < 12; x += 0.2) wall.add(new Float32Array([x, 0.6 * x, 1.1]));
    expect(wall.seenAt(0, 0)).toBeNull();
    const hedge = new GroundGrid(NOWHERE);
    hedge.add(carpet(12, (x, y) => Math.abs(Math.sin(9 * x + 31 * y)) * 2));
    expect(hedge.seenAt(0, 0)).toBeNull();
    expect(hedge.seenAt(90, 0)).toBeNull();
  });
});
