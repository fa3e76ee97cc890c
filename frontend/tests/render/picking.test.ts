import { describe, expect, it } from 'vitest';

import { labelId } from '../../src/core/document/ids';
import type { BoxState } from '../../src/core/geometry/box';
import { fromYaw } from '../../src/core/geometry/quat';
import { containsPoint, pickLabel } from '../../src/render/picking/pickLabel';
import { pickNearby } from '../../src/render/picking/pickNearby';
import { pickPoint } from '../../src/render/picking/pickPoint';

const AHEAD = { origin_m: [0, 0, 1], direction: [1, 0, 0] } as const;

function boxAt(x: number, length = 4): BoxState {
  return { position_m: [x, 0, 1], quat_xyzw: fromYaw(0), size_m: [length, 2, 2] };
}

describe('pickLabel', () => {
  it('picks the nearer of two boxes one behind the other', () => {
    const boxes = [
      { labelId: labelId('far'), state: boxAt(30) },
      { labelId: labelId('near'), state: boxAt(10) },
    ];
    const pick = pickLabel(boxes, AHEAD);
    expect(pick?.labelId).toBe('near');
    expect(pick?.point_m[0]).toBeCloseTo(8);
  });

  it('picks through a box that the viewer is in', () => {
    const boxes = [
      { labelId: labelId('around'), state: boxAt(0) },
      { labelId: labelId('ahead'), state: boxAt(10) },
    ];
    expect(pickLabel(boxes, AHEAD)?.labelId).toBe('ahead');
    expect(pickLabel(boxes.slice(0, 1), AHEAD)).toBeNull();
  });

  it('knows what is inside of a turned box', () => {
    const turned: BoxState = { position_m: [0, 0, 0], quat_xyzw: fromYaw(Math.PI / 4), size_m: [4, 1, 1] };
    expect(containsPoint(turned, [1.2, 1.2, 0])).toBe(true);
    expect(containsPoint(turned, [1.2, -1.2, 0])).toBe(false);
  });
});

describe('pickNearby', () => {
  const noGround = (): boolean => false;

  it('picks the point nearest to the pointer, not the nearest to the viewer', () => {
    const cloud = new Float32Array([10, 0.3, 1, 20, 0.1, 1]);
    expect(pickNearby([cloud], AHEAD, 0.1, 1, noGround)?.[0]).toBe(20);
  });

  it('leaves out the ground, and what is too far off on screen or in the world', () => {
    const cloud = new Float32Array([20, 0.1, 0.9]);
    expect(pickNearby([cloud], AHEAD, 0.1, 1, (_x, _y, z) => z < 0.95)).toBeNull();
    expect(pickNearby([cloud], AHEAD, 0.001, 1, noGround)).toBeNull();
    expect(pickNearby([cloud], AHEAD, 0.1, 0.05, noGround)).toBeNull();
  });
});

describe('pickPoint', () => {
  const cloud = new Float32Array([20, 0.05, 1, 10, 0.04, 1, 10, 3, 1, -5, 0, 1]);

  it('picks the nearest of the points under the pointer', () => {
    expect(pickPoint([cloud], AHEAD, 0.01)?.[0]).toBe(10);
  });

  it('picks nothing beside the pointer or behind the viewer', () => {
    expect(pickPoint([new Float32Array([10, 0.2, 1])], AHEAD, 0.01)).toBeNull();
    expect(pickPoint([new Float32Array([-5, 0, 1])], AHEAD, 0.01)).toBeNull();
  });

  it('looks through all clouds', () => {
    expect(pickPoint([cloud, new Float32Array([4, 0, 1])], AHEAD, 0.01)?.[0]).toBe(4);
  });
});
