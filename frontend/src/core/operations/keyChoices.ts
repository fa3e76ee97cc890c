import { isJsonObject, type Json, type JsonObject } from '../preferences/json';
import { chordTitle } from './keymap';
import type { KeyOverrides, OperationRegistry } from './registry';

export const KEYS_FORMAT = 'labelapp-keys/1';
const LONGEST_CHORD = 64;

/** What browsers keep for themselves: a page never hears of it, or should not take it away. */
const RESERVED: Readonly<Record<string, string>> = {
  Escape: 'Esc takes back what is under way; it has this one meaning.',
  Tab: 'Tab moves the focus.',
  'shift+Tab': 'Shift+Tab moves the focus.',
  'ctrl+t': 'The browser opens a tab with it.',
  'ctrl+n': 'The browser opens a window with it.',
  'ctrl+w': 'The browser closes the tab with it.',
  'ctrl+shift+t': 'The browser opens the last tab with it.',
  'ctrl+shift+n': 'The browser opens a window with it.',
  'ctrl+shift+w': 'The browser closes the window with it.',
  'ctrl+r': 'The browser loads the page anew with it.',
  'ctrl+l': 'The browser goes to its address with it.',
  'ctrl+Tab': 'The browser changes the tab with it.',
  'alt+F4': 'The system closes the window with it.',
  F5: 'The browser loads the page anew with it.',
  F11: 'The browser fills the screen with it.',
  F12: 'The browser opens its tools with it.',
};
const MODIFIERS = new Set([
  'Control',
  'Shift',
  'Alt',
  'AltGraph',
  'Meta',
  'CapsLock',
  'Fn',
  'Dead',
  'Unidentified',
]);

/** False for a key that only goes with others. */
export function isWholeKey(key: string): boolean {
  return !MODIFIERS.has(key);
}

/** Why a chord can't be an operation's, in a sentence, or null. */
export function reservedReason(chord: string): string | null {
  return RESERVED[chord] ?? null;
}

/** The chords that a person chose, as far as what was kept is chords; see `docs/api.md`, `keys`. */
export function keyOverridesOf(kept: JsonObject): KeyOverrides {
  const overrides: Record<string, readonly string[]> = {};
  for (const [id, chords] of Object.entries(kept)) {
    if (isChords(chords)) overrides[id] = chords;
  }
  return overrides;
}

/** The choices with these chords for an operation; whoever had one of them loses it. */
export function withChords(
  registry: OperationRegistry,
  overrides: KeyOverrides,
  id: string,
  chords: readonly string[],
): KeyOverrides {
  const next: Record<string, readonly string[]> = { ...overrides };
  for (const chord of chords) {
    const holder = registry.holderOf(chord, id);
    if (holder === null || holder.id === id) continue;
    next[holder.id] = (next[holder.id] ?? registry.keysOf(holder.id)).filter((other) => other !== chord);
  }
  next[id] = [...new Set(chords)];
  return trimmed(registry, next);
}

/** The choices without that of one operation: it has its built-in keys again, those that others took excepted. */
export function withoutChoice(overrides: KeyOverrides, id: string): KeyOverrides {
  const { [id]: _, ...others } = overrides;
  return others;
}

/** A file with a person's keys. */
export function exportKeys(overrides: KeyOverrides): string {
  return `${JSON.stringify({ format: KEYS_FORMAT, keys: overrides }, null, 2)}\n`;
}

export type ImportedKeys =
  | { readonly kind: 'keys'; readonly keys: KeyOverrides; readonly notes: readonly string[] }
  | { readonly kind: 'wrong'; readonly sentence: string };

/** The keys in a file. Operations that are not known here stay (another project's classes), with a note. */
export function importKeys(text: string, registry: OperationRegistry): ImportedKeys {
  const value = parsed(text);
  if (value === undefined) return wrong('The file is not JSON.');
  if (!isJsonObject(value) || value['format'] !== KEYS_FORMAT) {
    return wrong(
      `format: expected "${KEYS_FORMAT}", found ${shown(isJsonObject(value) ? value['format'] : value)}.`,
    );
  }
  const { keys } = value;
  if (!isJsonObject(keys))
    return wrong(`keys: expected an object of chords by operation, found ${shown(keys)}.`);
  const modes = new Map(registry.help().map(({ id }) => [id, registry.get(id).mode ?? '']));
  const taken = new Map<string, string>();
  const notes: string[] = [];
  for (const [id, chords] of Object.entries(keys)) {
    if (!isChords(chords))
      return wrong(`keys.${id}: expected a list of chords such as "ctrl+z", found ${shown(chords)}.`);
    for (const chord of chords) {
      const reason = reservedReason(chord);
      if (reason !== null) return wrong(`keys.${id}: ${chordTitle(chord)} can't be used. ${reason}`);
      const place = `${modes.get(id) ?? ''} ${chord}`;
      const other = taken.get(place);
      if (other !== undefined) return wrong(`keys.${id}: ${chordTitle(chord)} is given to ${other} as well.`);
      taken.set(place, id);
    }
    if (!modes.has(id))
      notes.push(`${id} is not an operation of this screen; its keys are kept for where it is.`);
  }
  return { kind: 'keys', keys: trimmed(registry, keyOverridesOf(keys)), notes };
}

/** Without the choices that say what is built in anyway. */
function trimmed(registry: OperationRegistry, overrides: KeyOverrides): KeyOverrides {
  const builtIn = new Map(registry.help().map(({ id }) => [id, registry.get(id).keys]));
  return Object.fromEntries(
    Object.entries(overrides).filter(([id, chords]) => {
      const usual = builtIn.get(id);
      return usual?.length !== chords.length || usual.some((chord, index) => chord !== chords[index]);
    }),
  );
}

function isChords(value: Json | undefined): value is readonly string[] {
  return (
    Array.isArray(value) &&
    value.every((chord) => typeof chord === 'string' && chord !== '' && chord.length <= LONGEST_CHORD)
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json; // JSON is what JSON.parse gives.
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function shown(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
}

function wrong(sentence: string): ImportedKeys {
  return { kind: 'wrong', sentence };
}
