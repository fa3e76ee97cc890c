import { describe, expect, it } from 'vitest';

import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel, KeypointsLabel, PolylineLabel } from '../../../src/core/document/label';
import { fromYaw } from '../../../src/core/geometry/quat';
import { changeWords, type Naming } from '../../../src/core/work/changeWords';
import { makeBox, START_NS, tick } from '../fixtures';

const NAMING: Naming = {
  classTitle: (name) => name.toUpperCase(),
  attributeTitle: (_, name) => `«${name}»`,
  time: (timeNs) => `${(Number(timeNs - START_NS) / 1e9).toFixed(1)} s`,
};
const words = (before: Parameters<typeof changeWords>[0], now: Parameters<typeof changeWords>[0]): string[] =>
  changeWords(before, now, NAMING);
const moving = (x_m: number, overrides: Partial<CuboidLabel> = {}): CuboidLabel =>
  makeBox('a', {
    keyframes: [
      { time_ns: tick(0).toString(), position_m: [20, 0, 0], quat_xyzw: [0, 0, 0, 1] },
      { time_ns: tick(10).toString(), position_m: [x_m, 0, 0], quat_xyzw: [0, 0, 0, 1] },
    ],
    ...overrides,
  });

describe('what became of a box', () => {
  it('is told by how far it was moved, turned and resized, and by its class', () => {
    const before = makeBox('a');
    const now = makeBox('a', {
      class: 'van',
      size_m: [4.5, 2, 1.5],
      keyframes: [{ time_ns: tick(0).toString(), position_m: [20, 0.4, 0.75], quat_xyzw: fromYaw(-0.05) }],
    });
    expect(words(before, now)).toEqual(['CAR → VAN', 'moved 0.40 m', 'turned 2.9°', 'length 4.00 → 4.50 m']);
  });

  it('is the farthest that it went at any keyframe of either', () => {
    expect(words(moving(30), moving(31.25))).toEqual(['moved up to 1.25 m']);
    // The keyframe between lies on the line: nothing went anywhere, but there is one more.
    const between = { time_ns: tick(5).toString(), position_m: [25, 0, 0], quat_xyzw: [0, 0, 0, 1] } as const;
    const [first, last] = moving(30).keyframes;
    expect(words(moving(30), moving(30, { keyframes: [first!, between, last!] }))).toEqual([
      '2 → 3 keyframes',
    ]);
  });

  it('is told of its life, of standing, and of how it goes between keyframes', () => {
    const now = moving(30, { from_ns: tick(2).toString(), interpolation: 'spline' });
    expect(words(moving(30), now)).toEqual([
      'begins at 0.2 s, was 0.0 s',
      'linear → spline between keyframes',
    ]);
    const standing = makeBox('a', { static: true, from_ns: tick(0).toString(), to_ns: tick(10).toString() });
    expect(words(makeBox('a'), standing)).toEqual(['stands now']);
  });

  it('tells a half turn as 180 degrees, and a turn of almost nothing as none', () => {
    const turned = (rad: number): CuboidLabel =>
      makeBox('a', { keyframes: [{ ...makeBox('a').keyframes[0]!, quat_xyzw: fromYaw(rad) }] });
    expect(words(makeBox('a'), turned(Math.PI))).toEqual(['turned 180.0°']);
    expect(words(makeBox('a'), turned(1e-6))).toEqual(['in nothing that can be seen']);
  });
});

describe('what became of attributes', () => {
  it('names the attribute and both values, yes and no for what is either', () => {
    const before = makeBox('a', { attributes: { parked: false } });
    const now = makeBox('a', { attributes: { parked: true, lights: 'on' } });
    expect(words(before, now)).toEqual(['«parked»: no → yes', '«lights»: not set → on']);
  });

  it('says from when on, where it was the same before', () => {
    const before = moving(30);
    const [first, last] = before.keyframes;
    const now = moving(30, { keyframes: [first!, { ...last!, attributes: { parked: true } }] });
    expect(words(before, now)).toEqual(['«parked»: no → yes from 1.0 s on']);
  });
});

describe('what became of lines and points', () => {
  const line = (vertices_m: PolylineLabel['vertices_m']): PolylineLabel => ({
    id: labelId('l'),
    class: 'lane',
    geometry: 'polyline',
    attributes: {},
    vertices_m,
    closed: false,
  });

  it('is how far they lie from where they were, not which points they have', () => {
    const before = line([
      [0, 0, 0],
      [10, 0, 0],
    ]);
    const finer = line([
      [0, 0, 0],
      [5, 0, 0],
      [10, 0, 0],
    ]);
    expect(words(before, finer)).toEqual(['2 → 3 points']);
    const bent = line([
      [0, 0, 0],
      [5, 0.3, 0],
      [10, 0, 0],
    ]);
    expect(words(before, bent)).toEqual(['moved up to 0.30 m', '2 → 3 points']);
  });

  it('names the points that came, went, or can be seen now', () => {
    const points = (names: Readonly<Record<string, boolean>>): KeypointsLabel => ({
      id: labelId('k'),
      class: 'person',
      geometry: 'keypoints',
      attributes: {},
      points: Object.fromEntries(
        Object.entries(names).map(([name, visible]) => [name, { position_m: [0, 0, 0], visible }]),
      ),
    });
    expect(words(points({ nose: false, hand: true }), points({ nose: true, foot: true }))).toEqual([
      'nose visible',
      'hand removed',
      'foot added',
    ]);
  });

  it('says when a thing has become one of another kind', () => {
    const path = line([
      [0, 0, 0],
      [1, 0, 0],
    ]);
    expect(words(makeBox('a', { class: 'lane', attributes: {} }), path)).toEqual(['cuboid → polyline']);
  });
});
