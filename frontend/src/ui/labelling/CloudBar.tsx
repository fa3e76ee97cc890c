import { ActionIcon, Checkbox, Group, Popover, Slider, Stack, Text, Tooltip } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconCarFilled,
  IconDrone,
  IconFocus2,
  IconSquareArrowDown,
  IconView360,
} from '@tabler/icons-react';

import type { FollowMode } from '../../render/viewSettings';
import { Choice } from './Choice';
import { CloudOptions } from './CloudOptions';
import { useLabelling, useLayout } from './hooks';
import { OperationButton } from './OperationButton';

const FOLLOWS: readonly { readonly value: FollowMode; readonly label: string }[] = [
  { value: 'ego', label: 'ego' },
  { value: 'selection', label: 'selection' },
  { value: 'none', label: 'nothing' },
];

/** What the 3D view shows and from where: in its corner. */
export function CloudBar() {
  return (
    <Group className="cloud-bar" gap={2}>
      <OperationButton id="view.top" icon={<IconSquareArrowDown size={16} stroke={1.6} />} />
      <OperationButton id="view.focus" icon={<IconFocus2 size={16} stroke={1.6} />} />
      <OperationButton id="view.ego" icon={<IconCarFilled size={15} stroke={1.6} />} />
      <OperationButton id="view.fly" icon={<IconDrone size={16} stroke={1.6} />} />
      <OperationButton id="view.orthos" icon={<IconView360 size={16} stroke={1.6} />} />
      <ViewOptions />
    </Group>
  );
}

function ViewOptions() {
  const { layout } = useLabelling();
  const settings = useLayout((value) => value.settings);
  return (
    <Popover position="bottom-start" width={264} shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label="What the views show">
          <ActionIcon
            size={26}
            variant="subtle"
            color="gray"
            aria-label="What the views show"
            data-testid="view-options"
          >
            <IconAdjustmentsHorizontal size={16} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="md">
        <Stack gap="sm">
          <CloudOptions />
          <Choice
            label="The 3D view follows"
            values={FOLLOWS}
            value={settings.follow}
            onChange={(follow) => layout.changeSettings({ follow })}
          />
          <Text size="xs" c="dimmed">
            Labels over pictures
          </Text>
          <Slider
            size="sm"
            min={0}
            max={1}
            step={0.1}
            value={settings.overlayOpacity}
            onChange={(overlayOpacity) => layout.changeSettings({ overlayOpacity })}
            label={(value) => `${Math.round(value * 100)} %`}
            thumbLabel="Opacity of labels over pictures"
          />
          <Checkbox
            size="xs"
            label="Ground grid"
            checked={settings.showsGrid}
            onChange={(event) => layout.changeSettings({ showsGrid: event.currentTarget.checked })}
          />
          <Checkbox
            size="xs"
            label="Ego and its path"
            checked={settings.showsPath}
            onChange={(event) => layout.changeSettings({ showsPath: event.currentTarget.checked })}
          />
          <Checkbox
            size="xs"
            label="Cameras in 3D"
            checked={settings.showsFrusta}
            onChange={(event) => layout.changeSettings({ showsFrusta: event.currentTarget.checked })}
          />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
