import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import { effortWords } from '../../../src/core/telemetry/effort';
import { setClass } from '../../../src/core/actions/setClass';
import { LAYER, makeBox, tick } from '../fixtures';
import { settled, TestEditor } from '../editor/harness';

function start() {
  const clock = { now: 1000 };
  const t = new TestEditor([makeBox('a'), makeBox('b')], { now: () => clock.now });
  const actions = () => t.editor.effort.get().all.actions;
  const of = (id: string) => t.editor.effort.get().byLabel.get(labelId(id))?.actions ?? 0;
  return { clock, t, actions, of };
}

describe('an action', () => {
  it('is a click that selects, a drag, a key press, each once', () => {
    const { t, actions, of } = start();
    t.click([20, 0, 1.5]);
    expect([t.selection.length, actions()]).toEqual([1, 1]);
    t.select('a').dragHandle('a', 'body', [2, 0, 0]);
    expect(actions()).toBe(2);
    t.key('w');
    t.key('z', { ctrl: true });
    expect(actions()).toBe(4);
    expect(of('a') + of('b')).toBeGreaterThanOrEqual(4);
  });

  it('is nothing that did nothing: empty clicks, keys nobody wants, disabled operations, hovering', () => {
    const { t, actions } = start();
    t.click([0, 30, 0]);
    t.key('ö');
    t.key('Delete');
    t.move([20, 0, 1.5]).move([0, 30, 0]);
    expect(actions()).toBe(0);
  });

  it('is one however long a key is held down', () => {
    const { t, actions } = start();
    t.select('a').key('w');
    const held = {
      type: 'down',
      key: 'w',
      modifiers: { shift: false, ctrl: false, alt: false },
      isRepeat: true,
    } as const;
    for (let i = 0; i < 10; i += 1) t.editor.key(held);
    expect(actions()).toBe(1);
  });

  it('is a button or a field of a panel as well', () => {
    const { t, actions, of } = start();
    t.select('a').editor.run('label.flip_heading');
    const pedestrian = LAYER.classes[1]!;
    t.editor.edit('Class', setClass(t.editor.document, [labelId('b')], pedestrian, LAYER));
    expect([actions(), of('a'), of('b')]).toEqual([2, 1, 1]);
  });

  it('is one also where it made, selected and left a tool, and Escape in a drag is another', () => {
    const { t, actions, of } = start();
    t.key('b');
    t.click([10, 5, 0]);
    expect([actions(), of('new-1')]).toEqual([2, 1]);
    t.key('b');
    t.down([10, -5, 0]).move([14, -5, 0]);
    t.key('Escape');
    t.up([14, -5, 0]);
    expect(t.ids).toEqual(['a', 'b', 'new-1']);
    expect(actions()).toBe(5);
  });

  it('is nothing that the machine or somebody else did', async () => {
    const clock = { now: 0 };
    const box = { position_m: [16, 3, 0.8], quat_xyzw: [0, 0, 0, 1], size_m: [4, 2, 1.6] } as const;
    const t = new TestEditor([], {
      now: () => clock.now,
      fitter: { fit: () => Promise.resolve({ kind: 'fitted', box, confidence: 1, isStatic: false }) },
    });
    t.key('b');
    t.click([15, 3, 1], { onPoint: true });
    await settled();
    expect(t.state('new-1').position_m[0]).toBe(16);
    const other = makeBox('other');
    t.editor.document.apply(
      { added: new Map([[other.id, other]]), updated: new Map(), removed: new Map() },
      'remote',
    );
    expect(t.editor.effort.get().all.actions).toBe(2);
  });
});

describe('active time', () => {
  it('goes from one sign of life to the next, to what is selected, and not on over idle minutes', () => {
    const { clock, t } = start();
    const live = (after_ms: number): void => {
      clock.now += after_ms;
      t.move([0, 30, 0]);
    };
    live(0);
    live(2000);
    t.select('a');
    live(5000);
    live(60_001);
    live(60_000);
    const { all, byLabel } = t.editor.effort.get();
    expect(all.active_s).toBe(67);
    expect(byLabel.get(labelId('a'))?.active_s).toBe(65);
    expect(byLabel.has(labelId('b'))).toBe(false);
  });

  it('tells once a second, and of every action', () => {
    const { clock, t } = start();
    let told = 0;
    t.editor.effort.subscribe(() => (told += 1));
    for (let i = 0; i < 100; i += 1) {
      clock.now += 16;
      t.move([0, 30, 0]);
    }
    expect(told).toBe(1);
    t.key('b');
    expect(told).toBe(2);
  });

  it('reads like a sentence', () => {
    expect(effortWords({ actions: 7, active_s: 41.3 })).toBe('7 actions, 41 s');
    expect(effortWords({ actions: 1, active_s: 125 })).toBe('1 action, 2 min 5 s');
  });
});

describe('image targets', () => {
  it('are counted bit by bit: the images that show the label while it is there', () => {
    const t = new TestEditor([
      makeBox('ahead'),
      makeBox('behind', { keyframes: [{ ...makeBox('x').keyframes[0]!, position_m: [-20, 0, 0.75] }] }),
      makeBox('short', { to_ns: tick(3).toString() }),
    ]);
    const { imageTargets, document } = t.editor;
    const count = (id: string) => imageTargets.of(t.box(id));
    expect(imageTargets.advance(document.labels(), () => false)).toBe(false);
    expect(count('ahead')).toBeNull();
    let looks = 0;
    while (!imageTargets.advance(document.labels(), () => (looks += 1) % 3 !== 0))
      expect(looks).toBeLessThan(100);
    expect(['ahead', 'behind', 'short'].map(count)).toEqual([11, 0, 4]);
    expect(imageTargets.total(document.labels())).toEqual({ images: 15, isComplete: true });
  });

  it('of a label that changed are counted anew', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    const { imageTargets, document } = t.editor;
    imageTargets.advance(document.labels(), () => true);
    t.at(tick(4)).key(']');
    expect(imageTargets.total(document.labels())).toEqual({ images: 0, isComplete: false });
    imageTargets.advance(document.labels(), () => true);
    expect(imageTargets.of(t.box('a'))).toBe(5);
  });
});
