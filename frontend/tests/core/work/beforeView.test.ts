import { describe, expect, it } from 'vitest';

import { labelId } from '../../../src/core/document/ids';
import { DocumentStore } from '../../../src/core/document/store';
import { diffOf } from '../../../src/core/document/diff';
import { Session } from '../../../src/core/session/session';
import { BeforeView } from '../../../src/core/work/beforeView';
import { visibleBoxes } from '../../../src/render/shownBoxes';
import { makeBox, tick } from '../fixtures';

function setUp() {
  const document = new DocumentStore([
    makeBox('same'),
    makeBox('changed', { size_m: [5, 2, 1.5] }),
    makeBox('new'),
  ]);
  const session = new Session({ timeNs: tick(0) });
  const view = new BeforeView({ session, document });
  view.setChanges([
    { labelId: labelId('changed'), before: makeBox('changed') },
    { labelId: labelId('gone'), before: makeBox('gone', { size_m: [7, 2, 1.5] }) },
    { labelId: labelId('new'), before: null },
  ]);
  const seen = (): [string, number, boolean][] =>
    visibleBoxes(document.labels(), session.get(), tick(0), () => '#ffffff').map((box) => [
      box.labelId,
      box.state.size_m[0],
      box.isProposed,
    ]);
  return { document, session, view, seen };
}

const NOW = [
  ['same', 4, false],
  ['changed', 5, false],
  ['new', 4, false],
];
const GHOSTS = [
  ['changed', 4, true],
  ['gone', 7, true],
];

describe('what changed, as it was', () => {
  it('stands beside the present, or in its place, where it was drawn', () => {
    const { view, seen } = setUp();
    expect(seen()).toEqual(NOW);
    view.set('both');
    expect(seen()).toEqual([...NOW, ...GHOSTS]);
    view.set('before');
    expect(seen()).toEqual([['same', 4, false], ...GHOSTS]);
    view.set('now');
    expect(seen()).toEqual(NOW);
  });

  it('is flipped to and away from, back to how the present was shown', () => {
    const { view } = setUp();
    view.flip();
    expect(view.mode.get()).toBe('before');
    view.flip();
    expect(view.mode.get()).toBe('now');
    view.set('both');
    view.flip();
    view.flip();
    expect(view.mode.get()).toBe('both');
  });

  it('lets nobody change what isn’t drawn: a change brings the present back', () => {
    const { document, view, seen } = setUp();
    view.set('before');
    const [was, is] = [document.get(labelId('changed')), makeBox('changed', { size_m: [6, 2, 1.5] })];
    document.apply(diffOf(was, is), 'user');
    expect(view.mode.get()).toBe('both');
    expect(seen()).toContainEqual(['changed', 6, false]);
  });

  it('goes when there is nothing to compare with any more', () => {
    const { view, seen } = setUp();
    view.set('before');
    view.setChanges([]);
    expect(view.mode.get()).toBe('now');
    expect(seen()).toEqual(NOW);
    view.flip();
    expect(view.mode.get()).toBe('now');
  });

  it('leaves the ghosts alone that others show while it shows none', () => {
    const { session, view } = setUp();
    const theirs = [makeBox('theirs')];
    session.set({ ghosts: theirs });
    view.setChanges([]);
    expect(session.get().ghosts).toBe(theirs);
  });
});
