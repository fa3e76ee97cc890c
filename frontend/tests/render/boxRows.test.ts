import { describe, expect, it } from 'vitest';

import { boxPoint, type BoxState } from '../../src/core/geometry/box';
import { fromYaw } from '../../src/core/geometry/quat';
import type { Vec3 } from '../../src/core/geometry/vec3';
import { writeMotion, writeUnitFromWorld } from '../../src/render/layers/boxRows';

const HERE: BoxState = { position_m: [10, -3, 1], quat_xyzw: fromYaw(0.7), size_m: [4, 2, 1.5] };
const THERE: BoxState = { position_m: [14, 2, 1.2], quat_xyzw: fromYaw(-1.1), size_m: [4, 2, 1.5] };

/** What the shader does with three rows. */
function through(rows: Float32Array, at: number, [x, y, z]: Vec3): number[] {
  return [0, 1, 2].map(
    (row) =>
      rows[at + 4 * row]! * x +
      rows[at + 4 * row + 1]! * y +
      rows[at + 4 * row + 2]! * z +
      rows[at + 4 * row + 3]!,
  );
}

describe('rows of boxes for the shader', () => {
  it('count the world in half sizes of the box', () => {
    const rows = new Float32Array(16);
    writeUnitFromWorld(rows, 4, HERE, 0);
    for (const signs of [
      [1, 1, 1],
      [-1, 1, 0],
      [0, 0, -1],
    ] as const) {
      const found = through(rows, 4, boxPoint(HERE, signs));
      signs.forEach((sign, axis) => expect(found[axis]).toBeCloseTo(sign, 5));
    }
  });

  it('take in a margin', () => {
    const rows = new Float32Array(12);
    writeUnitFromWorld(rows, 0, HERE, 0.5);
    expect(through(rows, 0, boxPoint(HERE, [1, 1, 1]))[1]).toBeCloseTo(1 / 1.5, 5);
  });

  it('carry a point of the box to where the box is now', () => {
    const rows = new Float32Array(12);
    writeMotion(rows, 0, HERE, THERE);
    for (const signs of [
      [1, -1, 1],
      [0.2, 0.3, -0.4],
    ] as const) {
      const found = through(rows, 0, boxPoint(HERE, signs));
      boxPoint(THERE, signs).forEach((part, axis) => expect(found[axis]).toBeCloseTo(part, 4));
    }
  });
});
