import type { Editor } from '../../core/editor';
import { formatClipTime } from '../format';
import { type PaletteEntry, timeTyped } from './paletteSearch';

/** The time that was typed, as something to go to. */
export function timeEntries(editor: Editor, typed: string): PaletteEntry[] {
  const wish = timeTyped(typed);
  if (wish === null) return [];
  const { startNs, endNs, ticksNs } = editor.clip;
  if (wish.kind === 'tick') {
    const timeNs = ticksNs[wish.tick - 1];
    return timeNs === undefined
      ? [outside(`There are ticks 1 to ${ticksNs.length}.`, `Go to tick ${wish.tick}`)]
      : [entry(`Go to tick ${wish.tick}`, timeNs)];
  }
  const timeNs = startNs + BigInt(Math.round(wish.seconds * 1e9));
  const title = `Go to ${formatClipTime(timeNs, startNs)}`;
  return timeNs > endNs
    ? [outside(`The clip ends at ${formatClipTime(endNs, startNs)}.`, title)]
    : [entry(title, timeNs)];

  function entry(name: string, to: bigint): PaletteEntry {
    return {
      id: 'time',
      title: name,
      description: `Time: ${formatClipTime(to, startNs)} after the clip's start`,
      keys: [],
      isDisabled: false,
      run: () => editor.session.set({ timeNs: to, isPlaying: false }),
    };
  }
}

function outside(description: string, title: string): PaletteEntry {
  return { id: 'time', title, description, keys: [], isDisabled: true, run: () => undefined };
}
