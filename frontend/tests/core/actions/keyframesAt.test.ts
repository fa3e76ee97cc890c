import { describe, expect, it } from 'vitest';

import {
  deleteKeyframesAt,
  flipAt,
  interpolateBetween,
  setKeyframesAt,
  setPosesAt,
} from '../../../src/core/actions/keyframesAt';
import type { RecordsDiff } from '../../../src/core/document/diff';
import { labelId } from '../../../src/core/document/ids';
import { isCuboid, type CuboidLabel } from '../../../src/core/document/label';
import { DocumentStore } from '../../../src/core/document/store';
import { fromYaw, yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { makeBox, tick as at } from '../fixtures';

const A = labelId('a');

function changed(label: CuboidLabel, action: (document: DocumentStore) => RecordsDiff): CuboidLabel {
  const document = new DocumentStore([label]);
  document.apply(action(document), 'user');
  const after = document.get(A);
  if (!isCuboid(after)) throw new Error('the box is gone');
  return after;
}

const times = (label: CuboidLabel): readonly bigint[] => trackOf(label).timesNs;

/** Drives straight on, but for a bump at half a second. */
const BUMPED = changed(makeBox('a'), (document) =>
  setPosesAt(document, A, [
    { timeNs: at(0), pose: { position_m: [10, 0, 1], quat_xyzw: fromYaw(0) } },
    { timeNs: at(5), pose: { position_m: [15, 3, 1], quat_xyzw: fromYaw(0.4) } },
    { timeNs: at(10), pose: { position_m: [20, 0, 1], quat_xyzw: fromYaw(0) } },
  ]),
);

describe('what is done to several times of a box at once', () => {
  it('fixes it where it is', () => {
    const label = changed(BUMPED, (document) => setKeyframesAt(document, A, [at(2), at(5), at(7)]));
    expect(times(label)).toEqual([at(0), at(2), at(5), at(7), at(10)]);
    expect(trackOf(label).extended(at(2)).position_m).toEqual(trackOf(BUMPED).extended(at(2)).position_m);
  });

  it('removes keyframes but for the last one that is left', () => {
    expect(times(changed(BUMPED, (document) => deleteKeyframesAt(document, A, [at(5), at(6)])))).toEqual([
      at(0),
      at(10),
    ]);
    expect(
      times(changed(BUMPED, (document) => deleteKeyframesAt(document, A, [at(0), at(5), at(10)]))),
    ).toEqual([at(0)]);
  });

  it('goes evenly from the first to the last', () => {
    const label = changed(BUMPED, (document) => interpolateBetween(document, A, at(0), at(10)));
    expect(times(label)).toEqual([at(0), at(10)]);
    expect(trackOf(label).extended(at(5)).position_m).toEqual([15, 0, 1]);
  });

  it('keeps what keyframes between say of attributes', () => {
    const lit = {
      ...BUMPED,
      keyframes: BUMPED.keyframes.map((keyframe, i) =>
        i === 1 ? { ...keyframe, attributes: { lights: 'brake' } } : keyframe,
      ),
    };
    const label = changed(lit, (document) => interpolateBetween(document, A, at(0), at(10)));
    expect(label.keyframes[1]).toMatchObject({ attributes: { lights: 'brake' }, position_m: [15, 0, 1] });
  });

  it('turns front and back round at these times alone, the place as it was', () => {
    const label = changed(BUMPED, (document) => flipAt(document, A, [at(4), at(5)]));
    expect(times(label)).toEqual([at(0), at(4), at(5), at(10)]);
    for (const tenth of [4, 5]) {
      const before = trackOf(BUMPED).extended(at(tenth));
      const after = trackOf(label).extended(at(tenth));
      expect(after.position_m).toEqual(before.position_m);
      expect(Math.cos(yawOf(after.quat_xyzw) - yawOf(before.quat_xyzw))).toBeCloseTo(-1, 9);
    }
    expect(yawOf(trackOf(label).extended(at(0)).quat_xyzw)).toBeCloseTo(0, 9);
  });
});
