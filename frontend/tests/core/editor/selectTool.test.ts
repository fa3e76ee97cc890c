import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import { boxPoint } from '../../../src/core/geometry/box';
import { fromYaw, yawOf } from '../../../src/core/geometry/quat';
import { FACE_HANDLES, handleSigns } from '../../../src/core/tools/handles';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';

/** A box that is neither at the origin nor along an axis. */
function turnedBox(id = 'a') {
  return makeBox(id, {
    keyframes: [{ time_ns: tick(0).toString(), position_m: [20, 3, 0.75], quat_xyzw: fromYaw(0.6) }],
  });
}

describe('selecting', () => {
  it('takes what is clicked and lets go of it on a click beside', () => {
    const t = new TestEditor([makeBox('a')]);
    t.click([20, 0, 0.75]);
    expect(t.selection).toEqual(['a']);
    t.click([40, 10, 0]);
    expect(t.selection).toEqual([]);
    expect(t.steps).toEqual([]);
  });

  it('adds and removes with Shift', () => {
    const far = makeBox('b', {
      keyframes: [{ time_ns: tick(0).toString(), position_m: [20, 10, 0.75], quat_xyzw: [0, 0, 0, 1] }],
    });
    const t = new TestEditor([makeBox('a'), far]);
    t.click([20, 0, 0.75]).click([20, 10, 0.75], { modifiers: { shift: true } });
    expect(t.selection).toEqual(['a', 'b']);
    t.click([20, 0, 0.75], { modifiers: { shift: true } });
    expect(t.selection).toEqual(['b']);
  });

  it('lights up what the pointer is over in all views', () => {
    const t = new TestEditor([makeBox('a')]);
    t.move([20, 0, 0.75]);
    expect(t.editor.session.get().hover).toEqual({ labelId: 'a', handle: null });
    t.move([50, 0, 0]);
    expect(t.editor.session.get().hover).toBeNull();
  });

  it('leaves other buttons than the main one to the view', () => {
    const t = new TestEditor([makeBox('a')]);
    t.drag([20, 0, 0.75], [25, 0, 0.75], { button: 2 });
    expect(t.selection).toEqual([]);
    expect(t.steps).toEqual([]);
  });
});

describe('moving', () => {
  it('follows the pointer over the ground and is one step of undo', () => {
    const t = new TestEditor([turnedBox()]);
    t.dragHandle('a', 'body', [5, -2, 0]);
    expect(t.state('a').position_m[0]).toBeCloseTo(25);
    expect(t.state('a').position_m[1]).toBeCloseTo(1);
    expect(t.state('a').position_m[2]).toBeCloseTo(0.75);
    expect(t.steps).toEqual(['Move box']);
    t.editor.undo();
    expect(t.box('a')).toEqual(turnedBox());
  });

  it('goes along its own axis with Shift', () => {
    const t = new TestEditor([makeBox('a')]);
    t.dragHandle('a', 'body', [5, -2, 0], { modifiers: { shift: true } });
    expect(t.state('a').position_m[0]).toBeCloseTo(25);
    expect(t.state('a').position_m[1]).toBeCloseTo(0);
  });

  it('goes up and down by the lift handle, and with Alt', () => {
    const t = new TestEditor([makeBox('a')]);
    t.dragHandle('a', 'lift', [0, 0, 1.5]);
    expect(t.state('a').position_m).toEqual([20, 0, expect.closeTo(2.25)]);
    t.dragHandle('a', 'body', [0, 0, -1], { modifiers: { alt: true } });
    expect(t.state('a').position_m).toEqual([20, 0, expect.closeTo(1.25)]);
  });

  it('stays in the plane of an orthographic view', () => {
    const t = new TestEditor([turnedBox()]);
    t.dragHandle('a', 'body', [1, 0, 2], { via: 'side' });
    const [x, y, z] = t.state('a').position_m;
    expect([x, y, z]).toEqual([expect.closeTo(21), expect.closeTo(3), expect.closeTo(2.75)]);
  });

  it('is no move when the pointer trembles', () => {
    const t = new TestEditor([makeBox('a')]);
    t.drag([20, 0, 0.75], [20.1, 0, 0.75]);
    expect(t.steps).toEqual([]);
    expect(t.selection).toEqual(['a']);
  });

  it('makes a keyframe at a time that has none, and the box moves between', () => {
    const t = new TestEditor([makeBox('a')]).at(tick(10));
    t.dragHandle('a', 'body', [10, 0, 0]);
    expect(t.box('a').keyframes.map((keyframe) => keyframe.time_ns)).toEqual([tick(0), tick(10)].map(String));
    expect(t.state('a', tick(5)).position_m[0]).toBeCloseTo(25);
  });

  it('never touches a locked label, and says so by the pointer', () => {
    const t = new TestEditor([makeBox('a')]);
    t.editor.session.set({ locked: new Set([labelId('a')]) });
    t.move([20, 0, 0.75], { handle: 'body', on: 'a' });
    expect(t.editor.tool.get().cursor).toBe('not-allowed');
    t.dragHandle('a', 'body', [5, 0, 0]);
    expect(t.box('a')).toEqual(makeBox('a'));
  });

  it('never changes anything where the person may only look', () => {
    const t = new TestEditor([makeBox('a')], { readOnlyReason: 'Only reviewers may change this.' });
    t.dragHandle('a', 'body', [5, 0, 0]);
    expect(t.box('a')).toEqual(makeBox('a'));
    expect(t.selection).toEqual(['a']);
  });
});

