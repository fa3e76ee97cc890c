import { describe, expect, it } from 'vitest';
import { deleteLabels } from '../../../src/core/actions/deleteLabels';
import { duplicate } from '../../../src/core/actions/duplicate';
import { flipHeading } from '../../../src/core/actions/flipHeading';
import { deleteKeyframe, moveKeyframe, setKeyframe, setPose } from '../../../src/core/actions/keyframes';
import { endHere, setGapAfter, setLife, startHere, toggleStatic } from '../../../src/core/actions/life';
import { resizeBox, useSizeEverywhere } from '../../../src/core/actions/resizeBox';
import { setAttribute, setAttributeAt } from '../../../src/core/actions/setAttribute';
import { setClass } from '../../../src/core/actions/setClass';
import { isEmptyDiff, type RecordsDiff } from '../../../src/core/document/diff';
import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel } from '../../../src/core/document/label';
import { classNamed } from '../../../src/core/document/ontology';
import { DocumentStore } from '../../../src/core/document/store';
import { boxPoint } from '../../../src/core/geometry/box';
import { fromYaw, yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { LAYER, makeBox, tick } from '../fixtures';

const A = labelId('a');

/** Drives from x = 20 to 30 in a second, from tick 0 to 10. */
function movingBox(overrides: Partial<CuboidLabel> = {}): CuboidLabel {
  return makeBox('a', {
    keyframes: [
      { time_ns: tick(0).toString(), position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1] },
      { time_ns: tick(10).toString(), position_m: [30, 0, 0.75], quat_xyzw: [0, 0, 0, 1] },
    ],
    ...overrides,
  });
}

/** The label after an action. */
function after(label: CuboidLabel, action: (document: DocumentStore) => RecordsDiff): CuboidLabel {
  const store = new DocumentStore([label]);
  store.apply(action(store), 'user');
  return store.get(label.id) as CuboidLabel;
}

const times = (label: CuboidLabel) => label.keyframes.map((keyframe) => BigInt(keyframe.time_ns));

describe('keyframes', () => {
  it('are inserted with the interpolated state, which changes nothing that is seen', () => {
    const label = after(movingBox(), (d) => setKeyframe(d, A, tick(4)));
    expect(times(label)).toEqual([tick(0), tick(4), tick(10)]);
    for (let i = 0; i <= 10; i += 1) {
      expect(trackOf(label).at(tick(i))?.position_m[0]).toBeCloseTo(20 + i);
    }
  });

  it('are set before the first and after the last as well', () => {
    const label = after(movingBox({ keyframes: movingBox().keyframes.slice(1) }), (d) =>
      setPose(d, A, tick(2), { position_m: [0, 0, 0], quat_xyzw: [0, 0, 0, 1] }),
    );
    expect(times(label)).toEqual([tick(2), tick(10)]);
  });

  it('of a static label is the one it has, whatever the time', () => {
    const box = makeBox('a', { static: true });
    const label = after(box, (d) =>
      setPose(d, A, tick(7), { position_m: [1, 2, 3], quat_xyzw: [0, 0, 0, 1] }),
    );
    expect(times(label)).toEqual([tick(0)]);
    expect(trackOf(label).at(tick(3))?.position_m).toEqual([1, 2, 3]);
  });

  it('are deleted, but for the last one', () => {
    const label = after(movingBox(), (d) => deleteKeyframe(d, A, tick(10)));
    expect(times(label)).toEqual([tick(0)]);
    const store = new DocumentStore([label]);
    expect(isEmptyDiff(deleteKeyframe(store, A, tick(0)))).toBe(true);
  });

  it('leave their gap to the keyframe before when they are deleted', () => {
    const gap = after(
      after(movingBox(), (d) => setKeyframe(d, A, tick(4))),
      (d) => setGapAfter(d, A, tick(4), true),
    );
    const label = after(gap, (d) => deleteKeyframe(d, A, tick(4)));
    expect(trackOf(label).existsAt(tick(5))).toBe(false);
  });

  it('move in time between their neighbours only', () => {
    const three = after(movingBox(), (d) => setKeyframe(d, A, tick(4)));
    expect(times(after(three, (d) => moveKeyframe(d, A, tick(4), tick(6))))).toEqual([
      tick(0),
      tick(6),
      tick(10),
    ]);
    expect(isEmptyDiff(moveKeyframe(new DocumentStore([three]), A, tick(4), tick(10)))).toBe(true);
  });
});

