import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import { yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { LAYER, tick } from '../fixtures';
import { TestEditor } from './harness';

describe('where no class is labelled by boxes', () => {
  it('is disabled, with the reason', () => {
    const road = LAYER.classes.map((item) => ({ ...item, geometries: ['polyline'] as const }));
    const t = new TestEditor([], { layer: { ...LAYER, title: 'Road', classes: road } });
    expect(t.editor.operations.item('tool.box', t.editor).disabledReason).toBe(
      'No class of the layer “Road” is labelled by boxes.',
    );
    t.key('b');
    t.expectToBeIn('select.idle');
  });
});

describe('the box tool', () => {
  it('puts a box of the usual size on the ground with one click, heading along the lane', () => {
    const t = new TestEditor();
    t.key('b');
    t.expectToBeIn('box.ready').click([15, 3, 0]);
    expect(t.ids).toEqual(['new-1']);
    const state = t.state('new-1');
    expect(state.size_m).toEqual([4.6, 1.9, 1.6]);
    expect(state.position_m).toEqual([expect.closeTo(15), expect.closeTo(3), expect.closeTo(0.8)]);
    expect(yawOf(state.quat_xyzw)).toBeCloseTo(0);
  });

  it('selects what it made and hands over to the select tool', () => {
    const t = new TestEditor();
    t.key('b');
    t.click([15, 3, 0]).expectToBeIn('select.idle');
    expect(t.selection).toEqual(['new-1']);
    expect(t.steps).toEqual(['New car']);
  });

  it('makes a box that stands for the whole clip until a second keyframe moves it', () => {
    const t = new TestEditor().at(tick(3));
    t.key('b');
    t.click([15, 3, 0]);
    const track = trackOf(t.box('new-1'));
    expect(t.box('new-1').static).toBe(false);
    expect(track.timesNs).toEqual([tick(3)]);
    expect(track.at(tick(0))?.position_m).toEqual(track.at(tick(10))?.position_m);
    t.at(tick(5)).dragHandle('new-1', 'body', [2, 0, 0]);
    const moving = trackOf(t.box('new-1'));
    expect(moving.at(tick(7))?.position_m[0]).toBeCloseTo(19);
    expect(moving.at(tick(1))?.position_m[0]).toBeCloseTo(13);
  });

  it('gives the class its presets', () => {
    const t = new TestEditor();
    t.key('b');
    t.click([15, 3, 0]);
    expect(t.box('new-1').attributes).toEqual({ parked: false });
  });

  it('draws heading and length with a drag from rear to front', () => {
    const t = new TestEditor();
    t.key('b');
    t.drag([10, 0, 0], [13, 4, 0]);
    const state = t.state('new-1');
    expect(state.size_m).toEqual([expect.closeTo(5), 1.9, 1.6]);
    expect(yawOf(state.quat_xyzw)).toBeCloseTo(Math.atan2(4, 3));
    expect(state.position_m).toEqual([expect.closeTo(11.5), expect.closeTo(2), expect.closeTo(0.8)]);
    expect(t.steps).toEqual(['New car']);
  });

  it('sets the width with a further click when Shift is held at the end of the drag', () => {
    const t = new TestEditor();
    t.key('b');
    t.down([10, 0, 0])
      .move([14, 0, 0])
      .up([14, 0, 0], { modifiers: { shift: true } });
    t.expectToBeIn('box.widening').move([12, 1.25, 0]).click([12, 1.25, 0]);
    expect(t.state('new-1').size_m).toEqual([expect.closeTo(4), expect.closeTo(2.5), 1.6]);
    expect(t.steps).toEqual(['New car']);
  });

  it('leaves nothing when a drawn box is taken back', () => {
    const t = new TestEditor();
    t.key('b');
    t.down([10, 0, 0]).move([14, 0, 0]).expectToBeIn('box.drawing');
    expect(t.ids).toEqual(['new-1']);
    t.key('Escape');
    expect(t.ids).toEqual([]);
    expect(t.steps).toEqual([]);
    t.expectToBeIn('box.ready');
  });

  it('uses the class chosen by its key', () => {
    const t = new TestEditor();
    t.key('2');
    t.key('b');
    t.click([15, 3, 0]);
    expect(t.box('new-1').class).toBe('pedestrian');
    expect(t.state('new-1').size_m).toEqual([0.6, 0.7, 1.75]);
  });

  it('takes the height of the ground where points are known', () => {
    const t = new TestEditor([], { ground: { zAt: () => -1.5, seenAt: () => -1.5 } });
    t.key('b');
    t.click([15, 3, 0]);
    expect(t.state('new-1').position_m[2]).toBeCloseTo(-0.7);
  });

  it('makes nothing of a click into the sky', () => {
    const t = new TestEditor();
    t.key('b');
    const input = {
      button: 0,
      view: { id: 'front', kind: 'camera' },
      screen_px: [0, 0],
      ray: { origin_m: [0, 0, 1.5], direction: [0.8, 0, 0.6] },
      hit: { kind: 'none' },
      modifiers: { shift: false, ctrl: false, alt: false },
    } as const;
    t.editor.pointer({ type: 'down', ...input });
    t.editor.pointer({ type: 'up', ...input });
    expect(t.ids).toEqual([]);
  });

  it('works in a picture: the ray through the pixel meets the ground', () => {
    const t = new TestEditor();
    const view = t.editor.clip.cameras[0]?.view(0);
    const pixel = view?.pixelOf([15, 3, 0]);
    const ray = pixel && view?.rayThrough(pixel[0], pixel[1]);
    if (!pixel || !ray) throw new Error('the place is in the picture');
    t.key('b');
    const input = {
      button: 0,
      view: { id: 'camera:front', kind: 'camera', timeNs: tick(0) },
      screen_px: pixel,
      ray,
      hit: { kind: 'none' },
      modifiers: { shift: false, ctrl: false, alt: false },
    } as const;
    t.editor.pointer({ type: 'down', ...input });
    t.editor.pointer({ type: 'up', ...input });
    expect(t.state('new-1').position_m).toEqual([expect.closeTo(15), expect.closeTo(3), expect.closeTo(0.8)]);
  });

  it('is not to be had where the person may only look', () => {
    const t = new TestEditor([], { readOnlyReason: 'Only reviewers may change this.' });
    t.key('b');
    t.expectToBeIn('select.idle');
    expect(t.editor.operations.item('tool.box', t.editor).disabledReason).toBe(
      'Only reviewers may change this.',
    );
  });

  it('undoes and redoes a new box with its selection', () => {
    const t = new TestEditor();
    t.key('b');
    t.click([15, 3, 0]);
    t.key('z', { ctrl: true });
    expect(t.ids).toEqual([]);
    expect(t.selection).toEqual([]);
    t.key('z', { ctrl: true, shift: true });
    expect(t.ids).toEqual(['new-1']);
    expect(t.selection).toEqual([labelId('new-1')]);
  });
});
