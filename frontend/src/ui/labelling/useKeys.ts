import { useEffect } from 'react';

import type { Editor } from '../../core/editor';
import { modifiersOf } from '../../render/views/viewInput';

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

/** The only listener to the keyboard: fields and open menus keep their keys, everything else goes to the editor. */
export function useKeys(editor: Editor): void {
  useEffect(() => {
    const abort = new AbortController();
    const handle = (event: KeyboardEvent): void => {
      const { isHelpOpen, isPaletteOpen } = editor.session.get();
      // Also in the moment before what was opened has the focus: fast fingers must not edit behind it.
      if (isHelpOpen || isPaletteOpen) return;
      if (event.defaultPrevented || event.isComposing || isForThePage(event)) return;
      const used = editor.key({
        type: event.type === 'keydown' ? 'down' : 'up',
        key: event.key,
        modifiers: modifiersOf(event),
        isRepeat: event.repeat,
      });
      if (used) event.preventDefault();
    };
    window.addEventListener('keydown', handle, { signal: abort.signal });
    window.addEventListener('keyup', handle, { signal: abort.signal });
    window.addEventListener('blur', () => editor.blur(), { signal: abort.signal });
    return () => abort.abort();
  }, [editor]);
}

function isForThePage(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return true;
  const isField = target.matches('input, textarea, select, [contenteditable="true"]');
  const isChord = event.ctrlKey || event.metaKey;
  if (isField) return !(isChord && (event.key === 'k' || event.key === 's'));
  // A button that has the focus by the keyboard is worked by the keyboard.
  return (
    CONTROL_KEYS.has(event.key) &&
    target.matches('button, a, [role="separator"]') &&
    target.matches(':focus-visible')
  );
}
