import { useEffect, useState } from 'react';

import { useLabelling, useLabels, useReadable } from './hooks';

/** How long the word of an undo stays. */
const NOTE_MS = 2500;

/** Over the view: what the tool in hand wants next, and what an undo undid. */
export function Hud() {
  const { editor } = useLabelling();
  const tool = useReadable(editor.tool);
  const note = useReadable(editor.note);
  const [isFresh, setIsFresh] = useState(false);
  useEffect(() => {
    if (note === null) return undefined;
    setIsFresh(true);
    const timer = setTimeout(() => setIsFresh(false), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);
  // Who has labels knows how to select them.
  const count = useLabels().size;
  const isKnown = tool.path === 'select.idle' && count > 0;
  const words =
    note !== null && isFresh ? `${note.kind === 'undo' ? 'Undone' : 'Redone'}: ${note.title}` : null;
  return (
    <>
      {tool.prompt === '' || isKnown ? null : (
        <p className="hud hud-prompt" data-testid="prompt">
          {tool.prompt}
        </p>
      )}
      <p className="hud hud-note" role="status" data-testid="history-note">
        {words}
      </p>
    </>
  );
}