describe('a life', () => {
  it('begins here: what was before is gone, what comes after stays', () => {
    const label = after(movingBox(), (d) => startHere(d, A, tick(4)));
    const track = trackOf(label);
    expect(track.at(tick(3))).toBeNull();
    expect(track.at(tick(4))?.position_m[0]).toBeCloseTo(24);
    expect(track.at(tick(7))?.position_m[0]).toBeCloseTo(27);
  });

  it('that begins here keeps the attributes that were in force', () => {
    const box = after(movingBox(), (d) => setAttributeAt(d, A, tick(2), 'lights', 'brake'));
    const label = after(box, (d) => startHere(d, A, tick(4)));
    expect(trackOf(label).attributesAt(tick(4))).toMatchObject({ lights: 'brake' });
  });

  it('ends here: what was after is gone', () => {
    const track = trackOf(after(movingBox(), (d) => endHere(d, A, tick(4))));
    expect(track.at(tick(5))).toBeNull();
    expect(track.at(tick(4))?.position_m[0]).toBeCloseTo(24);
    expect(track.at(tick(2))?.position_m[0]).toBeCloseTo(22);
  });

  it('without limits goes from the first to the last keyframe', () => {
    const label = after(movingBox({ keyframes: movingBox().keyframes.slice(1) }), (d) =>
      setLife(d, A, null, null),
    );
    expect('from_ns' in label).toBe(false);
    expect(trackOf(label).existsAt(tick(9))).toBe(false);
  });

  it('has gaps: gone after one keyframe, there again at the next', () => {
    const label = after(movingBox(), (d) => setGapAfter(d, A, tick(4), true));
    const track = trackOf(label);
    expect([3, 4, 5, 9, 10].map((i) => track.existsAt(tick(i)))).toEqual([true, true, false, false, true]);
    const back = after(label, (d) => setGapAfter(d, A, tick(6), false));
    expect([5, 6, 8].map((i) => trackOf(back).existsAt(tick(i)))).toEqual([false, true, true]);
  });

  it('becomes static where the label is now, and moving again from there', () => {
    const life = { fromNs: tick(0), toNs: tick(10) };
    const still = after(movingBox(), (d) => toggleStatic(d, A, tick(4), life));
    expect(still.static).toBe(true);
    expect(trackOf(still).at(tick(9))?.position_m[0]).toBeCloseTo(24);
    const moving = after(still, (d) => toggleStatic(d, A, tick(4), life));
    expect(moving.static).toBe(false);
    expect(trackOf(moving).existsAt(tick(0))).toBe(true);
  });
});

describe('sizes', () => {
  it('change at all times, the kept side staying where it is at every keyframe', () => {
    const turned = movingBox({
      keyframes: [
        { time_ns: tick(0).toString(), position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1] },
        { time_ns: tick(10).toString(), position_m: [30, 0, 0.75], quat_xyzw: fromYaw(2) },
      ],
    });
    const label = after(turned, (d) => resizeBox(d, A, tick(0), [6, 2, 1.5], [-1, 0, 0]));
    for (const time of [tick(0), tick(10)]) {
      const rear = boxPoint(trackOf(turned).extended(time), [-1, 0, 0]);
      boxPoint(trackOf(label).extended(time), [-1, 0, 0]).forEach((value, i) =>
        expect(value).toBeCloseTo(rear[i] ?? NaN),
      );
    }
  });

  it('of keyframes change at this time only, until one is used everywhere', () => {
    const growing = movingBox({
      keyframes: movingBox().keyframes.map((keyframe, i) => ({
        ...keyframe,
        size_m: [4 + i, 2, 1.5] as const,
      })),
    });
    const label = after(growing, (d) => resizeBox(d, A, tick(10), [8, 2, 3], [0, 0, -1]));
    expect(trackOf(label).extended(tick(0)).size_m[0]).toBe(4);
    expect(trackOf(label).extended(tick(10)).size_m).toEqual([8, 2, 3]);
    const same = after(label, (d) => useSizeEverywhere(d, A, tick(10)));
    expect(trackOf(same).extended(tick(0))).toMatchObject({ size_m: [8, 2, 3], position_m: [20, 0, 1.5] });
    expect(same.keyframes.every((keyframe) => keyframe.size_m === undefined)).toBe(true);
  });

  it('never fall to nothing', () => {
    const label = after(movingBox(), (d) => resizeBox(d, A, tick(0), [-3, 0, 1.5], [0, 0, 0]));
    expect(Math.min(...label.size_m)).toBeGreaterThan(0);
  });
});