describe('a gesture', () => {
  it.each([
    ['Escape', (t: TestEditor) => t.key('Escape')],
    ['loss of focus', (t: TestEditor) => t.editor.blur()],
    ['another tool', (t: TestEditor) => t.editor.setTool('box')],
    ['loss of the right to edit', (t: TestEditor) => t.editor.setReadOnly('The task was taken back.')],
    ['a cancelled pointer', (t: TestEditor) => t.editor.pointer({ ...CANCEL })],
  ])('is taken back without a trace by %s', (_name, interrupt) => {
    const t = new TestEditor([makeBox('a')]);
    t.down([20, 0, 0.75], { handle: 'body', on: 'a' }).move([25, 0, 0.75]).expectToBeIn('select.moving');
    expect(t.state('a').position_m[0]).not.toBeCloseTo(20);
    expect(t.editor.isGesture.get()).toBe(true);
    interrupt(t);
    expect(t.box('a')).toEqual(makeBox('a'));
    expect(t.steps).toEqual([]);
    expect(t.editor.isGesture.get()).toBe(false);
    t.up([25, 0, 0.75]);
    expect(t.box('a')).toEqual(makeBox('a'));
  });

  it('depends on where it ends, not on the way there', () => {
    const straight = new TestEditor([turnedBox()]);
    straight.drag([20, 3, 0.75], [30, 5, 0.75], { handle: 'body', on: 'a' });
    const winding = new TestEditor([turnedBox()]);
    winding.down([20, 3, 0.75], { handle: 'body', on: 'a' });
    for (let i = 0; i < 50; i += 1) winding.move([20 + 5 * Math.sin(i), 3 + 5 * Math.cos(i), 0.75]);
    winding.move([30, 5, 0.75]).up([30, 5, 0.75]);
    expect(winding.box('a')).toEqual(straight.box('a'));
    expect(winding.steps).toEqual(['Move box']);
  });

  it('leaves undo and redo alone until it is done', () => {
    const t = new TestEditor([makeBox('a')]);
    t.dragHandle('a', 'body', [5, 0, 0]);
    t.down([25, 0, 0.75], { handle: 'body', on: 'a' }).move([30, 0, 0.75]);
    t.key('z', { ctrl: true });
    expect(t.box('a')).toEqual(makeBox('a'));
    expect(t.steps).toEqual([]);
  });
});

const CANCEL = {
  type: 'cancel',
  button: 0,
  view: { id: 'world', kind: 'world' },
  screen_px: [0, 0],
  ray: { origin_m: [0, 0, 10], direction: [0, 0, -1] },
  hit: { kind: 'none' },
  modifiers: { shift: false, ctrl: false, alt: false },
} as const;

