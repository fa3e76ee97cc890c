import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';

import type { BoxState } from '../../src/core/geometry/box';
import { fromYaw } from '../../src/core/geometry/quat';
import { containsPoint } from '../../src/render/picking/pickLabel';
import { PointIndex } from '../../src/render/data/pointIndex';
import { SweepCounter } from '../../src/render/data/sweepCounter';

const BOX: BoxState = { position_m: [10, 0, 1], quat_xyzw: fromYaw(0.4), size_m: [4, 2, 2] };

describe('PointIndex', () => {
  it('counts what a look at every point counts', () => {
    const number = fc.double({ min: -30, max: 30, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(number, number, fc.double({ min: -2, max: 4, noNaN: true })), { maxLength: 200 }),
        fc.tuple(number, number),
        fc.double({ min: 0.2, max: 15, noNaN: true }),
        fc.double({ min: -4, max: 4, noNaN: true }),
        (points, [x, y], length, yaw) => {
          const cloud = new Float32Array(points.flat());
          const box: BoxState = { position_m: [x, y, 1], quat_xyzw: fromYaw(yaw), size_m: [length, 2, 2] };
          let expected = 0;
          for (let i = 0; i < cloud.length; i += 3)
            if (containsPoint(box, [cloud[i]!, cloud[i + 1]!, cloud[i + 2]!])) expected += 1;
          expect(new PointIndex(cloud).count(box)).toBe(expected);
        },
      ),
    );
  });
});

describe('SweepCounter', () => {
  const inside = new Float32Array([10, 0, 1]);
  const empty = new Float32Array([50, 0, 1]);
  const at = (ms: number): bigint => BigInt(ms) * 1_000_000n;

  it('counts in the nearest sweep of each lidar', () => {
    const sweeps = [
      { lidar: 'front', timeNs: at(0) },
      { lidar: 'front', timeNs: at(100) },
      { lidar: 'rear', timeNs: at(90) },
    ];
    const counter = new SweepCounter(sweeps, (index) => (index === 0 ? empty : inside));
    expect(counter.count(BOX, at(98))).toBe(2);
    expect(counter.count(BOX, at(10))).toBe(0);
  });

  it('says nothing where no sweep is near in time or there yet', () => {
    const sweeps = [{ lidar: 'front', timeNs: at(0) }];
    expect(new SweepCounter(sweeps, () => empty).count(BOX, at(200))).toBeNull();
    expect(new SweepCounter(sweeps, () => undefined).count(BOX, at(0))).toBeNull();
    expect(new SweepCounter([], () => empty).count(BOX, at(0))).toBeNull();
  });

  it('calls a box empty only when all of the lidars were asked', () => {
    const sweeps = [
      { lidar: 'front', timeNs: at(0) },
      { lidar: 'rear', timeNs: at(0) },
    ];
    expect(
      new SweepCounter(sweeps, (index) => (index === 0 ? empty : undefined)).count(BOX, at(0)),
    ).toBeNull();
    expect(new SweepCounter(sweeps, (index) => (index === 0 ? inside : undefined)).count(BOX, at(0))).toBe(1);
  });
});
