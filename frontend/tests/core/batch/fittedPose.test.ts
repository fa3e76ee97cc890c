import { describe, expect, it } from 'vitest';

import { fittedPose } from '../../../src/core/batch/fittedPose';
import { boxPoint, type BoxState } from '../../../src/core/geometry/box';
import { fromYaw, yawOf } from '../../../src/core/geometry/quat';

const box = (
  position_m: readonly [number, number, number],
  size_m: readonly [number, number, number],
  yaw: number,
): BoxState => ({
  position_m,
  size_m,
  quat_xyzw: fromYaw(yaw),
});

describe('a box of a known size put where a fit found it', () => {
  it('keeps the corner that faces the sensor, and the bottom', () => {
    const current = box([20, 3, 1], [5, 2, 1.8], 0);
    const fitted = box([21, 3.2, 0.75], [4, 1.8, 1.5], 0.1);
    const pose = fittedPose(current, fitted, [0, 0, 1.5]);
    const corner = boxPoint({ ...pose, size_m: current.size_m }, [-1, -1, -1]);
    boxPoint(fitted, [-1, -1, -1]).forEach((part, axis) => expect(corner[axis]).toBeCloseTo(part, 9));
    expect(yawOf(pose.quat_xyzw)).toBeCloseTo(0.1, 9);
  });

  it('keeps front and back as they were', () => {
    const current = box([20, 3, 1], [5, 2, 1.8], 0);
    const pose = fittedPose(current, box([20, 3, 1], [5, 2, 1.8], Math.PI - 0.05), [0, 0, 1.5]);
    expect(yawOf(pose.quat_xyzw)).toBeCloseTo(-0.05, 9);
    pose.position_m.forEach((part, axis) => expect(part).toBeCloseTo([20, 3, 1][axis]!, 9));
  });

  it('puts the middle of a small thing on the middle that was found', () => {
    const pose = fittedPose(
      box([20, 3, 1], [0.6, 0.7, 1.7], 0),
      box([20.4, 3, 0.9], [0.4, 0.4, 1.8], 0),
      [0, 0, 1],
    );
    expect(pose.position_m[0]).toBeCloseTo(20.4, 9);
    expect(pose.position_m[2]).toBeCloseTo(0.85, 9);
  });
});
