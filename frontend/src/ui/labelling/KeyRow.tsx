import { Button, Menu, UnstyledButton } from '@mantine/core';
import { IconBackspace, IconKeyboard, IconPlus, IconRestore } from '@tabler/icons-react';
import { useLayoutEffect, useState } from 'react';

import { isWholeKey, reservedReason, withChords, withoutChoice } from '../../core/operations/keyChoices';
import { chordOf, chordTitle } from '../../core/operations/keymap';
import type { Operation } from '../../core/operations/operation';
import type { KeyItem } from '../../core/operations/registry';
import { modifiersOf } from '../../render/views/viewInput';
import { useLabelling } from './hooks';
import { KeyList } from './Keys';
import { keepKeys, ownKeys } from './ownKeys';

interface Pressed {
  readonly chord: string;
  /** Why it can't be used at all. */
  readonly reason: string | null;
  /** Who has it now. */
  readonly holder: Operation | null;
}

/** One operation with its keys, and what one does to them. */
export function KeyRow({
  item,
  isRecording,
  onRecord,
}: {
  readonly item: KeyItem;
  readonly isRecording: boolean;
  readonly onRecord: (id: string | null) => void;
}) {
  const { editor } = useLabelling();
  const [isMore, setMore] = useState(false);
  const record = (isAnother: boolean): void => {
    setMore(isAnother);
    onRecord(item.id);
  };
  const use = (chords: readonly string[]): void => {
    keepKeys(withChords(editor.operations, ownKeys(), item.id, chords));
    onRecord(null);
  };
  return (
    <div className="help-row-frame" data-testid={`keys-${item.id}`}>
      <div className="help-row">
        <span>{item.title}</span>
        <Menu position="bottom-end" width={210} withinPortal>
          <Menu.Target>
            <UnstyledButton className="help-keys" title="Change it" data-changed={item.isChanged}>
              <span className="visually-hidden">{`${item.title}, ${item.isChanged ? 'changed' : 'as it comes'}: `}</span>
              {item.keys.length === 0 ? (
                <span className="key key-none">none</span>
              ) : (
                <KeyList keys={item.keys} />
              )}
            </UnstyledButton>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={() => record(false)}>
              Change the key
            </Menu.Item>
            <Menu.Item leftSection={<IconPlus size={16} />} onClick={() => record(true)}>
              Add another key
            </Menu.Item>
            <Menu.Item
              leftSection={<IconBackspace size={16} />}
              disabled={item.keys.length === 0}
              onClick={() => use([])}
            >
              No key
            </Menu.Item>
            <Menu.Item
              leftSection={<IconRestore size={16} />}
              disabled={!item.isChanged}
              onClick={() => restore()}
            >
              As it comes
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </div>
      {isRecording ? (
        <Recorder
          item={item}
          onUse={(chord) => use(isMore ? [...item.chords, chord] : [chord])}
          onLeave={() => onRecord(null)}
        />
      ) : null}
    </div>
  );

  /** The built-in keys again; whoever took one of them loses it. */
  function restore(): void {
    const { keys } = editor.operations.get(item.id);
    const others = withoutChoice(ownKeys(), item.id);
    keepKeys(withoutChoice(withChords(editor.operations, others, item.id, keys), item.id));
  }
}

/** Waits for a key and says who has it. */
function Recorder({
  item,
  onUse,
  onLeave,
}: {
  readonly item: KeyItem;
  readonly onUse: (chord: string) => void;
  readonly onLeave: () => void;
}) {
  const { editor } = useLabelling();
  const [pressed, setPressed] = useState<Pressed | null>(null);
  // Not after painting: a key that comes right behind the recorded one is no longer its business.
  useLayoutEffect(() => {
    const abort = new AbortController();
    // Before everything else on the page: while a key is recorded it means nothing but itself.
    const listen = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopImmediatePropagation();
        onLeave();
        return;
      }
      const isOnButton =
        event.target instanceof HTMLElement && event.target.closest('.key-recorder button') !== null;
      if (isOnButton && (event.key === 'Enter' || event.key === ' ' || event.key === 'Tab')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!isWholeKey(event.key)) return;
      const chord = chordOf({
        type: 'down',
        key: event.key,
        modifiers: modifiersOf(event),
        isRepeat: event.repeat,
      });
      const reason = reservedReason(chord);
      const found = editor.operations.holderOf(chord, item.id);
      const holder = found?.id === item.id ? null : found;
      if (reason === null && holder === null) onUse(chord);
      else setPressed({ chord, reason, holder });
    };
    window.addEventListener('keydown', listen, { capture: true, signal: abort.signal });
    return () => abort.abort();
  }, [editor, item.id, onLeave, onUse]);
  return (
    <div className="key-recorder" role="status" data-testid="key-recorder">
      <span>{sentenceOf(pressed)}</span>
      {pressed?.reason !== null || pressed.holder === null ? null : (
        <Button size="compact-xs" onClick={() => onUse(pressed.chord)} data-testid="take-key">
          Use it here
        </Button>
      )}
      <Button size="compact-xs" variant="default" onClick={onLeave}>
        Leave it
      </Button>
    </div>
  );
}

function sentenceOf(pressed: Pressed | null): string {
  if (pressed === null) return 'Press the key, alone or with Ctrl, Alt, Shift. Esc: leave it.';
  const key = chordTitle(pressed.chord);
  if (pressed.reason !== null) return `${key} can't be used. ${pressed.reason} Press another.`;
  return `${key} is the key of “${pressed.holder?.title ?? ''}”, which would lose it. Press another, or:`;
}
