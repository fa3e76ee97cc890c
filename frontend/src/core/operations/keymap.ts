import type { KeyInput } from '../tools/input';

/**
 * The chord of a key press: modifiers in the order ctrl, alt, shift, then the key; letters small. Shift is named only
 * for keys that it doesn't change itself: `shift+k`, but `?`.
 */
export function chordOf(input: KeyInput): string {
  const isLetter = /^[a-z]$/i.test(input.key);
  const key = input.key === ' ' ? 'Space' : isLetter ? input.key.toLowerCase() : input.key;
  const namesShift = isLetter || key.length > 1;
  const parts = [
    input.modifiers.ctrl ? 'ctrl' : '',
    input.modifiers.alt ? 'alt' : '',
    input.modifiers.shift && namesShift ? 'shift' : '',
    key,
  ];
  return parts.filter((part) => part !== '').join('+');
}

const NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  alt: 'Alt',
  shift: 'Shift',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  PageUp: 'Page up',
  PageDown: 'Page down',
  Escape: 'Esc',
  Delete: 'Del',
};

/** A chord for people: `ctrl+shift+z` is "Ctrl+Shift+Z". */
export function chordTitle(chord: string): string {
  const parts = chord === '+' ? ['+'] : chord.split('+');
  return parts.map((part) => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join('+');
}
