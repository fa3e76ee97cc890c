import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import { pathGround } from '../../../src/core/editor';
import type { Lint } from '../../../src/core/lints/lint';
import { LintBoard } from '../../../src/core/lints/lintBoard';
import { LINT_RULES } from '../../../src/core/lints/registry';
import { TestEditor } from '../editor/harness';
import { makeBox, tick } from '../fixtures';

const facts = (lints: readonly Lint[]) =>
  lints.map(({ fixes, ...rest }) => ({ ...rest, fixes: fixes.length }));

/** What a board says that looks at everything for the first time. */
function fromScratch(t: TestEditor): readonly Lint[] {
  const { clip, layer, document, ground } = t.editor;
  return new LintBoard(
    LINT_RULES,
    () => ({ clip, layer, document, ground, points: null }),
    () => false,
  ).get();
}

/** Level ground that was seen everywhere. */
const LEVEL = { zAt: () => 0, seenAt: () => 0 };

describe('the lints of a document', () => {
  it('come and go with the changes of labels', () => {
    const t = new TestEditor([makeBox('a')], { ground: LEVEL });
    expect(t.editor.lints.get()).toEqual([]);
    t.select('a').editor.session.set({ timeNs: tick(0) });
    for (let i = 0; i < 5; i += 1) t.key('PageUp');
    expect(t.editor.lints.of(labelId('a')).map(({ rule }) => rule)).toEqual(['off_ground']);
    for (let i = 0; i < 5; i += 1) t.key('z', { ctrl: true });
    expect(t.editor.lints.get()).toEqual([]);
  });

  it('tell when there may be others, and are the same array until there are', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b')]);
    const before = t.editor.lints.get();
    expect(t.editor.lints.get()).toBe(before);
    let told = 0;
    t.editor.lints.subscribe(() => (told += 1));
    t.select('b').key('Delete');
    expect(told).toBeGreaterThan(0);
    expect(t.editor.lints.get()).not.toBe(before);
  });

  it('look only at the labels that changed', () => {
    const looked: string[] = [];
    const t = new TestEditor([makeBox('a'), makeBox('b'), makeBox('c')]);
    const { clip, layer, document, ground } = t.editor;
    const spy = {
      id: 'spy',
      title: 'Spy',
      inputs: [],
      check: ({ id }: { id: string }) => (looked.push(id), []),
    };
    const board = new LintBoard(
      [spy],
      () => ({ clip, layer, document, ground, points: null }),
      () => false,
    );
    document.listen(({ diff }) => board.changed(diff));
    board.get();
    looked.length = 0;
    t.select('b').key('w');
    board.get();
    board.get();
    expect(looked).toEqual(['b']);
  });

  it('wait until a gesture is over', () => {
    const t = new TestEditor([makeBox('a')], { ground: LEVEL });
    expect(t.editor.lints.get()).toEqual([]);
    t.down([20, 0, 0.75], { handle: 'lift', on: 'a' });
    t.move([20, 0, 5]).move([20, 0, 9]);
    expect(t.editor.isGesture.get()).toBe(true);
    expect(t.editor.lints.get()).toEqual([]);
    t.up([20, 0, 9]);
    expect(t.editor.lints.get()).not.toEqual([]);
  });

  it('are found again for all labels when the ground is known better', () => {
    const t = new TestEditor([
      makeBox('a'),
      makeBox('b', { keyframes: [{ ...makeBox('b').keyframes[0]!, position_m: [40, 9, 0.75] }] }),
    ]);
    expect(t.editor.lints.get()).toEqual([]);
    t.editor.setGround({ zAt: () => -2, seenAt: () => -2 });
    expect(t.editor.lints.get().map(({ id }) => id)).toEqual(['off_ground:a', 'off_ground:b']);
    t.editor.setGround(pathGround(t.editor.clip));
    expect(t.editor.lints.get()).toEqual([]);
  });

  it('know of points once somebody counts them', () => {
    const t = new TestEditor([makeBox('a')], { ground: LEVEL });
    expect(t.editor.lints.get()).toEqual([]);
    t.editor.setPoints({ count: () => 0 });
    expect(t.editor.lints.get().map(({ id }) => id)).toEqual(['no_points:a']);
  });

  it('are those of a fresh look, whatever was done', () => {
    const ids = [
      'move.up',
      'move.left',
      'label.flip_heading',
      'label.delete',
      'life.end_here',
      'label.duplicate',
      'edit.undo',
      'class.pedestrian',
      'label.toggle_static',
      'track.split',
      'label.copy',
      'label.paste',
    ];
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            id: fc.constantFrom(...ids),
            label: fc.nat(6),
            tick: fc.nat(10),
            times: fc.integer({ min: 1, max: 9 }),
          }),
          { maxLength: 25 },
        ),
        (steps) => {
          let looks = 100;
          const t = new TestEditor([makeBox('a'), makeBox('b'), makeBox('c', { to_ns: tick(5).toString() })]);
          for (const step of steps) {
            const label = t.ids[step.label % Math.max(1, t.ids.length)];
            if (label !== undefined) t.select(label).at(tick(step.tick));
            for (let i = 0; i < step.times; i += 1) t.editor.run(step.id);
            // Sometimes all at once, sometimes bit by bit with changes in between.
            if (step.times % 3 === 0) t.editor.lints.get();
            else t.editor.lints.advance(() => (looks -= 1) % 3 !== 0);
          }
          expect(facts(t.editor.lints.get())).toEqual(facts(fromScratch(t)));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('lints that are looked for bit by bit', () => {
  const floating = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      makeBox(`b${i}`, {
        keyframes: [{ time_ns: tick(3).toString(), position_m: [30 * i, 9, 5], quat_xyzw: [0, 0, 0, 1] }],
      }),
    );

  it('are shown when all labels have been looked at, and not before', () => {
    const t = new TestEditor(floating(6), { ground: LEVEL });
    const { lints } = t.editor;
    let slices = 0;
    for (let isDone = false; !isDone; slices += 1) {
      expect(lints.known).toEqual([]);
      let left = 4;
      isDone = lints.advance(() => left-- > 0);
    }
    expect(slices).toBe(2);
    expect(lints.known).toHaveLength(6);
    expect(lints.known).toBe(lints.get());
  });

  it('of one label are told without looking at the others', () => {
    const t = new TestEditor(floating(6), { ground: LEVEL });
    const { lints } = t.editor;
    expect(lints.about([labelId('b3')]).map(({ labelIds }) => labelIds)).toEqual([['b3']]);
    expect(lints.known).toEqual([]);
  });

  it('do not hold up a key: what is not known yet does not disable it', () => {
    const t = new TestEditor(
      Array.from({ length: 60 }, (_, i) => makeBox(`b${i}`)),
      { ground: LEVEL },
    );
    const reason = () => t.editor.operations.item('lint.next', t.editor).disabledReason;
    expect(reason()).toBeNull();
    for (let i = 0; i < 5; i += 1) reason();
    expect(reason()).toBe(t.editor.lints.get().length === 0 ? 'Nothing looks wrong.' : null);
  });
});

describe('going through the lints', () => {
  it('jumps to label and time, one after the other, and puts right by one key', () => {
    const high = (id: string, x: number) =>
      makeBox(id, {
        keyframes: [{ time_ns: tick(3).toString(), position_m: [x, 9, 5], quat_xyzw: [0, 0, 0, 1] }],
      });
    const t = new TestEditor([high('a', 20), high('b', 30)], { ground: LEVEL });
    t.key('F8');
    expect([t.selection, t.editor.session.get().timeNs]).toEqual([['a'], tick(3)]);
    t.key('F8');
    expect(t.selection).toEqual(['b']);
    t.key('.', { ctrl: true });
    expect(t.state('b').position_m[2]).toBeCloseTo(0.75);
    expect(t.steps).toEqual(['Put on the ground']);
    t.key('F8', { shift: true });
    expect(t.selection).toEqual(['a']);
    t.key('.', { ctrl: true });
    expect(t.editor.lints.get()).toEqual([]);
    expect(t.editor.operations.item('lint.next', t.editor).disabledReason).toBe('Nothing looks wrong.');
    expect(t.editor.operations.item('lint.fix', t.editor).disabledReason).toBe(
      'There is no warning about the selected label.',
    );
  });
});
