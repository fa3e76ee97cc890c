import { describe, expect, it } from 'vitest';
import { diffOf } from '../../../src/core/document/diff';
import { History, type Place } from '../../../src/core/document/history';
import { labelId } from '../../../src/core/document/ids';
import { DocumentStore } from '../../../src/core/document/store';
import { makeBox } from '../fixtures';

function setUp() {
  const store = new DocumentStore([makeBox('a')]);
  let place: Place = { selection: [], timeNs: 0n };
  const history = new History(store, () => place);
  const resize = (length: number, id = 'a') => {
    store.apply(diffOf(store.get(labelId(id)), makeBox(id, { size_m: [length, 2, 1.5] })), 'user');
  };
  const length = (id = 'a') => (store.get(labelId(id)) as ReturnType<typeof makeBox> | undefined)?.size_m[0];
  const moveTo = (next: Place) => {
    place = next;
  };
  return { store, history, resize, length, moveTo };
}

describe('history', () => {
  it('makes one step of everything since a mark', () => {
    const { history, resize, length } = setUp();
    const mark = history.mark('Resize');
    resize(5);
    resize(6);
    resize(7);
    history.squashToMark(mark);
    expect(history.entries.map((entry) => entry.title)).toEqual(['Resize']);
    history.undo();
    expect(length()).toBe(4);
    history.redo();
    expect(length()).toBe(7);
  });

  it('makes no step when nothing changed in the end', () => {
    const { history, resize, store } = setUp();
    const original = store.get(labelId('a'));
    const mark = history.mark('Resize');
    resize(5);
    store.apply(diffOf(store.get(labelId('a')), original), 'user');
    history.squashToMark(mark);
    expect(history.entries).toEqual([]);
  });

  it('bails to a mark without a step to redo', () => {
    const { history, resize, length } = setUp();
    resize(5);
    const mark = history.mark('Resize');
    resize(9);
    history.bailToMark(mark);
    expect(length()).toBe(5);
    expect(history.state.get()).toEqual({ undoTitle: 'Edit', redoTitle: null });
  });

  it('forgets what could be done again when something else is done', () => {
    const { history, resize } = setUp();
    resize(5);
    history.undo();
    resize(6);
    expect(history.state.get()).toEqual({ undoTitle: 'Edit', redoTitle: null });
    expect(history.redo()).toBeNull();
  });

  it('remembers where the person was', () => {
    const { history, resize, moveTo } = setUp();
    moveTo({ selection: [labelId('a')], timeNs: 7n });
    const mark = history.mark('Resize');
    resize(5);
    moveTo({ selection: [], timeNs: 8n });
    history.squashToMark(mark);
    expect(history.undo()).toMatchObject({ before: { selection: ['a'], timeNs: 7n }, after: { timeNs: 8n } });
  });

  it('does not undo in the middle of a gesture', () => {
    const { history, resize, length } = setUp();
    resize(5);
    const mark = history.mark('Resize');
    resize(6);
    expect(history.undo()).toBeNull();
    expect(length()).toBe(6);
    history.squashToMark(mark);
    history.undo();
    expect(length()).toBe(5);
  });

  it('refuses a second gesture inside of one, and a mark that is closed', () => {
    const { history } = setUp();
    const mark = history.mark('Resize');
    expect(() => history.mark('Move')).toThrow('finish or cancel "Resize" before "Move" begins');
    history.squashToMark(mark);
    expect(() => history.bailToMark(mark)).toThrow('this mark is not open');
  });

  it('loses only those parts of its steps that others have changed since', () => {
    const { history, resize, store, length } = setUp();
    store.apply(diffOf(undefined, makeBox('b')), 'remote');
    const mark = history.mark('Resize both');
    resize(5, 'a');
    resize(6, 'b');
    history.squashToMark(mark);
    store.apply(diffOf(store.get(labelId('a')), makeBox('a', { size_m: [9, 2, 1.5] })), 'remote');
    history.undo();
    expect(length('a')).toBe(9);
    expect(length('b')).toBe(4);
  });

  it('keeps nothing of a gesture on a label that others changed during it', () => {
    const { history, resize, store, length } = setUp();
    const mark = history.mark('Resize');
    resize(5);
    store.apply(diffOf(store.get(labelId('a')), makeBox('a', { size_m: [9, 2, 1.5] })), 'remote');
    history.bailToMark(mark);
    expect(length()).toBe(9);
  });
});
