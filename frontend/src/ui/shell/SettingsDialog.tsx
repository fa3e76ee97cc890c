import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text } from '@mantine/core';
import { useId } from 'react';

import { isScheme, lookSection, SCALES, uiScale, type SchemeChoice } from '../look/look';
import { preferences, usePreference } from '../server/preferences';

const SCHEMES: readonly { readonly value: SchemeChoice; readonly label: string }[] = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];
const AUTOMATIC = '0';

/** How everything looks, for whoever is logged in. */
export function SettingsDialog({
  isOpen,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}) {
  const look = usePreference(lookSection);
  const scale = usePreference(uiScale);
  const trouble = usePreference(preferences.trouble);
  return (
    <Modal opened={isOpen} onClose={onClose} title="Settings" size="lg" data-testid="settings">
      <Stack gap="lg">
        <Choice
          title="The labelling screen"
          value={look.tool}
          options={SCHEMES}
          onChange={(value) => isScheme(value) && lookSection.change({ tool: value })}
          testId="settings-tool"
        />
        <Choice
          title="All other pages"
          value={look.pages}
          options={SCHEMES}
          onChange={(value) => isScheme(value) && lookSection.change({ pages: value })}
          testId="settings-pages"
        />
        <Choice
          title="Size of everything"
          value={String(look.scale)}
          options={[
            {
              value: AUTOMATIC,
              label: look.scale === 0 ? `By the screen (${percent(scale)})` : 'By the screen',
            },
            ...SCALES.map((value) => ({ value: String(value), label: percent(value) })),
          ]}
          onChange={(value) => lookSection.change({ scale: Number(value) })}
          testId="settings-scale"
        />
        {trouble === null ? null : (
          <Alert color="yellow" title="Kept in this browser only">
            {trouble}
          </Alert>
        )}
        <Group justify="space-between" align="center">
          <Text size="sm" c="dimmed" maw={420}>
            Settings go with you to other machines. Keys are changed on the labelling screen: press ? there.
          </Text>
          <Button variant="default" onClick={() => lookSection.reset()}>
            As it comes
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Choice({
  title,
  value,
  options,
  onChange,
  testId,
}: {
  readonly title: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly testId: string;
}) {
  const titleId = useId();
  return (
    <div>
      <Text id={titleId} size="sm" fw={600} mb={6}>
        {title}
      </Text>
      <SegmentedControl
        aria-labelledby={titleId}
        data={[...options]}
        value={value}
        onChange={onChange}
        size="xs"
        withItemsBorders={false}
        data-testid={testId}
      />
    </div>
  );
}

function percent(scale: number): string {
  return `${Math.round(100 * scale)} %`;
}
