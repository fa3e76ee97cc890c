import { describe, expect, it } from 'vitest';
import { headingToMotion } from '../../../src/core/actions/headingToMotion';
import { interpolateAttributes, interpolatePose } from '../../../src/core/actions/interpolateKeyframe';
import { setPose } from '../../../src/core/actions/keyframes';
import { setGapAfter } from '../../../src/core/actions/life';
import { mergeTracks } from '../../../src/core/actions/mergeTracks';
import { withPoseEverywhere } from '../../../src/core/actions/offsetTrack';
import { setAttributeAt } from '../../../src/core/actions/setAttribute';
import { setInterpolation } from '../../../src/core/actions/setInterpolation';
import { simplifyTrack } from '../../../src/core/actions/simplifyTrack';
import { splitTrack } from '../../../src/core/actions/splitTrack';
import { toStaticMean } from '../../../src/core/actions/staticMean';
import type { RecordsDiff } from '../../../src/core/document/diff';
import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel, Keyframe } from '../../../src/core/document/label';
import { DocumentStore } from '../../../src/core/document/store';
import { angleBetween, fromYaw, yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { distance, type Vec3 } from '../../../src/core/geometry/vec3';
import { makeBox, tick } from '../fixtures';

const A = labelId('a');
const B = labelId('b');

function key(index: number, position_m: Vec3, yaw = 0, more: Partial<Keyframe> = {}): Keyframe {
  return { time_ns: tick(index).toString(), position_m, quat_xyzw: fromYaw(yaw), ...more };
}

function box(id: string, keyframes: readonly Keyframe[], overrides: Partial<CuboidLabel> = {}): CuboidLabel {
  return makeBox(id, { keyframes, ...overrides });
}

/** Drives from x = 20 to 30 in a second. */
const MOVING = box('a', [key(0, [20, 0, 0.75]), key(10, [30, 0, 0.75])]);

function play(
  labels: readonly CuboidLabel[],
  action: (document: DocumentStore) => RecordsDiff,
): DocumentStore {
  const store = new DocumentStore(labels);
  store.apply(action(store), 'user');
  return store;
}

function boxIn(store: DocumentStore, id: string): CuboidLabel {
  const label = store.get(labelId(id));
  if (label?.geometry !== 'cuboid') throw new Error(`there is no box ${id}`);
  return label;
}

const xAt = (label: CuboidLabel, timeNs: bigint) => trackOf(label).at(timeNs)?.position_m[0];

describe('splitting', () => {
  it('leaves exactly one of the two at every time, where the one was', () => {
    const store = play([MOVING], (d) => splitTrack(d, A, B, tick(4)));
    for (const time of [tick(0), tick(3), tick(4) - 1n, tick(4), tick(4) + 1n, tick(10)]) {
      const there = [boxIn(store, 'a'), boxIn(store, 'b')].filter((label) => trackOf(label).existsAt(time));
      expect(there.map((label) => label.id)).toEqual([time < tick(4) ? 'a' : 'b']);
      expect(xAt(there[0]!, time)).toBeCloseTo(trackOf(MOVING).extended(time).position_m[0], 6);
    }
  });

  it('of a static label gives two static ones', () => {
    const store = play([makeBox('a', { static: true })], (d) => splitTrack(d, A, B, tick(4)));
    expect(boxIn(store, 'a')).toMatchObject({ static: true, to_ns: (tick(4) - 1n).toString() });
    expect(boxIn(store, 'b')).toMatchObject({ static: true, from_ns: tick(4).toString() });
  });

  it('in a gap ends the first where the gap begins and begins the second where it ends', () => {
    const gone = box('a', [
      key(0, [20, 0, 1]),
      key(2, [22, 0, 1], 0, { gap_after: true }),
      key(8, [28, 0, 1]),
    ]);
    const store = play([gone], (d) => splitTrack(d, A, B, tick(5)));
    expect(trackOf(boxIn(store, 'a')).toNs).toBe(tick(2));
    expect(trackOf(boxIn(store, 'b')).fromNs).toBe(tick(8));
    expect(boxIn(store, 'a').keyframes.some((keyframe) => keyframe.gap_after)).toBe(false);
  });

  it('keeps the attributes in force on both sides', () => {
    const lit = boxIn(
      play([MOVING], (d) => setAttributeAt(d, A, tick(2), 'lights', 'brake')),
      'a',
    );
    const store = play([lit], (d) => splitTrack(d, A, B, tick(6)));
    expect(trackOf(boxIn(store, 'b')).attributesAt(tick(6))).toMatchObject({ lights: 'brake' });
    expect(trackOf(boxIn(store, 'a')).attributesAt(tick(1))).not.toHaveProperty('lights');
  });
});

describe('merging', () => {
  it('takes back a split, but for keyframes that say nothing new', () => {
    const split = play([MOVING], (d) => splitTrack(d, A, B, tick(4)));
    split.apply(mergeTracks(split, A, B), 'user');
    expect([...split.labels().keys()]).toEqual(['a']);
    const label = boxIn(split, 'a');
    expect(label.keyframes).toHaveLength(3);
    for (let i = 0; i <= 10; i += 1) expect(xAt(label, tick(i))).toBeCloseTo(20 + i, 6);
  });

  it('goes on from the one to the other, and lives as long as both', () => {
    const early = box('a', [key(0, [20, 0, 0.75])], {
      from_ns: tick(0).toString(),
      to_ns: tick(2).toString(),
    });
    const late = box('b', [key(8, [28, 0, 0.75])], {
      from_ns: tick(7).toString(),
      to_ns: tick(9).toString(),
    });
    const label = boxIn(
      play([early, late], (d) => mergeTracks(d, A, B)),
      'a',
    );
    expect(xAt(label, tick(4))).toBeCloseTo(24);
    expect([trackOf(label).fromNs, trackOf(label).toNs]).toEqual([tick(0), tick(9)]);
  });

  it('gives the kept label’s size to all, bottoms where they were', () => {
    const tall = box('b', [key(8, [28, 0, 1.5])], { size_m: [4, 2, 3] });
    const label = boxIn(
      play([MOVING, tall], (d) => mergeTracks(d, A, B)),
      'a',
    );
    expect(trackOf(label).extended(tick(8))).toMatchObject({
      size_m: [4, 2, 1.5],
      position_m: [28, 0, 0.75],
    });
  });

  it('keeps the kept label’s word where both speak', () => {
    const other = box('b', [key(10, [99, 0, 0.75])], { attributes: { parked: true, lights: 'off' } });
    const label = boxIn(
      play([MOVING, other], (d) => mergeTracks(d, A, B)),
      'a',
    );
    expect(xAt(label, tick(10))).toBeCloseTo(30);
    expect(label.attributes).toEqual({ parked: false, lights: 'off' });
  });

  it('of static labels is static and lives as long as both', () => {
    const early = makeBox('a', { static: true, to_ns: tick(3).toString() });
    const late = makeBox('b', { static: true, from_ns: tick(6).toString() });
    const label = boxIn(
      play([early, late], (d) => mergeTracks(d, A, B)),
      'a',
    );
    expect(label.static).toBe(true);
    expect([trackOf(label).fromNs, trackOf(label).toNs]).toEqual([tick(0), tick(10)]);
  });
});

describe('static at the mean', () => {
  it('takes the middle of what was measured and leaves slips out', () => {
    const label = boxIn(
      play(
        [
          box('a', [
            key(0, [20, 0, 0.75], 0.01),
            key(2, [20.1, 0.02, 0.75], -0.01),
            key(4, [19.9, -0.02, 0.75], Math.PI),
            key(6, [20, 0, 0.75], 0),
            key(8, [29, 4, 0.75], 1),
          ]),
        ],
        (d) => toStaticMean(d, A),
      ),
      'a',
    );
    expect(label.static).toBe(true);
    expect(label.keyframes).toHaveLength(1);
    expect(distance(label.keyframes[0]!.position_m, [20, 0, 0.75])).toBeLessThan(0.01);
    expect(yawOf(label.keyframes[0]!.quat_xyzw)).toBeCloseTo(0, 2);
  });
});

describe('simplifying', () => {
  const wobble = (i: number): number => 0.01 * Math.sin(7 * i);
  const long = (interpolation: 'linear' | 'spline'): CuboidLabel =>
    box(
      'a',
      Array.from({ length: 101 }, (_, i) => ({
        time_ns: (tick(0) + BigInt(i) * 100_000_000n).toString(),
        position_m: [10 * Math.cos(i / 40) + wobble(i), 10 * Math.sin(i / 40), 1] as const,
        quat_xyzw: fromYaw(i / 40 + Math.PI / 2),
      })),
      { interpolation, from_ns: tick(0).toString(), to_ns: (tick(0) + 12_000_000_000n).toString() },
    );

  it.each(['linear', 'spline'] as const)('of a %s track stays within 5 cm and 1 degree', (interpolation) => {
    const before = long(interpolation);
    const after = boxIn(
      play([before], (d) => simplifyTrack(d, A)),
      'a',
    );
    expect(after.keyframes.length).toBeLessThan(before.keyframes.length / 2);
    for (let t = tick(0); t <= tick(0) + 12_000_000_000n; t += 25_000_000n) {
      const [a, b] = [trackOf(before).at(t)!, trackOf(after).at(t)!];
      expect(distance(a.position_m, b.position_m)).toBeLessThan(0.055);
      expect(angleBetween(a.quat_xyzw, b.quat_xyzw)).toBeLessThan(Math.PI / 180 + 1e-3);
    }
  });

  it('leaves one keyframe of a thing that stands, and two of one that goes straight', () => {
    const standing = box(
      'a',
      [0, 3, 5, 9].map((i) => key(i, [20, 0, 0.75])),
    );
    expect(
      boxIn(
        play([standing], (d) => simplifyTrack(d, A)),
        'a',
      ).keyframes,
    ).toHaveLength(1);
    const straight = box(
      'a',
      [0, 3, 5, 10].map((i) => key(i, [20 + i, 0, 0.75])),
    );
    expect(
      boxIn(
        play([straight], (d) => simplifyTrack(d, A)),
        'a',
      ).keyframes,
    ).toHaveLength(2);
  });

  it('keeps attributes and gaps', () => {
    const label = box('a', [
      key(0, [20, 0, 1]),
      key(2, [22, 0, 1], 0, { attributes: { lights: 'brake' } }),
      key(4, [24, 0, 1], 0, { gap_after: true }),
      key(6, [26, 0, 1]),
      key(8, [28, 0, 1]),
      key(10, [30, 0, 1]),
    ]);
    const after = boxIn(
      play([label], (d) => simplifyTrack(d, A)),
      'a',
    );
    expect(after.keyframes.map((keyframe) => BigInt(keyframe.time_ns))).toEqual([2, 4, 6].map(tick));
    expect(trackOf(after).existsAt(tick(5))).toBe(false);
  });

  it('changes nothing where every keyframe is needed', () => {
    const store = new DocumentStore([MOVING]);
    expect(simplifyTrack(store, A).updated.size).toBe(0);
  });
});

describe('heading towards motion', () => {
  it('looks where it goes at every keyframe, and where it stands as at the next in motion', () => {
    const label = box('a', [
      key(0, [0, 0, 1], 2),
      key(1, [0, 0, 1], 2),
      key(5, [0, 8, 1], 2),
      key(10, [0, 18, 1], 2),
    ]);
    const after = boxIn(
      play([label], (d) => headingToMotion(d, A)),
      'a',
    );
    for (const keyframe of after.keyframes) expect(yawOf(keyframe.quat_xyzw)).toBeCloseTo(Math.PI / 2);
  });

  it('leaves what does not move', () => {
    const standing = box('a', [key(0, [0, 0, 1], 2), key(10, [0.1, 0, 1], 2)]);
    expect(headingToMotion(new DocumentStore([standing]), A).updated.size).toBe(0);
  });

  it('knows nothing of the way across a gap', () => {
    const label = box('a', [key(0, [0, 0, 1], 2, { gap_after: true }), key(10, [50, 0, 1], 2)]);
    expect(headingToMotion(new DocumentStore([label]), A).updated.size).toBe(0);
  });
});

describe('the whole track', () => {
  it('moves and turns by the same amounts at every keyframe', () => {
    const label = box('a', [key(0, [20, 0, 1]), key(10, [30, 0, 1], 1)]);
    const after = withPoseEverywhere(label, tick(0), { position_m: [21, 2, 1], quat_xyzw: fromYaw(0.5) });
    expect(after.keyframes.map((keyframe) => keyframe.position_m)).toEqual([
      [21, 2, 1],
      [31, 2, 1],
    ]);
    expect(after.keyframes.map((keyframe) => yawOf(keyframe.quat_xyzw))).toEqual([
      expect.closeTo(0.5),
      expect.closeTo(1.5),
    ]);
  });

  it('is straight or curved, the keyframes where they are', () => {
    const label = boxIn(
      play([MOVING], (d) => setInterpolation(d, A, 'spline')),
      'a',
    );
    expect(label).toEqual({ ...MOVING, interpolation: 'spline' });
    expect(setInterpolation(new DocumentStore([MOVING]), A, 'linear').updated.size).toBe(0);
  });
});

describe('attributes apart from geometry', () => {
  const lit = boxIn(
    play([MOVING], (d) => setAttributeAt(d, A, tick(5), 'lights', 'brake')),
    'a',
  );

  it('do not hold the place: when the others move, their keyframe goes along', () => {
    const after = boxIn(
      play([lit], (d) => setPose(d, A, tick(10), { position_m: [30, 10, 0.75], quat_xyzw: fromYaw(1) })),
      'a',
    );
    const state = trackOf(after).extended(tick(5));
    expect(state.position_m).toEqual([expect.closeTo(25), expect.closeTo(5), expect.closeTo(0.75)]);
    expect(yawOf(state.quat_xyzw)).toBeCloseTo(0.5);
    expect(after.keyframes[1]?.attributes).toEqual({ lights: 'brake' });
  });

  it('do not make a standing box drive when its place is corrected', () => {
    const standing = boxIn(
      play([makeBox('a')], (d) => setAttributeAt(d, A, tick(5), 'lights', 'brake')),
      'a',
    );
    const after = boxIn(
      play([standing], (d) => setPose(d, A, tick(0), { position_m: [21, 0, 0.75], quat_xyzw: fromYaw(0) })),
      'a',
    );
    expect(xAt(after, tick(9))).toBeCloseTo(21);
  });

  it('hold the place once it was set there', () => {
    const set = boxIn(
      play([lit], (d) => setPose(d, A, tick(5), { position_m: [25, 3, 0.75], quat_xyzw: fromYaw(0) })),
      'a',
    );
    const after = boxIn(
      play([set], (d) => setPose(d, A, tick(10), { position_m: [30, 10, 0.75], quat_xyzw: fromYaw(0) })),
      'a',
    );
    expect(trackOf(after).extended(tick(5)).position_m[1]).toBeCloseTo(3);
  });

  it('stay when the pose is taken from the neighbours, and go when the pose shall stay', () => {
    const set = boxIn(
      play([lit], (d) => setPose(d, A, tick(5), { position_m: [25, 3, 0.75], quat_xyzw: fromYaw(0) })),
      'a',
    );
    const posed = boxIn(
      play([set], (d) => interpolatePose(d, A, tick(5))),
      'a',
    );
    expect(trackOf(posed).extended(tick(5)).position_m[1]).toBeCloseTo(0);
    expect(trackOf(posed).attributesAt(tick(5))).toMatchObject({ lights: 'brake' });
    const plain = boxIn(
      play([set], (d) => interpolateAttributes(d, A, tick(5))),
      'a',
    );
    expect(trackOf(plain).extended(tick(5)).position_m[1]).toBeCloseTo(3);
    expect(trackOf(plain).attributesAt(tick(5))).not.toHaveProperty('lights');
  });

  it('beside a gap stay where they are', () => {
    const gone = boxIn(
      play([lit], (d) => setGapAfter(d, A, tick(5), true)),
      'a',
    );
    const after = boxIn(
      play([gone], (d) => setPose(d, A, tick(10), { position_m: [30, 10, 0.75], quat_xyzw: fromYaw(0) })),
      'a',
    );
    expect(trackOf(after).extended(tick(5)).position_m[1]).toBeCloseTo(0);
  });
});
