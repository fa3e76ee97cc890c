import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Label } from '../../../src/core/document/label';
import type { Vec3 } from '../../../src/core/geometry/vec3';
import { FACE_HANDLES, type HandleId } from '../../../src/core/tools/handles';
import { isCuboid } from '../../../src/core/document/label';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';

/** Everything that a person can do, as far as it takes mouse and keys. */
type Step =
  | { readonly kind: 'run'; readonly operation: number }
  | { readonly kind: 'time'; readonly tick: number }
  | { readonly kind: 'select'; readonly label: number; readonly isBoth: boolean }
  | {
      readonly kind: 'drag';
      readonly handle: HandleId;
      readonly offset: Vec3;
      readonly ends: 'up' | 'escape' | 'blur';
    }
  | { readonly kind: 'draw'; readonly from: Vec3; readonly to: Vec3 }
  | { readonly kind: 'undo' | 'redo' };

const metres = fc.double({ min: -8, max: 8, noNaN: true });
const ground = fc.tuple(fc.double({ min: 3, max: 40, noNaN: true }), metres, fc.constant(0));
const handles: readonly HandleId[] = ['body', 'lift', 'heading', ...FACE_HANDLES, '+x+y', '-x+z', '+x-y+z'];

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('run' as const), operation: fc.nat(200) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time' as const), tick: fc.integer({ min: 0, max: 10 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('select' as const), label: fc.nat(5), isBoth: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('drag' as const),
      handle: fc.constantFrom(...handles),
      offset: fc.tuple(metres, metres, metres),
      ends: fc.constantFrom('up' as const, 'up' as const, 'escape' as const, 'blur' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('draw' as const), from: ground, to: ground }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const) }) },
);

function start(): TestEditor {
  return new TestEditor([
    makeBox('a'),
    makeBox('b', { static: true }),
    makeBox('c', { interpolation: 'spline' }),
  ]);
}

function contentOf(t: TestEditor): Record<string, Label> {
  return Object.fromEntries([...t.editor.document.labels()].sort(([a], [b]) => a.localeCompare(b)));
}

function play(t: TestEditor, steps: readonly Step[]): void {
  for (const next of steps) playOne(t, next);
}

function playOne(t: TestEditor, next: Step): void {
  const { editor } = t;
  switch (next.kind) {
    case 'run': {
      const items = editor.operations
        .items(editor)
        .filter(({ id }) => id !== 'edit.undo' && id !== 'edit.redo');
      const item = items[next.operation % items.length];
      if (item !== undefined) editor.run(item.id);
      return;
    }
    case 'time':
      t.at(tick(next.tick));
      return;
    case 'select': {
      const id = t.ids[next.label % Math.max(1, t.ids.length)];
      const isAnother = next.isBoth && t.selection[0] !== undefined && t.selection[0] !== id;
      if (id !== undefined) t.select(...(isAnother ? t.selection.slice(0, 1) : []), id);
      return;
    }
    case 'drag': {
      const label = editor.selectedLabel();
      if (!isCuboid(label)) return;
      const [x, y, z] = t.state(label.id).position_m;
      const to: Vec3 = [x + next.offset[0], y + next.offset[1], z + next.offset[2]];
      t.down([x, y, z], { handle: next.handle, on: label.id }).move(to);
      if (next.ends === 'escape') t.key('Escape');
      else if (next.ends === 'blur') editor.blur();
      t.up(to);
      return;
    }
    case 'draw':
      editor.setTool('box');
      t.drag(next.from, next.to);
      return;
    case 'undo':
      editor.undo();
      return;
    case 'redo':
      editor.redo();
      return;
  }
}

describe('any sequence of what a person can do', () => {
  it('all undone is the start, and all done again is the end', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const t = start();
        const before = contentOf(t);
        play(t, steps);
        t.editor.setTool('select');
        const after = contentOf(t);
        let count = 0;
        while (t.editor.history.state.get().undoTitle !== null) {
          t.editor.undo();
          count += 1;
        }
        expect(contentOf(t)).toEqual(before);
        for (let i = 0; i < count; i += 1) t.editor.redo();
        expect(contentOf(t)).toEqual(after);
      }),
      { numRuns: 150 },
    );
  });

  it('leaves labels that keep their format: keyframes rising, sizes positive, numbers finite', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const t = start();
        play(t, steps);
        for (const label of t.editor.document.labels().values()) expectWellFormed(label);
      }),
      { numRuns: 150 },
    );
  });
});

function expectWellFormed(label: Label): void {
  if (!isCuboid(label)) throw new Error('only boxes are made here');
  const times = label.keyframes.map((keyframe) => BigInt(keyframe.time_ns));
  expect(times.length).toBeGreaterThan(0);
  expect(times.every((time, i) => i === 0 || (times[i - 1] ?? 0n) < time)).toBe(true);
  if (label.static) expect(times).toHaveLength(1);
  expect(Math.min(...label.size_m)).toBeGreaterThan(0);
  if (label.from_ns !== undefined && label.to_ns !== undefined) {
    expect(BigInt(label.from_ns) <= BigInt(label.to_ns)).toBe(true);
  }
  for (const { position_m, quat_xyzw } of label.keyframes) {
    expect(position_m.every(Number.isFinite)).toBe(true);
    expect(Math.hypot(...quat_xyzw)).toBeCloseTo(1, 9);
  }
}
