import { Modal, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';

import type { OperationGroup } from '../../core/operations/operation';
import { useLabelling, useSession } from './hooks';

export const GROUP_TITLES: Readonly<Record<OperationGroup, string>> = {
  tools: 'Tools',
  label: 'The selected label',
  keyframes: 'Keyframes and life',
  time: 'Time',
  edit: 'Selecting and undo',
  class: 'Classes',
  view: 'Views and panels',
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

/** Every operation with its keys, searchable. */
export function HelpOverlay() {
  const { editor } = useLabelling();
  const isOpen = useSession((session) => session.isHelpOpen);
  const [text, setText] = useState('');
  const close = (): void => {
    editor.session.set({ isHelpOpen: false });
    setText('');
  };
  const wanted = text.trim().toLowerCase();
  const items = editor.operations
    .help()
    .filter((item) => `${item.title} ${item.keys.join(' ')}`.toLowerCase().includes(wanted));
  return (
    <Modal opened={isOpen} onClose={close} title="Keys and pointer" size={980} data-testid="help">
      <TextInput
        data-autofocus
        size="sm"
        placeholder="Search"
        aria-label="Search operations"
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        mb="md"
      />
      <div className="help-columns">
        {GROUPS.map((group) => {
          const inGroup = items.filter((item) => item.group === group);
          return inGroup.length === 0 ? null : (
            <section key={group} className="help-group">
              <h3>{GROUP_TITLES[group]}</h3>
              {inGroup.map((item) => (
                <div key={item.id} className="help-row">
                  <span>{item.title}</span>
                  <span className="help-keys">
                    {item.keys.map((key) => (
                      <kbd key={key} className="key">
                        {key}
                      </kbd>
                    ))}
                  </span>
                </div>
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
    </Modal>
  );
}
