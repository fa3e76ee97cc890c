import {
  ActionIcon,
  Checkbox,
  Group,
  Popover,
  SegmentedControl,
  Slider,
  Stack,
  Text,
  Tooltip,
} from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconCarFilled,
  IconFocus2,
  IconSquareArrowDown,
  IconView360,
} from '@tabler/icons-react';

import type { PointColor } from '../../render/layers/pointsLayer';
import type { FollowMode, SweepSpan } from '../../render/viewSettings';
import { useLabelling, useLayout } from './hooks';
import { OperationButton } from './OperationButton';

const SPANS: readonly { readonly value: SweepSpan; readonly label: string }[] = [
  { value: 'nearest', label: '1 sweep' },
  { value: 'near', label: '± 4' },
  { value: 'all', label: 'all' },
];
const COLORS: readonly { readonly value: PointColor; readonly label: string }[] = [
  { value: 'height', label: 'height' },
  { value: 'intensity', label: 'intensity' },
  { value: 'distance', label: 'distance' },
];
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
      <OperationButton id="view.orthos" icon={<IconView360 size={16} stroke={1.6} />} />
      <ViewOptions />
    </Group>
  );
}

function ViewOptions() {
  const { layout, editor } = useLabelling();
  const settings = useLayout((value) => value.settings);
  const hasSweeps = editor.clip.manifest.sweeps.length > 0;
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
          {hasSweeps ? (
            <>
              <Choice
                label="Points of"
                values={SPANS}
                value={settings.sweepSpan}
                onChange={(sweepSpan) => layout.changeSettings({ sweepSpan })}
              />
              <Choice
                label="Coloured by"
                values={COLORS}
                value={settings.pointColor}
                onChange={(pointColor) => layout.changeSettings({ pointColor })}
              />
              <Text size="xs" c="dimmed">
                Point size
              </Text>
              <Slider
                size="sm"
                min={1}
                max={6}
                step={0.5}
                value={settings.pointSize_px}
                onChange={(pointSize_px) => layout.changeSettings({ pointSize_px })}
                label={(value) => `${value} px`}
                thumbLabel="Point size"
              />
            </>
          ) : (
            <Text size="xs" c="dimmed">
              This clip has no point clouds: label on the ground and in the pictures.
            </Text>
          )}
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

function Choice<T extends string>({
  label,
  values,
  value,
  onChange,
}: {
  readonly label: string;
  readonly values: readonly { readonly value: T; readonly label: string }[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={2}>
        {label}
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={label}
        data={values.map((item) => ({ ...item }))}
        value={value}
        onChange={(text) => {
          const found = values.find((item) => item.value === text);
          if (found !== undefined) onChange(found.value);
        }}
      />
    </div>
  );
}
