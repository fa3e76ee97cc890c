import { describe, expect, it } from 'vitest';

import { planShapes } from '../../src/ui/pages/trust/planShapes';

const box = {
  id: 'a',
  class: 'car',
  geometry: 'cuboid',
  size_m: [4, 2, 1.5],
  keyframes: [{ time_ns: '1', position_m: [10, 5, 0], quat_xyzw: [0, 0, Math.SQRT1_2, Math.SQRT1_2] }],
};

describe('labels seen from above', () => {
  it('shows a box turned to the left with its nose to the left', () => {
    const [shape] = planShapes([{ label_id: 'a', label: box }]);
    expect(shape?.isClosed).toBe(true);
    const nose = shape?.points[1];
    expect(nose?.[0]).toBeCloseTo(10);
    expect(nose?.[1]).toBeCloseTo(5 + 0.75 * 4);
    const rear = shape?.points[3];
    expect(rear?.[0]).toBeCloseTo(10 + 1);
    expect(rear?.[1]).toBeCloseTo(5 - 2);
  });

  it("takes a keyframe's own size", () => {
    const [keyframe] = box.keyframes;
    const label = { ...box, keyframes: [{ ...keyframe, size_m: [8, 2, 1.5] }] };
    expect(planShapes([{ label_id: 'a', label }])[0]?.points[1]?.[1]).toBeCloseTo(5 + 6);
  });

  it('shows lines open, surfaces closed, and leaves points out', () => {
    const vertices = [
      [0, 0, 1],
      [1, 0, 1],
      [1, 1, 1],
    ];
    const shapes = planShapes([
      { label_id: 'l', label: { geometry: 'polyline', vertices_m: vertices, closed: false } },
      { label_id: 's', label: { geometry: 'polygon', rings_m: [vertices] } },
      { label_id: 'p', label: { geometry: 'points' } },
    ]);
    expect(shapes.map(({ id, isClosed }) => [id, isClosed])).toEqual([
      ['l', false],
      ['s', true],
    ]);
    expect(shapes[0]?.points).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
    ]);
  });
});
