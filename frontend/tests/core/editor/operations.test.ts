import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import { yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { chordOf, chordTitle } from '../../../src/core/operations/keymap';
import { operation } from '../../../src/core/operations/operation';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';

function reasonOf(t: TestEditor, id: string): string | null {
  return t.editor.operations.item(id, t.editor).disabledReason;
}

describe('operations', () => {
  it('say why they are disabled, and do nothing then', () => {
    const t = new TestEditor([makeBox('a')]);
    expect(reasonOf(t, 'label.delete')).toBe('Select a label first.');
    expect(reasonOf(t, 'keyframe.set')).toBe('Select one box first.');
    expect(reasonOf(t, 'edit.undo')).toBe('There is nothing to undo.');
    t.key('Delete');
    expect(t.ids).toEqual(['a']);
    t.select('a');
    expect(reasonOf(t, 'label.delete')).toBeNull();
    expect(reasonOf(t, 'keyframe.set')).toBe('There is a keyframe at this time already.');
    expect(reasonOf(t, 'keyframe.delete')).toBe('A box needs one keyframe: delete the label instead.');
    t.editor.session.set({ locked: new Set([labelId('a')]) });
    expect(reasonOf(t, 'label.delete')).toBe('This label is locked.');
  });

  it('of a static box say that it has one pose', () => {
    const t = new TestEditor([makeBox('a', { static: true })]).select('a');
    expect(reasonOf(t, 'keyframe.set')).toBe('This box is static: it has one pose for all times.');
  });

  it('have a title and a sentence or nothing as the reason, whatever is selected', () => {
    for (const selection of [[], ['a'], ['a', 'b']]) {
      const t = new TestEditor([makeBox('a'), makeBox('b', { static: true })]).select(...selection);
      for (const item of t.editor.operations.items(t.editor)) {
        expect(item.title).toMatch(/^[A-Z]/);
        if (item.disabledReason !== null) expect(item.disabledReason).toMatch(/^[A-Z].*\.$/);
      }
    }
  });

  it('are all listed in the help, with their keys', () => {
    const t = new TestEditor();
    const help = t.editor.operations.help();
    expect(help.find((item) => item.id === 'edit.redo')?.keys).toEqual(['Ctrl+Shift+Z', 'Ctrl+Y']);
    expect(help.map((item) => item.id)).toContain('class.car');
    t.key('?');
    expect(t.editor.session.get().isHelpOpen).toBe(true);
  });

  it('can be given other keys, and take one from another operation', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.editor.operations.setKeys({ 'label.delete': ['x'] });
    t.key('Delete');
    expect(t.ids).toEqual(['a']);
    t.editor.operations.setKeys({ 'label.delete': ['b'] });
    t.key('b');
    expect(t.ids).toEqual([]);
    expect(t.editor.session.get().toolId).toBe('select');
    expect(t.editor.operations.keysOf('tool.box')).toEqual([]);
    t.editor.operations.setKeys({});
    t.key('b');
    expect(t.editor.session.get().toolId).toBe('box');
  });

  it('can be added by the screen, and taken away again', () => {
    const t = new TestEditor();
    let runs = 0;
    const remove = t.editor.operations.register(
      operation({ id: 'view.top', title: 'Top view', group: 'view', keys: ['7'], run: () => (runs += 1) }),
    );
    t.key('7');
    remove();
    t.key('7');
    expect(runs).toBe(1);
  });

  it('run once for a key that is held down, unless they repeat', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    const held = {
      type: 'down',
      modifiers: { shift: false, ctrl: false, alt: false },
      isRepeat: true,
    } as const;
    t.editor.key({ ...held, key: 't' });
    expect(t.steps).toEqual([]);
    t.editor.key({ ...held, key: 'w' });
    expect(t.steps).toEqual(['Move forward']);
  });

  it('leave keys alone that nobody wants', () => {
    expect(new TestEditor().key('ö')).toBe(false);
  });
});

describe('keys', () => {
  it('are named by their modifiers in one order', () => {
    const modifiers = { shift: true, ctrl: true, alt: true };
    expect(chordOf({ type: 'down', key: 'Z', modifiers, isRepeat: false })).toBe('ctrl+alt+shift+z');
    const shift = { shift: true, ctrl: false, alt: false };
    expect(chordOf({ type: 'down', key: '?', modifiers: shift, isRepeat: false })).toBe('?');
    expect(chordOf({ type: 'down', key: ' ', modifiers: shift, isRepeat: false })).toBe('shift+Space');
    expect(chordTitle('ctrl+shift+ArrowLeft')).toBe('Ctrl+Shift+←');
  });
});

