import { describe, expect, it } from 'vitest';

import { fromYaw } from '../../src/core/geometry/quat';
import { aggregated, aggregateSweeps } from '../../src/render/aggregate/aggregate';
import { makeBox, tick } from '../core/fixtures';

describe('the points of an object from all its times', () => {
  it('stand in one place when the box goes along with the object', () => {
    const label = makeBox('a', {
      keyframes: [
        { time_ns: tick(0).toString(), position_m: [10, 0, 1], quat_xyzw: fromYaw(0) },
        { time_ns: tick(10).toString(), position_m: [20, 10, 1], quat_xyzw: fromYaw(Math.PI / 2) },
      ],
    });
    // The same mark on the object, its front's left edge, seen at both ends.
    const cloud = (points: number[]) => ({
      cloud: { positions_m: Float32Array.from(points), intensities: null },
    });
    const gathered = new Map([
      [0, cloud([12, 1, 1.5])],
      [1, cloud([19, 12, 1.5, 40, 40, 1])],
    ]);
    const { positions_m } = aggregated(label, BigInt64Array.from([tick(0), tick(10)]), gathered);
    expect([...positions_m].map((value) => Math.round(value * 1000) / 1000)).toEqual([2, 1, 0.5, 2, 1, 0.5]);
  });

  it('come from the sweeps in which it is, thinned evenly', () => {
    const times = BigInt64Array.from({ length: 1000 }, (_, i) => BigInt(i));
    expect(aggregateSweeps(times, (timeNs) => timeNs >= 5n && timeNs < 9n)).toEqual([5, 6, 7, 8]);
    const thinned = aggregateSweeps(times, () => true);
    expect(thinned).toHaveLength(120);
    expect([thinned[0], thinned.at(-1)]).toEqual([0, 999]);
  });
});
