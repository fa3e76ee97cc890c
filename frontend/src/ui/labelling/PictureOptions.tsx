import { ActionIcon, Button, Checkbox, Popover, Slider, Stack, Text, Tooltip } from '@mantine/core';
import { IconBrightnessUp } from '@tabler/icons-react';

import { useLabelling, useLayout } from './hooks';

/** How pictures are shown: dark ones can be looked into; the cloud's points over them. */
export function PictureOptions() {
  const { layout } = useLabelling();
  const [brightness, contrast, showsPoints] = useLayout(
    ({ settings }) =>
      [settings.pictureBrightness, settings.pictureContrast, settings.showsPointsInPictures] as const,
  );
  const isChanged = brightness !== 1 || contrast !== 1;
  return (
    <Popover position="bottom-end" width={230} shadow="md" withinPortal>
      <Popover.Target>
        <Tooltip label="How pictures are shown">
          <ActionIcon
            size={20}
            variant={isChanged ? 'light' : 'subtle'}
            color={isChanged ? 'accent' : 'gray'}
            aria-label="How pictures are shown"
            data-testid="picture-options"
          >
            <IconBrightnessUp size={13} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p="md">
        <Stack gap="xs">
          <Text size="xs" c="dimmed">
            Brightness
          </Text>
          <Slider
            size="sm"
            min={0.4}
            max={4}
            step={0.1}
            value={brightness}
            onChange={(pictureBrightness) => layout.changeSettings({ pictureBrightness })}
            label={(value) => `${Math.round(100 * value)} %`}
            thumbLabel="Brightness of pictures"
          />
          <Text size="xs" c="dimmed">
            Contrast
          </Text>
          <Slider
            size="sm"
            min={0.5}
            max={3}
            step={0.1}
            value={contrast}
            onChange={(pictureContrast) => layout.changeSettings({ pictureContrast })}
            label={(value) => `${Math.round(100 * value)} %`}
            thumbLabel="Contrast of pictures"
          />
          <Checkbox
            size="xs"
            label="Points of the cloud, by depth"
            checked={showsPoints}
            onChange={(event) =>
              layout.changeSettings({ showsPointsInPictures: event.currentTarget.checked })
            }
          />
          <Button
            size="compact-xs"
            variant="default"
            disabled={!isChanged}
            onClick={() => layout.changeSettings({ pictureBrightness: 1, pictureContrast: 1 })}
          >
            As they are
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
