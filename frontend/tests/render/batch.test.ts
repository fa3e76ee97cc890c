import { describe, expect, it } from 'vitest';

import { fromYaw } from '../../src/core/geometry/quat';
import { cropPoints } from '../../src/render/batch/cropPoints';
import { countInBox, forPointsInBox, pointsOnObject } from '../../src/render/batch/pointsInBox';

const BOX = { position_m: [10, 5, 1] as const, quat_xyzw: fromYaw(Math.PI / 2), size_m: [4, 2, 2] as const };

describe('the points of a box', () => {
  it('are counted in the frame of the box', () => {
    // It heads along y: 4 m long there, 2 m wide along x.
    const points = Float32Array.from([10, 6.9, 1, 11.5, 5, 1, 10.9, 5, 1, 10, 5, 2.1]);
    expect(countInBox(points, BOX)).toBe(2);
    const seen: number[][] = [];
    forPointsInBox(points, BOX, 0, (index, x, y, z) => seen.push([index, x, y, z]));
    expect(seen[0]![1]).toBeCloseTo(1.9, 5);
    expect(seen[1]![2]).toBeCloseTo(-0.9, 5);
  });

  it('say where the object surely is: not on the ground, within rather than beside', () => {
    const ground = [10, 5, 0.1];
    const beside = [11.2, 5, 1];
    const within = [10.9, 6.8, 1.8, 10, 5, 1.5, 9.5, 3.5, 1];
    const found = pointsOnObject(Float32Array.from([...ground, ...beside, ...within]), BOX, 2);
    expect(found.map(([, y]) => Math.round(y * 10) / 10)).toEqual([5, 6.8]);
    expect(pointsOnObject(Float32Array.from([...ground, ...beside]), BOX, 3)).toHaveLength(1);
    expect(pointsOnObject(Float32Array.from(ground), BOX, 3)).toEqual([]);
  });

  it('are cropped with their intensities', () => {
    const cloud = {
      positions_m: Float32Array.from([0, 0, 0, 50, 0, 0, 1, 1, 9]),
      intensities: Float32Array.from([0.1, 0.2, 0.3]),
    };
    const crop = cropPoints(
      [cloud, { positions_m: Float32Array.from([2, 0, 0]), intensities: null }],
      [0, 0, 0],
      5,
    );
    expect([...crop.positions_m]).toEqual([0, 0, 0, 1, 1, 9, 2, 0, 0]);
    expect([...(crop.intensities ?? [])].map((value) => Math.round(value * 10) / 10)).toEqual([0.1, 0.3, 0]);
  });
});
