import { describe, expect, it } from 'vitest';

import {
  exportKeys,
  importKeys,
  keyOverridesOf,
  reservedReason,
  withChords,
  withoutChoice,
} from '../../../src/core/operations/keyChoices';
import { operation } from '../../../src/core/operations/operation';
import { OperationRegistry } from '../../../src/core/operations/registry';

const run = () => undefined;

function registryOf(): OperationRegistry {
  const registry = new OperationRegistry();
  registry.register(
    operation({ id: 'edit.undo', title: 'Undo', group: 'edit', keys: ['ctrl+z'], run }),
    operation({ id: 'edit.redo', title: 'Redo', group: 'edit', keys: ['ctrl+shift+z', 'ctrl+y'], run }),
    operation({ id: 'view.grid', title: 'Grid', group: 'view', run }),
    operation({ id: 'batch.next', title: 'Next cell', group: 'view', keys: ['ctrl+z'], mode: 'batch', run }),
  );
  return registry;
}

const pressed = (key: string, ctrl = false) =>
  ({ type: 'down', key, modifiers: { ctrl, alt: false, shift: false }, isRepeat: false }) as const;

describe("keys of a person's own", () => {
  it('take the place of the built-in ones', () => {
    const registry = registryOf();
    registry.setKeys(withChords(registry, {}, 'edit.undo', ['u']));
    expect(registry.forKey(pressed('u'))?.id).toBe('edit.undo');
    expect(registry.forKey(pressed('z', true))).toBeNull();
    expect(registry.help().find(({ id }) => id === 'edit.undo')).toMatchObject({
      keys: ['U'],
      isChanged: true,
    });
  });

  it('take a key from whoever had it, who keeps the others', () => {
    const registry = registryOf();
    expect(registry.holderOf('ctrl+y', 'view.grid')?.title).toBe('Redo');
    const keys = withChords(registry, {}, 'view.grid', ['ctrl+y']);
    expect(keys).toEqual({ 'view.grid': ['ctrl+y'], 'edit.redo': ['ctrl+shift+z'] });
    registry.setKeys(keys);
    expect(registry.keysOf('edit.redo')).toEqual(['ctrl+shift+z']);
  });

  it('may be the same in another mode', () => {
    const registry = registryOf();
    expect(registry.holderOf('ctrl+z', 'batch.next')?.id).toBe('batch.next');
    expect(registry.holderOf('ctrl+z', 'view.grid')?.id).toBe('edit.undo');
  });

  it('are forgotten one by one, and when they say what is built in', () => {
    const registry = registryOf();
    const keys = withChords(registry, {}, 'edit.undo', ['u']);
    expect(withoutChoice(keys, 'edit.undo')).toEqual({});
    registry.setKeys(keys);
    expect(withChords(registry, keys, 'edit.undo', ['ctrl+z'])).toEqual({});
  });

  it('may be none', () => {
    const registry = registryOf();
    registry.setKeys(withChords(registry, {}, 'edit.undo', []));
    expect(registry.keysOf('edit.undo')).toEqual([]);
  });

  it('that contradict each other break nothing: the first has the key', () => {
    const registry = registryOf();
    registry.setKeys({ 'view.grid': ['g'], 'edit.undo': ['g'] });
    expect(registry.keysOf('edit.undo')).toEqual(['g']);
    expect(registry.keysOf('view.grid')).toEqual([]);
  });

  it('that a browser needs itself are refused with a sentence', () => {
    expect(reservedReason('ctrl+w')).toBe('The browser closes the tab with it.');
    expect(reservedReason('ctrl+e')).toBeNull();
  });
});

describe('an ontology that wants a key which is taken', () => {
  it('does not get it, and everything else works', () => {
    const registry = registryOf();
    registry.register(
      operation({ id: 'class.car', title: 'Class: Car', group: 'class', keys: ['k'], run }),
      operation({ id: 'class.bus', title: 'Class: Bus', group: 'class', keys: ['ctrl+z'], run }),
      operation({ id: 'label.key', title: 'Set a keyframe', group: 'label', keys: ['k'], run }),
    );
    expect(registry.keysOf('label.key')).toEqual(['k']);
    expect(registry.keysOf('class.car')).toEqual([]);
    expect(registry.keysOf('class.bus')).toEqual([]);
    expect(registry.forKey(pressed('k'))?.id).toBe('label.key');
  });

  it('and two built-in operations that want the same are a mistake', () => {
    const twice = operation({ id: 'view.twice', title: 'Twice', group: 'view', keys: ['ctrl+y'], run });
    expect(() => registryOf().register(twice)).toThrow(
      'the key Ctrl+Y is wanted by edit.redo and by view.twice',
    );
  });
});

describe('a file of keys', () => {
  it('comes in as it went out', () => {
    const registry = registryOf();
    const keys = { 'edit.undo': ['u', 'ctrl+e'], 'view.grid': ['g'] };
    expect(importKeys(exportKeys(keys), registry)).toEqual({ kind: 'keys', keys, notes: [] });
  });

  it('keeps operations of other screens, and says so', () => {
    const found = importKeys(exportKeys({ 'class.tram': ['9'] }), registryOf());
    expect(found).toEqual({
      kind: 'keys',
      keys: { 'class.tram': ['9'] },
      notes: ['class.tram is not an operation of this screen; its keys are kept for where it is.'],
    });
  });

  it.each([
    ['{', 'The file is not JSON.'],
    ['[]', 'format: expected "labelapp-keys/1", found [].'],
    ['{"format": "other/1"}', 'format: expected "labelapp-keys/1", found "other/1".'],
    ['{"format": "labelapp-keys/1"}', 'keys: expected an object of chords by operation, found nothing.'],
    [
      '{"format": "labelapp-keys/1", "keys": {"edit.undo": "z"}}',
      'keys.edit.undo: expected a list of chords such as "ctrl+z", found "z".',
    ],
    [
      '{"format": "labelapp-keys/1", "keys": {"edit.undo": ["F5"]}}',
      "keys.edit.undo: F5 can't be used. The browser loads the page anew with it.",
    ],
    [
      '{"format": "labelapp-keys/1", "keys": {"edit.undo": ["u"], "view.grid": ["u"]}}',
      'keys.view.grid: U is given to edit.undo as well.',
    ],
  ])('that is wrong is refused with a sentence: %s', (text, sentence) => {
    expect(importKeys(text, registryOf())).toEqual({ kind: 'wrong', sentence });
  });

  it('that was kept by another version is taken as far as it is chords', () => {
    expect(keyOverridesOf({ a: ['x'], b: 'y', c: [1], d: [], e: [''] })).toEqual({ a: ['x'], d: [] });
  });
});
