import { describe, expect, it } from 'vitest';

import { chosen, type PaletteEntry, searched, timeTyped } from '../../src/ui/labelling/paletteSearch';

const entry = (title: string, more: Partial<PaletteEntry> = {}): PaletteEntry => ({
  id: title,
  title,
  description: '',
  keys: [],
  isDisabled: false,
  run: () => undefined,
  ...more,
});
const ENTRIES = [
  entry('Delete the keyframe here', { keys: ['Shift+K'] }),
  entry('Delete the label', { keys: ['Del'] }),
  entry('Set a keyframe', { keys: ['K'] }),
  entry('Follow the object', { isDisabled: true }),
  entry('Follow the ego'),
  entry('Class: Cyclist', { words: 'bicycle rider' }),
];
const found = (typed: string, recent: readonly string[] = []) =>
  searched(ENTRIES, typed, recent).map((item) => item.title);

describe('the palette', () => {
  it('finds by parts of words in any order', () => {
    expect(found('del key')).toEqual(['Delete the keyframe here']);
    expect(found('keyframe delete')).toEqual(['Delete the keyframe here']);
    expect(found('label')).toEqual(['Delete the label']);
  });

  it('forgives a slip of the finger', () => {
    expect(found('keyfrme')).toContain('Set a keyframe');
    expect(found('deletr')).toContain('Delete the label');
    expect(found('set kye')).toEqual(['Set a keyframe']);
    expect(found('folow the')).toContain('Follow the ego');
    expect(found('egi')).toEqual(['Follow the ego']);
  });

  it('finds by key and by further words', () => {
    expect(found('shift+k')).toEqual(['Delete the keyframe here']);
    expect(found('rider')).toEqual(['Class: Cyclist']);
  });

  it('shows what can be done before what cannot', () => {
    expect(found('follow')).toEqual(['Follow the ego', 'Follow the object']);
  });

  it('shows what was chosen lately first when nothing is typed, and everything', () => {
    const titles = found('', ['Follow the ego', 'gone', 'Set a keyframe']);
    expect(titles.slice(0, 2)).toEqual(['Follow the ego', 'Set a keyframe']);
    expect([...titles].sort()).toEqual(ENTRIES.map((item) => item.title).sort());
  });

  it('finds nothing in nonsense', () => {
    expect(found('qqqq')).toEqual([]);
    expect(found('((([')).toEqual([]);
  });

  it('remembers eight choices, each once, newest first', () => {
    let recent: readonly string[] = [];
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'c']) recent = chosen(recent, id);
    expect(recent).toEqual(['c', 'i', 'h', 'g', 'f', 'e', 'd', 'b']);
  });
});

describe('a time that is typed', () => {
  it.each([
    ['12.4', 12.4],
    ['12,4 s', 12.4],
    ['go to 12.4 s', 12.4],
    ['to 3', 3],
    ['.5', 0.5],
    ['1:02.5', 62.5],
  ])('%s is understood', (typed, seconds) => {
    expect(timeTyped(typed)).toEqual({ kind: 'seconds', seconds });
  });

  it.each(['tick 30', 'go to frame 30', '#30'])('%s is a tick', (typed) => {
    expect(timeTyped(typed)).toEqual({ kind: 'tick', tick: 30 });
  });

  it.each(['', 'car', 'go to', '1.2.3', 'tick', '12 m', 's'])('%s is none', (typed) => {
    expect(timeTyped(typed)).toBeNull();
  });
});
