import { Alert, Button, FileButton, Group, Modal, TextInput } from '@mantine/core';
import {
  IconDownload,
  IconMap2,
  IconPrinter,
  IconRestore,
  IconSearch,
  IconUpload,
} from '@tabler/icons-react';
import { useEffect, useReducer, useRef, useState } from 'react';

import { exportKeys, importKeys } from '../../core/operations/keyChoices';
import type { OperationGroup } from '../../core/operations/operation';
import { saveText } from '../controls/saveText';
import { useLabelling, useSession } from './hooks';
import { KeyRow } from './KeyRow';
import { keepKeys, ownKeys } from './ownKeys';

export const GROUP_TITLES: Readonly<Record<OperationGroup, string>> = {
  tools: 'Tools',
  label: 'The selected label',
  keyframes: 'Keyframes and life',
  time: 'Time',
  edit: 'Selecting and undo',
  class: 'Classes',
  view: 'Views and panels',
  task: 'The task',
  help: 'Help',
};
const GROUPS = Object.keys(GROUP_TITLES) as readonly OperationGroup[];

const POINTER_HELP: readonly (readonly [string, string])[] = [
  ['Left click', 'select; on nothing: select nothing'],
  ['Left drag on a handle or the selection', 'pull sides, turn, move'],
  ['Left drag elsewhere, middle drag', 'turn the 3D view, move a picture'],
  ['Right drag, Shift + drag', 'pan'],
  ['Wheel', 'zoom to the pointer'],
  ['Double click', '3D: look there; picture: large and back'],
  ['Alt while dragging', 'move up and down; pull both sides'],
];

/** Every operation with its keys: found by name or key, each to be changed, the whole to be printed. */
export function HelpOverlay() {
  const { editor } = useLabelling();
  const isOpen = useSession((session) => session.isHelpOpen);
  const [recording, setRecording] = useState<string | null>(null);
  const close = (): void => {
    setRecording(null);
    editor.session.set({ isHelpOpen: false });
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title="Keys and pointer"
      size="70rem"
      classNames={{ root: 'help-dialog' }}
      closeButtonProps={{ 'aria-label': 'Close the keys' }}
      closeOnEscape={recording === null}
      data-testid="help"
    >
      <HelpBody recording={recording} onRecord={setRecording} onClose={close} />
    </Modal>
  );
}

function HelpBody({
  recording,
  onRecord,
  onClose,
}: {
  readonly recording: string | null;
  readonly onRecord: (id: string | null) => void;
  readonly onClose: () => void;
}) {
  const { editor } = useLabelling();
  const { operations } = editor;
  const [text, setText] = useState('');
  const [words, setWords] = useState<readonly string[]>([]);
  const forgetFile = useRef<() => void>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => operations.subscribe(redraw), [operations]);
  const wanted = text.trim().toLowerCase();
  const items = operations
    .help()
    .filter((item) => `${item.title} ${item.keys.join(' ')}`.toLowerCase().includes(wanted));
  const isChanged = Object.keys(ownKeys()).length > 0;
  return (
    <>
      <Group gap="sm" mb="md" className="no-print">
        <TextInput
          data-autofocus
          flex={1}
          size="sm"
          placeholder="Search by name or key"
          aria-label="Search operations"
          leftSection={<IconSearch size={16} stroke={1.6} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button
          variant="default"
          leftSection={<IconMap2 size={16} />}
          onClick={() => {
            onClose();
            editor.run('help.tour');
          }}
        >
          Tour
        </Button>
        <Button variant="default" leftSection={<IconPrinter size={16} />} onClick={() => window.print()}>
          Print
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={16} />}
          onClick={() => saveText('labelapp-keys.json', exportKeys(ownKeys()))}
          data-testid="export-keys"
        >
          Export
        </Button>
        <FileButton
          resetRef={forgetFile}
          accept=".json,application/json"
          onChange={(file) => void take(file)}
        >
          {(props) => (
            <Button
              variant="default"
              leftSection={<IconUpload size={16} />}
              {...props}
              data-testid="import-keys"
            >
              Import
            </Button>
          )}
        </FileButton>
        <Button
          variant="default"
          leftSection={<IconRestore size={16} />}
          disabled={!isChanged}
          title={isChanged ? undefined : 'All keys are as they come.'}
          onClick={() => keepKeys({})}
          data-testid="reset-keys"
        >
          Reset all
        </Button>
      </Group>
      {words.length === 0 ? null : (
        <Alert mb="md" withCloseButton onClose={() => setWords([])} role="status" data-testid="keys-words">
          {words.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </Alert>
      )}
      <div className="help-columns">
        {GROUPS.map((group) => {
          const inGroup = items.filter((item) => item.group === group);
          return inGroup.length === 0 ? null : (
            <section key={group} className="help-group">
              <h3>{GROUP_TITLES[group]}</h3>
              {inGroup.map((item) => (
                <KeyRow key={item.id} item={item} isRecording={recording === item.id} onRecord={onRecord} />
              ))}
            </section>
          );
        })}
        {wanted === '' ? (
          <section className="help-group">
            <h3>Pointer</h3>
            {POINTER_HELP.map(([what, does]) => (
              <div key={what} className="help-row">
                <span>{what}</span>
                <span className="help-does">{does}</span>
              </div>
            ))}
          </section>
        ) : null}
      </div>
      {items.length === 0 ? <p className="panel-empty">No operation has such a name or key.</p> : null}
    </>
  );

  async function take(file: File | null): Promise<void> {
    if (file === null) return;
    // The same file may be chosen again, with another content.
    forgetFile.current?.();
    const found = importKeys(await file.text(), operations);
    if (found.kind === 'wrong') {
      setWords([`${file.name} was not taken, your keys are as they were. ${found.sentence}`]);
      return;
    }
    keepKeys(found.keys);
    setWords([`The keys of ${file.name} hold from now on.`, ...found.notes]);
  }
}