describe('classes and attributes', () => {
  it('give a box that has its class’s usual size the new class’s, standing on the same ground', () => {
    const pedestrian = classNamed(LAYER, 'pedestrian');
    if (pedestrian === undefined) throw new Error('the fixture has pedestrians');
    const label = after(makeBox('a', { size_m: [4.6, 1.9, 1.6] }), (d) =>
      setClass(d, [A], pedestrian, LAYER),
    );
    expect(label).toMatchObject({ class: 'pedestrian', size_m: [0.6, 0.7, 1.75], attributes: {} });
    expect(label.keyframes[0]?.position_m[2]).toBeCloseTo(0.75 - 0.8 + 0.875);
  });

  it('leave a size alone that was fitted', () => {
    const pedestrian = classNamed(LAYER, 'pedestrian');
    if (pedestrian === undefined) throw new Error('the fixture has pedestrians');
    const label = after(makeBox('a'), (d) => setClass(d, [A], pedestrian, LAYER));
    expect(label.size_m).toEqual([4, 2, 1.5]);
  });

  it('refuse a class that has no boxes', () => {
    const line = classNamed(LAYER, 'lane_line');
    if (line === undefined) throw new Error('the fixture has lane lines');
    expect(isEmptyDiff(setClass(new DocumentStore([makeBox('a')]), [A], line, LAYER))).toBe(true);
  });

  it('hold for the whole life, or from a keyframe on', () => {
    const label = after(
      after(movingBox(), (d) => setAttribute(d, A, 'parked', true)),
      (d) => setAttributeAt(d, A, tick(4), 'lights', 'brake'),
    );
    const track = trackOf(label);
    expect(track.attributesAt(tick(3))).toEqual({ parked: true });
    expect(track.attributesAt(tick(8))).toEqual({ parked: true, lights: 'brake' });
  });

  it('are taken away without a trace', () => {
    const set = after(movingBox(), (d) => setAttributeAt(d, A, tick(0), 'lights', 'brake'));
    const label = after(set, (d) => setAttributeAt(d, A, tick(0), 'lights', null));
    expect(label).toEqual(movingBox());
  });
});

describe('whole labels', () => {
  it('are flipped at every keyframe, and twice is as before', () => {
    const once = after(movingBox(), (d) => flipHeading(d, A));
    expect(Math.abs(yawOf(trackOf(once).extended(tick(10)).quat_xyzw))).toBeCloseTo(Math.PI);
    const twice = after(once, (d) => flipHeading(d, A));
    expect(yawOf(trackOf(twice).extended(tick(5)).quat_xyzw)).toBeCloseTo(0);
  });

  it('are copied beside themselves, all of their life', () => {
    const store = new DocumentStore([movingBox()]);
    store.apply(duplicate(store, A, labelId('b')), 'user');
    const copy = trackOf(store.get(labelId('b')) as CuboidLabel);
    expect(copy.at(tick(0))?.position_m).toEqual([20, 2.5, 0.75]);
    expect(copy.at(tick(10))?.position_m).toEqual([30, 2.5, 0.75]);
  });

  it('are deleted together', () => {
    const store = new DocumentStore([makeBox('a'), makeBox('b')]);
    store.apply(deleteLabels(store, [A, labelId('b'), labelId('nobody')]), 'user');
    expect(store.size).toBe(0);
  });
});
