import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  BoxFitter,
  BoxTracker,
  FitRequest,
  FittedBox,
  TrackedBox,
  TrackRequest,
} from '../../../src/core/assist/ports';
import type { Label } from '../../../src/core/document/label';
import type { Vec3 } from '../../../src/core/geometry/vec3';
import { FACE_HANDLES, type HandleId } from '../../../src/core/tools/handles';
import { isCuboid } from '../../../src/core/document/label';
import { makeBox, tick } from '../fixtures';
import { settled, TestEditor } from './harness';

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
  | { readonly kind: 'fit'; readonly at: Vec3 }
  | { readonly kind: 'answer' }
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fit' as const), at: ground }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('answer' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const) }) },
);

/** Finds boxes and tracks that are a little off, when it is told to answer. */
class SlowFinder implements BoxFitter, BoxTracker {
  readonly #answers: (() => void)[] = [];

  fit({ point_m }: FitRequest): Promise<FittedBox> {
    const box = { position_m: point_m, quat_xyzw: [0, 0, 0, 1], size_m: [4.2, 1.8, 1.5] } as const;
    return this.#later({ kind: 'fitted', box, confidence: 0.5, isStatic: false });
  }

  track({ box, timeNs }: TrackRequest): Promise<TrackedBox> {
    const keyframes = [0, 4, 8].map((i) => ({
      time_ns: tick(i).toString(),
      position_m: [box.position_m[0] + Number(tick(i) - timeNs) / 1e8, 1, 0.75] as const,
      quat_xyzw: box.quat_xyzw,
    }));
    return this.#later({ kind: 'tracked', label: makeBox('found', { keyframes }), confidence: [1] });
  }

  answer(): void {
    this.#answers.shift()?.();
  }

  #later<T>(answer: T): Promise<T> {
    return new Promise((resolve) => this.#answers.push(() => resolve(answer)));
  }
}

interface Scene {
  readonly t: TestEditor;
  readonly finder: SlowFinder;
}

function start(): Scene {
  const finder = new SlowFinder();
  const labels = [makeBox('a'), makeBox('b', { static: true }), makeBox('c', { interpolation: 'spline' })];
  return { finder, t: new TestEditor(labels, { fitter: finder, tracker: finder }) };
}

function contentOf(t: TestEditor): Record<string, Label> {
  return Object.fromEntries([...t.editor.document.labels()].sort(([a], [b]) => a.localeCompare(b)));
}

async function play(scene: Scene, steps: readonly Step[]): Promise<void> {
  for (const next of steps) {
    playOne(scene, next);
    await settled();
  }
}

function playOne({ t, finder }: Scene, next: Step): void {
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
    case 'fit':
      editor.setTool('box');
      t.click(next.at, { onPoint: true });
      return;
    case 'answer':
      finder.answer();
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
  it('all undone is the start, and all done again is the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const scene = start();
        const { t } = scene;
        const before = contentOf(t);
        await play(scene, steps);
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

  it('leaves labels that keep their format: keyframes rising, sizes positive, numbers finite', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const scene = start();
        const { t } = scene;
        await play(scene, steps);
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