describe('turning', () => {
  it('keeps the heading on the pointer, about the middle', () => {
    const t = new TestEditor([makeBox('a')]);
    t.down([22.6, 0, 0.75], { handle: 'heading', on: 'a' });
    t.move([20, 3, 0.75]).up([20, 3, 0.75]);
    expect(yawOf(t.state('a').quat_xyzw)).toBeCloseTo(Math.PI / 2);
    expect(t.state('a').position_m).toEqual([20, 0, 0.75]);
    expect(t.steps).toEqual(['Turn box']);
  });

  it('goes in steps of five degrees with Ctrl', () => {
    const t = new TestEditor([makeBox('a')]);
    t.down([23, 0, 0.75], { handle: 'heading', on: 'a' });
    t.move([23, 1, 0.75], { modifiers: { ctrl: true } }).up([23, 1, 0.75], { modifiers: { ctrl: true } });
    expect(yawOf(t.state('a').quat_xyzw)).toBeCloseTo((20 * Math.PI) / 180);
  });

  it('turns about the axis that points at the viewer in an orthographic view', () => {
    const t = new TestEditor([makeBox('a')]);
    t.down([22.6, 0, 0.75], { handle: 'heading', on: 'a', via: 'side' });
    t.move([22.6, 0, 1.25], { via: 'side' }).up([22.6, 0, 1.25], { via: 'side' });
    const front = boxPoint(t.state('a'), [1, 0, 0]);
    expect(Math.atan2(front[2] - 0.75, front[0] - 20)).toBeCloseTo(Math.atan2(0.5, 2.6));
  });
});

describe('resizing', () => {
  it.each(FACE_HANDLES)('by the face %s keeps the far face where it is', (handle) => {
    const t = new TestEditor([turnedBox()]);
    const signs = handleSigns(handle);
    const before = t.state('a');
    const far = boxPoint(before, [-signs[0], -signs[1], -signs[2]]);
    const face = boxPoint(before, signs);
    const target = boxPoint({ ...before, size_m: [6, 4, 3.5] }, signs);
    t.down(face, { handle, on: 'a' }).move(target).up(target);
    const after = t.state('a');
    boxPoint(after, [-signs[0], -signs[1], -signs[2]]).forEach((value, i) =>
      expect(value).toBeCloseTo(far[i] ?? NaN),
    );
    boxPoint(after, signs).forEach((value, i) => expect(value).toBeCloseTo(target[i] ?? NaN));
    expect(t.steps).toEqual(['Resize box']);
  });

  it('with Alt moves both faces and keeps the middle', () => {
    const t = new TestEditor([makeBox('a')]);
    t.down([22, 0, 0.75], { handle: '+x', on: 'a' });
    t.move([23, 0, 0.75], { modifiers: { alt: true } }).up([23, 0, 0.75], { modifiers: { alt: true } });
    expect(t.state('a').size_m[0]).toBeCloseTo(6);
    expect(t.state('a').position_m).toEqual([20, 0, 0.75]);
  });

  it('by an edge seen from above sets length and width at once', () => {
    const t = new TestEditor([makeBox('a')]);
    t.dragHandle('a', '+x+y', [1, 0.5, 0], { via: 'top' });
    expect(t.state('a').size_m).toEqual([expect.closeTo(5), expect.closeTo(2.5), 1.5]);
    expect(boxPoint(t.state('a'), [-1, -1, 0])).toEqual([expect.closeTo(18), expect.closeTo(-1), 0.75]);
  });

  it('never turns a box inside out', () => {
    const t = new TestEditor([makeBox('a')]);
    t.down([22, 0, 0.75], { handle: '+x', on: 'a' }).move([5, 0, 0.75]).up([5, 0, 0.75]);
    expect(t.state('a').size_m[0]).toBeGreaterThan(0);
    expect(boxPoint(t.state('a'), [-1, 0, 0])[0]).toBeCloseTo(18);
  });

  it('holds at all times, the far face kept at every keyframe', () => {
    const label = makeBox('a', {
      keyframes: [
        { time_ns: tick(0).toString(), position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1] },
        { time_ns: tick(10).toString(), position_m: [30, 5, 0.75], quat_xyzw: fromYaw(Math.PI / 2) },
      ],
    });
    const t = new TestEditor([label]);
    t.dragHandle('a', '+x', [2, 0, 0], { via: 'top' });
    expect(t.state('a', tick(10)).size_m[0]).toBeCloseTo(6);
    expect(boxPoint(t.state('a', tick(0)), [-1, 0, 0])[0]).toBeCloseTo(18);
    expect(boxPoint(t.state('a', tick(10)), [-1, 0, 0])[1]).toBeCloseTo(3);
  });
});
