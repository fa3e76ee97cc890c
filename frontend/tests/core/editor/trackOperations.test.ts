import { describe, expect, it } from 'vitest';
import { yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';

function reasonOf(t: TestEditor, id: string): string | null {
  return t.editor.operations.item(id, t.editor).disabledReason;
}

const key = (i: number, x: number, y = 0) => ({
  time_ns: tick(i).toString(),
  position_m: [x, y, 0.75] as const,
  quat_xyzw: [0, 0, 0, 1] as const,
});

describe('track operations', () => {
  it('split at the current time, select the second part, and merge the two again', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(10, 30)] })]).select('a');
    expect(reasonOf(t, 'track.split')).toBe('The label has to be there before this time and from it on.');
    t.at(tick(4)).key('X', { shift: true });
    expect(t.ids).toEqual(['a', 'new-1']);
    expect(t.selection).toEqual(['new-1']);
    expect(reasonOf(t, 'track.merge')).toBe('Select two boxes first.');
    t.select('a', 'new-1').key('M', { shift: true });
    expect(t.ids).toEqual(['a']);
    expect(t.selection).toEqual(['a']);
    expect(t.steps).toEqual(['Split label', 'Merge labels']);
    t.key('z', { ctrl: true });
    t.key('z', { ctrl: true });
    expect(t.box('a').keyframes).toEqual([key(0, 20), key(10, 30)]);
  });

  it('merge only labels of one class', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b', { class: 'pedestrian' })]).select('a', 'b');
    expect(reasonOf(t, 'track.merge')).toBe('They are of different classes: give both the same first.');
  });

  it('extend a label to the whole clip', () => {
    const t = new TestEditor([makeBox('a', { from_ns: tick(2).toString(), to_ns: tick(5).toString() })]);
    t.select('a').key('E', { shift: true });
    expect([trackOf(t.box('a')).fromNs, trackOf(t.box('a')).toNs]).toEqual([tick(0), tick(10)]);
    expect(reasonOf(t, 'life.whole_clip')).toBe('The label is there for the whole clip already.');
  });

  it('make a box static at the mean of its keyframes', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(5, 20.2), key(9, 20.1)] })]);
    t.select('a').at(tick(5)).key('P', { shift: true });
    expect(t.box('a').static).toBe(true);
    expect(t.state('a').position_m[0]).toBeCloseTo(20.1);
    t.key('p');
    expect(t.box('a').static).toBe(false);
  });

  it('drop keyframes that are not needed, and say when all are', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(5, 25), key(10, 30)] })]).select(
      'a',
    );
    t.key('U', { shift: true });
    expect(t.box('a').keyframes).toHaveLength(2);
    expect(reasonOf(t, 'track.simplify')).toBe('Every keyframe is needed.');
  });

  it('bend and straighten the way, and turn the heading towards it', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(10, 20, 10)] })]).select('a');
    t.key('I', { shift: true });
    expect(t.box('a').interpolation).toBe('spline');
    t.key('I', { shift: true });
    expect(t.box('a').interpolation).toBe('linear');
    t.key('Q', { shift: true });
    expect(yawOf(t.state('a').quat_xyzw)).toBeCloseTo(Math.PI / 2);
    expect(reasonOf(new TestEditor([makeBox('b')]).select('b'), 'track.heading_to_motion')).toBe(
      'This box does not move.',
    );
  });

  it('move all keyframes together: with Ctrl while dragging, or switched on for keys and drags', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(10, 30)] })]).select('a');
    t.dragHandle('a', 'body', [0, 2, 0], { modifiers: { ctrl: true } });
    expect(t.box('a').keyframes.map((keyframe) => keyframe.position_m[1])).toEqual([
      expect.closeTo(2),
      expect.closeTo(2),
    ]);
    t.key('j');
    t.key('w');
    t.at(tick(5)).dragHandle('a', 'body', [0, -2, 0]);
    t.key('j');
    expect(t.box('a').keyframes.map((keyframe) => keyframe.position_m)).toEqual([
      [expect.closeTo(20.1), expect.closeTo(0), expect.closeTo(0.75)],
      [expect.closeTo(30.1), expect.closeTo(0), expect.closeTo(0.75)],
    ]);
    t.at(tick(0)).key('w');
    expect(t.box('a').keyframes[1]?.position_m[0]).toBeCloseTo(30.1);
  });
});

describe('the clipboard', () => {
  it('takes a box as it is here to another time, in its place in the world', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(10, 30)] })]).select('a');
    expect(reasonOf(t, 'label.paste')).toBe('Copy a box first.');
    t.at(tick(4)).key('c', { ctrl: true });
    t.at(tick(8)).key('v', { ctrl: true });
    expect(t.selection).toEqual(['new-1']);
    expect(t.state('new-1')).toMatchObject({ position_m: [24, 0, 0.75], size_m: [4, 2, 1.5] });
    expect(trackOf(t.box('new-1')).timesNs).toEqual([tick(8)]);
    expect(t.box('new-1').attributes).toEqual({ parked: false });
  });

  it('gives its pose and size to another box at this time', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b', { size_m: [8, 2, 3], keyframes: [key(0, 40)] })]);
    t.select('a').key('c', { ctrl: true });
    t.select('b').at(tick(5)).key('V', { ctrl: true, shift: true });
    expect(t.state('b')).toEqual(t.state('a'));
    expect(t.box('b').keyframes).toHaveLength(2);
  });

  it('puts the same pose on the next tick and goes there, until the last', () => {
    const t = new TestEditor([makeBox('a', { keyframes: [key(0, 20), key(10, 30)] })])
      .select('a')
      .at(tick(8));
    t.key('J', { shift: true });
    expect(t.editor.session.get().timeNs).toBe(tick(9));
    expect(t.state('a').position_m[0]).toBeCloseTo(28);
    t.key('J', { shift: true });
    expect(reasonOf(t, 'keyframe.duplicate_next')).toBe('This is the last tick of the clip.');
  });
});

describe('repeating', () => {
  it('does the last operation on a label again, to whatever is selected now', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b')]).select('a');
    expect(reasonOf(t, 'edit.repeat')).toBe('There is nothing to repeat yet.');
    t.key('2');
    t.key('ArrowRight');
    t.select('b').key('r');
    expect([t.box('a').class, t.box('b').class]).toEqual(['pedestrian', 'pedestrian']);
    t.select();
    t.key('t');
    expect(t.editor.session.get().lastOperationId).toBe('class.pedestrian');
  });
});

describe('selecting by class', () => {
  it('takes all that are shown of the selected classes', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b', { class: 'pedestrian' }), makeBox('c')]).select('a');
    t.key('A', { ctrl: true, shift: true });
    expect(t.selection).toEqual(['a', 'c']);
  });
});
