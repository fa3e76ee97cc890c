import { useEffect, useState } from 'react';

import { useLabelling, useLabels, useReadable } from './hooks';

/** How long a word stays. */
const WORD_MS = 2500;

/** Over the view: what the tool in hand wants next, what an undo undid, why a key did nothing. */
export function Hud() {
  const { editor, stage } = useLabelling();
  const tool = useReadable(editor.tool);
  const flight = useReadable(stage.world.flight.state);
  const word = useLastWord();
  // Who has labels knows how to select them.
  const count = useLabels().size;
  const words = tool.isHint && count > 0 ? '' : tool.prompt;
  return (
    <>
      {flight === null ? null : <FlightHint speed_mps={flight.speed_mps} />}
      {words === '' || flight !== null ? null : (
        <p className="hud hud-prompt" data-testid="prompt">
          {words}
        </p>
      )}
      <p className="hud hud-note" role="status" data-testid="history-note">
        {word}
      </p>
    </>
  );
}

const FLIGHT_KEYS = [
  ['W A S D', 'go'],
  ['E Q', 'up, down'],
  ['Shift', 'fast'],
  ['Mouse', 'look'],
  ['Wheel', 'speed'],
  ['Esc', 'end'],
] as const;

/** What the keys do while flying, and how fast one flies. */
function FlightHint({ speed_mps }: { readonly speed_mps: number }) {
  return (
    <p className="hud hud-flight" data-testid="flight">
      {FLIGHT_KEYS.map(([key, words]) => (
        <span key={key}>
          <kbd className="key">{key}</kbd> {words}
        </span>
      ))}
      <b>{speed_mps.toFixed(speed_mps < 10 ? 1 : 0)} m/s</b>
    </p>
  );
}

/** The last word, for a while. */
function useLastWord(): string | null {
  const { editor, notice } = useLabelling();
  const [word, setWord] = useState<string | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const say = (words: string): void => {
      setWord(words);
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => setWord(null), WORD_MS);
    };
    const stops = [
      editor.note.subscribe(() => {
        const note = editor.note.get();
        if (note !== null) say(`${note.kind === 'undo' ? 'Undone' : 'Redone'}: ${note.title}`);
      }),
      notice.subscribe(() => {
        const last = notice.get();
        if (last !== null) say(last.words);
      }),
    ];
    return () => {
      for (const stop of stops) stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [editor, notice]);
  return word;
}
