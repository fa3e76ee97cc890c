import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState } from 'react';

import { OperationTip } from './OperationButton';
import { useLabelling } from './hooks';

/** What can be done to a label and its track, in the order of the work. */
const ENTRIES: readonly (readonly string[])[] = [
  ['track.both', 'track.forward', 'track.back', 'proposal.accept', 'proposal.accept_until_here'],
  ['track.split', 'track.merge', 'life.start_here', 'life.end_here', 'life.whole_clip'],
  ['life.gone_after', 'life.back_here', 'label.toggle_static', 'track.static_mean'],
  ['label.flip_heading', 'track.heading_to_motion', 'label.use_size_everywhere'],
  ['track.toggle_spline', 'track.simplify', 'keyframe.interpolate_pose', 'keyframe.interpolate_attributes'],
  ['label.copy', 'label.paste', 'label.paste_pose', 'keyframe.duplicate_next', 'label.duplicate'],
  ['edit.repeat', 'label.toggle_lock', 'label.toggle_hidden', 'label.delete'],
];

/** Every operation on the selected label, with its key; what can't be done now says why. */
export function LabelMenu() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Menu position="bottom-end" width={320} opened={isOpen} onChange={setOpen}>
      <Menu.Target>
        <Tooltip label="All that can be done to the label">
          <ActionIcon
            size={24}
            variant="subtle"
            color="gray"
            aria-label="All that can be done to the label"
            data-testid="label-menu"
          >
            <IconDots size={15} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown mah="70vh" style={{ overflowY: 'auto' }}>
        {isOpen ? <Entries /> : null}
      </Menu.Dropdown>
    </Menu>
  );
}

function Entries() {
  const { editor } = useLabelling();
  const known = new Map(editor.operations.items(editor).map((item) => [item.id, item]));
  return ENTRIES.map((group, index) => (
    <div key={group[0]}>
      {index === 0 ? null : <Menu.Divider />}
      {group.flatMap((id) => {
        const item = known.get(id);
        if (item === undefined) return [];
        const { title, keys, disabledReason } = item;
        return [
          <Tooltip
            key={id}
            position="left"
            disabled={disabledReason === null}
            label={<OperationTip title={title} keys={[]} reason={disabledReason} />}
          >
            <Menu.Item
              fz={13}
              py={4}
              aria-disabled={disabledReason !== null}
              {...(disabledReason === null
                ? {}
                : { 'data-disabled': true, style: { pointerEvents: 'auto' } })}
              rightSection={keys[0] === undefined ? null : <kbd className="key">{keys[0]}</kbd>}
              onClick={() => {
                if (disabledReason === null) editor.run(id);
              }}
            >
              {title}
            </Menu.Item>
          </Tooltip>,
        ];
      })}
    </div>
  ));
}