describe('the selected box by keys', () => {
  it('moves along its heading, turns, and grows', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.key('w');
    t.key('a', { alt: true });
    t.key('PageUp');
    t.key('q');
    t.key('W', { shift: true });
    const state = t.state('a');
    expect(yawOf(state.quat_xyzw)).toBeCloseTo(Math.PI / 180);
    expect(state.size_m[0]).toBeCloseTo(4.1);
    expect(state.position_m[1]).toBeCloseTo(0.02, 2);
    expect(state.position_m[2]).toBeCloseTo(0.85);
    expect(t.steps).toEqual([
      'Move forward',
      'Move left a little',
      'Move up',
      'Turn left',
      'Longer, rear kept',
    ]);
  });

  it('gets its class by its number, and the next box as well', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.key('2');
    expect(t.box('a').class).toBe('pedestrian');
    expect(t.editor.session.get().activeClass).toBe('pedestrian');
  });

  it('is flipped, made static, copied and deleted', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.key('t');
    t.key('p');
    expect(t.box('a').static).toBe(true);
    t.key('d', { ctrl: true });
    expect(t.selection).toEqual(['new-1']);
    t.key('Delete');
    expect(t.ids).toEqual(['a']);
    expect(t.selection).toEqual([]);
    for (let i = 0; i < 4; i += 1) t.key('z', { ctrl: true });
    expect(t.box('a')).toEqual(makeBox('a'));
  });

  it('begins, goes away, comes back and ends where it is told to', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.at(tick(8)).key('k');
    t.at(tick(3)).key('g');
    t.at(tick(5)).key('G', { shift: true });
    t.at(tick(1)).key('[');
    t.at(tick(9)).key(']');
    const exists = Array.from({ length: 11 }, (_, i) => trackOf(t.box('a')).existsAt(tick(i)));
    expect(exists).toEqual([false, true, true, true, false, true, true, true, true, true, false]);
  });
});

describe('undo', () => {
  it('brings back the time and the selection of the change', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b')]).select('a').at(tick(4));
    t.key('w');
    t.select('b').at(tick(9)).key('z', { ctrl: true });
    expect(t.selection).toEqual(['a']);
    expect(t.editor.session.get().timeNs).toBe(tick(4));
    expect(t.editor.note.get()).toEqual({ kind: 'undo', title: 'Move forward' });
    t.select().at(tick(0)).key('y', { ctrl: true });
    expect(t.selection).toEqual(['a']);
    expect(t.editor.session.get().timeNs).toBe(tick(4));
  });
});

describe('time', () => {
  it('goes from tick to tick and stops at the ends', () => {
    const t = new TestEditor();
    t.key('ArrowRight');
    t.key('ArrowRight');
    expect(t.editor.session.get().timeNs).toBe(tick(2));
    t.key('ArrowLeft', { shift: true });
    expect(t.editor.session.get().timeNs).toBe(tick(0));
    t.key('End');
    t.key('ArrowRight');
    expect(t.editor.session.get().timeNs).toBe(tick(10));
  });

  it('steps to the neighbouring tick from between two', () => {
    const t = new TestEditor().at(tick(3) + 20_000_000n);
    t.key('ArrowRight');
    expect(t.editor.session.get().timeNs).toBe(tick(4));
    t.at(tick(3) + 80_000_000n).key('ArrowRight');
    expect(t.editor.session.get().timeNs).toBe(tick(4));
    t.at(tick(3) + 20_000_000n).key('ArrowLeft');
    expect(t.editor.session.get().timeNs).toBe(tick(3));
  });

  it('plays at real speed, to the end, and from the start again', () => {
    const t = new TestEditor();
    t.key(' ');
    t.editor.advance(250);
    expect(t.editor.session.get().timeNs).toBe(tick(0) + 250_000_000n);
    t.editor.advance(5000);
    expect(t.editor.session.get()).toMatchObject({ timeNs: tick(10), isPlaying: false });
    t.key(' ');
    expect(t.editor.session.get()).toMatchObject({ timeNs: tick(0), isPlaying: true });
  });

  it('jumps between the keyframes of the selected box', () => {
    const t = new TestEditor([makeBox('a')]).select('a').at(tick(6));
    t.key('k');
    t.at(tick(2)).key('.');
    expect(t.editor.session.get().timeNs).toBe(tick(6));
    t.key(',');
    expect(t.editor.session.get().timeNs).toBe(tick(0));
  });
});

describe('choosing by keys', () => {
  it('goes round the labels, past hidden ones', () => {
    const t = new TestEditor([makeBox('a'), makeBox('b'), makeBox('c')]);
    t.editor.session.set({ hidden: new Set([labelId('b')]) });
    t.key('n');
    t.key('n');
    expect(t.selection).toEqual(['c']);
    t.key('n');
    expect(t.selection).toEqual(['a']);
    t.key('N', { shift: true });
    expect(t.selection).toEqual(['c']);
  });

  it('hides, shows, locks and unlocks', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.key('h');
    t.key('l');
    expect([...t.editor.session.get().hidden, ...t.editor.session.get().locked]).toEqual(['a', 'a']);
    t.key('h');
    t.key('l');
    expect(t.editor.session.get().hidden.size + t.editor.session.get().locked.size).toBe(0);
  });

  it('lets go with Escape, and leaves a tool with it', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    t.key('b');
    t.key('Escape');
    t.expectToBeIn('select.idle');
    expect(t.selection).toEqual(['a']);
    t.key('Escape');
    expect(t.selection).toEqual([]);
  });
});
