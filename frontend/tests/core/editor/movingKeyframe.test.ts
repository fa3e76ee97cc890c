import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';

function start(overrides = {}) {
  const [first] = makeBox('a').keyframes;
  const keyframes = [0, 4, 8].map((i) => ({ ...first!, time_ns: tick(i).toString() }));
  return new TestEditor([makeBox('a', { keyframes, ...overrides })]);
}

function times(t: TestEditor): bigint[] {
  return t.box('a').keyframes.map((keyframe) => BigInt(keyframe.time_ns));
}

describe('a keyframe dragged in time', () => {
  it('moves as one step and one action, and the time that is shown goes along', () => {
    const t = start();
    const grab = t.editor.grabKeyframe(labelId('a'), tick(4));
    grab?.to(tick(5));
    grab?.to(tick(6));
    expect(t.editor.isGesture.get()).toBe(true);
    grab?.commit();
    expect(times(t)).toEqual([tick(0), tick(6), tick(8)]);
    expect(t.editor.session.get().timeNs).toBe(tick(6));
    expect(t.steps).toEqual(['Move keyframe in time']);
    expect(t.editor.effort.get().all.actions).toBe(1);
    t.key('z', { ctrl: true });
    expect(times(t)).toEqual([tick(0), tick(4), tick(8)]);
  });

  it('stays between its neighbours', () => {
    const t = start();
    const grab = t.editor.grabKeyframe(labelId('a'), tick(4));
    grab?.to(tick(9));
    expect(times(t)[1]).toBe(tick(8) - 1n);
    grab?.to(tick(2));
    grab?.commit();
    expect(times(t)).toEqual([tick(0), tick(2), tick(8)]);
  });

  it('goes back with Escape, and what comes after does nothing', () => {
    const t = start();
    const grab = t.editor.grabKeyframe(labelId('a'), tick(4));
    grab?.to(tick(6));
    t.key('Escape');
    grab?.to(tick(7));
    grab?.commit();
    expect(times(t)).toEqual([tick(0), tick(4), tick(8)]);
    expect(t.steps).toEqual([]);
    t.expectToBeIn('select.idle');
  });

  it('takes the end of the life along that was at it', () => {
    const t = start({ to_ns: tick(8).toString() });
    const grab = t.editor.grabKeyframe(labelId('a'), tick(8));
    grab?.to(tick(10));
    grab?.commit();
    expect(t.box('a').to_ns).toBe(tick(10).toString());
  });

  it('is not grabbed where there is none, or the label is locked or static', () => {
    const t = start();
    expect(t.editor.grabKeyframe(labelId('a'), tick(3))).toBeNull();
    t.editor.session.set({ locked: new Set([labelId('a')]) });
    expect(t.editor.grabKeyframe(labelId('a'), tick(4))).toBeNull();
    expect(start({ static: true }).editor.grabKeyframe(labelId('a'), tick(0))).toBeNull();
  });
});
