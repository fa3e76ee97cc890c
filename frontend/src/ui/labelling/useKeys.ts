import { useEffect } from 'react';

import type { KeyInput } from '../../core/tools/input';
import { modifiersOf } from '../../render/views/viewInput';
import type { Labelling } from './labelling';

/** Keys that a focused control of the page needs for itself. */
const CONTROL_KEYS = new Set([
  'Tab',
  'Enter',
  ' ',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'Home',
  'End',
]);

/** What is closed by Esc before anything else is. */
const OPENED = '[role="dialog"]:not(.tour-card), [role="menu"], [role="listbox"]';

/** What the screen opens itself and knows to be closed while it still fades away with the focus in it. */
const OWN = '.help-dialog, .palette-dialog';

/** Fields that no text goes into. */
const CHOICES = '[type="radio"], [type="checkbox"]';

/** The only listener to the keyboard: fields and open menus keep their keys, everything else goes to the editor. */
export function useKeys(labelling: Labelling): void {
  useEffect(() => {
    const { editor, notice, stage } = labelling;
    const { flight } = stage.world;
    const abort = new AbortController();
    const handle = (event: KeyboardEvent): void => {
      const { isHelpOpen, isPaletteOpen } = editor.session.get();
      // Also in the moment before what was opened has the focus: fast fingers must not edit behind it.
      if (isHelpOpen || isPaletteOpen) return;
      if (event.defaultPrevented || event.isComposing || isForThePage(event)) return;
      const isChord = event.ctrlKey || event.altKey || event.metaKey;
      // While flying a few keys fly; a key that was pressed before is let go in any case.
      if ((!isChord || event.type === 'keyup') && flight.key(event.code, event.type === 'keydown')) {
        event.preventDefault();
        return;
      }
      const input: KeyInput = {
        type: event.type === 'keydown' ? 'down' : 'up',
        key: event.key,
        modifiers: modifiersOf(event),
        isRepeat: event.repeat,
      };
      const reason = editor.operations.forKey(input)?.disabledReason(editor) ?? null;
      const used = editor.key(input);
      if (used && reason !== null) notice.set({ words: reason });
      if (used) event.preventDefault();
    };
    // A tooltip that is open would take this key for itself; what was opened over the screen may.
    const escape = (event: KeyboardEvent): void => {
      if (event.code !== 'Escape' || isOpened()) return;
      handle(event);
      if (event.defaultPrevented) event.stopPropagation();
    };
    window.addEventListener('keydown', escape, { signal: abort.signal, capture: true });
    window.addEventListener('keydown', handle, { signal: abort.signal });
    window.addEventListener('keyup', handle, { signal: abort.signal });
    // A choice that was made with the mouse leaves the keyboard to the screen.
    let isByMouse = false;
    const chosen = ({ target }: Event): void => {
      if (isByMouse && target instanceof HTMLInputElement && target.matches(CHOICES)) target.blur();
    };
    const byMouse = (event: Event): void => {
      isByMouse = event.type === 'pointerdown';
    };
    for (const type of ['pointerdown', 'keydown'])
      window.addEventListener(type, byMouse, { signal: abort.signal, capture: true });
    window.addEventListener('change', chosen, { signal: abort.signal });
    window.addEventListener(
      'blur',
      () => {
        flight.releaseKeys();
        editor.blur();
      },
      { signal: abort.signal },
    );
    return () => abort.abort();
  }, [labelling]);
}

function isOpened(): boolean {
  return [...document.querySelectorAll(OPENED)].some((found) => found.checkVisibility());
}

function isForThePage(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  // Of the screen's own dialogs none is open here: a key that comes while one fades away is for the screen.
  if (target.closest(OWN) !== null) return false;
  if (target.closest(OPENED) !== null) return true;
  const isField = target.matches(`input:not(${CHOICES}), textarea, select, [contenteditable="true"]`);
  const isChord = event.ctrlKey || event.metaKey;
  if (isField) return !(isChord && (event.key === 'k' || event.key === 's'));
  // A button that has the focus by the keyboard is worked by the keyboard.
  return (
    CONTROL_KEYS.has(event.key) &&
    target.matches(`button, a, [role="separator"], ${CHOICES}`) &&
    target.matches(':focus-visible')
  );
}
