import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  diffOf,
  diffOfAll,
  entriesOf,
  isEmptyDiff,
  reverseDiff,
  squashDiffs,
  type RecordsDiff,
} from '../../../src/core/document/diff';
import { labelId, type LabelId } from '../../../src/core/document/ids';
import type { Label } from '../../../src/core/document/label';
import { DocumentStore } from '../../../src/core/document/store';
import { makeBox } from '../fixtures';

/** A change of one of five labels: to a length, or away (null). */
const change = fc.record({
  id: fc.integer({ min: 0, max: 4 }),
  length: fc.option(fc.integer({ min: 1, max: 9 })),
});
const changes = fc.array(change, { maxLength: 30 });

/** Carries changes out one after the other; returns the diffs. */
function play(store: DocumentStore, steps: readonly { id: number; length: number | null }[]): RecordsDiff[] {
  return steps.map(({ id, length }) => {
    const current = store.get(labelId(`box-${id}`));
    const next = length === null ? undefined : makeBox(`box-${id}`, { size_m: [length, 2, 1.5] });
    const diff = diffOf(current, next);
    store.apply(diff, 'user');
    return diff;
  });
}

function contentOf(store: DocumentStore): Record<string, Label> {
  return Object.fromEntries([...store.labels()].sort(([a], [b]) => a.localeCompare(b)));
}

describe('a diff', () => {
  it('taken back leaves the document as it was', () => {
    fc.assert(
      fc.property(changes, changes, (before, steps) => {
        const store = new DocumentStore();
        play(store, before);
        const start = contentOf(store);
        const diffs = play(store, steps);
        for (const diff of diffs.reverse()) store.apply(reverseDiff(diff), 'history');
        expect(contentOf(store)).toEqual(start);
      }),
    );
  });

  it('squashed does what its parts do one after the other', () => {
    fc.assert(
      fc.property(changes, changes, (before, steps) => {
        const stepwise = new DocumentStore();
        play(stepwise, before);
        const atOnce = new DocumentStore(stepwise.labels().values());
        atOnce.apply(squashDiffs(play(stepwise, steps)), 'user');
        expect(contentOf(atOnce)).toEqual(contentOf(stepwise));
      }),
    );
  });

  it('squashed and taken back is taken back and squashed', () => {
    fc.assert(
      fc.property(changes, (steps) => {
        const diffs = play(new DocumentStore(), steps);
        const backward = squashDiffs([...diffs].reverse().map(reverseDiff));
        expect(listOf(backward)).toEqual(listOf(reverseDiff(squashDiffs(diffs))));
      }),
    );
  });

  it('is empty when what was made is removed again', () => {
    const box = makeBox('a');
    expect(isEmptyDiff(squashDiffs([diffOf(undefined, box), diffOf(box, undefined)]))).toBe(true);
  });

  it('never changes the id of a label', () => {
    expect(() => diffOf(makeBox('a'), makeBox('b'))).toThrow('a label keeps its id: a became b');
  });
});

function listOf(diff: RecordsDiff): [LabelId, Label | undefined, Label | undefined][] {
  return [...entriesOf(diff)]
    .map(([from, to, id]): [LabelId, Label | undefined, Label | undefined] => [id, from, to])
    .sort(([a], [b]) => a.localeCompare(b));
}

describe('the document', () => {
  it('refuses a diff that was made for another state, and changes nothing then', () => {
    const store = new DocumentStore([makeBox('a'), makeBox('b')]);
    const stale = diffOfAll([
      [store.get(labelId('b')), undefined],
      [makeBox('a'), makeBox('a', { size_m: [9, 9, 9] })],
    ]);
    expect(() => store.apply(stale, 'user')).toThrow(
      'label a is not in the state that the change was made for',
    );
    expect(store.get(labelId('b'))).toBeDefined();
  });

  it('freezes its records all the way down', () => {
    const store = new DocumentStore([makeBox('a')]);
    const label = store.get(labelId('a'));
    expect(Object.isFrozen(label)).toBe(true);
    expect(Object.isFrozen((label as ReturnType<typeof makeBox>).keyframes[0]?.position_m)).toBe(true);
  });

  it('gives the same list of labels until something changes', () => {
    const store = new DocumentStore([makeBox('a')]);
    const before = store.labels();
    expect(store.labels()).toBe(before);
    store.apply(diffOf(undefined, makeBox('b')), 'user');
    expect(store.labels()).not.toBe(before);
    expect(before.size).toBe(1);
  });

  it('tells its listeners what changed and by whom, until they stop listening', () => {
    const store = new DocumentStore();
    const heard: string[] = [];
    const stop = store.listen(({ diff, source }) => heard.push(`${source} ${[...diff.added.keys()].join()}`));
    store.apply(diffOf(undefined, makeBox('a')), 'user');
    stop();
    store.apply(diffOf(undefined, makeBox('b')), 'remote');
    expect(heard).toEqual(['user a']);
  });
});
