import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Select,
  Stack,
  Switch,
  TextInput,
} from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';

import type { Facets } from '../../../api/datasetsApi';
import { FIRST_SPLIT, type SplitDraft } from './draft';

const BY = [
  { value: 'clip', label: 'clip' },
  { value: 'place', label: 'place: a cell of a grid' },
  { value: 'trip', label: 'trip: a clip attribute' },
];

/** Whether and how clips are split; what belongs together is never torn apart. */
export function SplitFields({
  split,
  facets,
  onChange,
}: {
  readonly split: SplitDraft | null;
  readonly facets: Facets;
  readonly onChange: (split: SplitDraft | null) => void;
}) {
  return (
    <Stack gap="md">
      <Switch
        label="Split into training and others"
        checked={split !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? FIRST_SPLIT : null)}
      />
      {split === null ? null : (
        <>
          <Shares split={split} onChange={onChange} />
          <Group gap="md" align="flex-end">
            <Select
              label="Never torn apart: all of one"
              data={BY}
              value={split.by}
              onChange={(value) => onChange({ ...split, by: (value ?? 'clip') as SplitDraft['by'] })}
              allowDeselect={false}
              w={220}
            />
            {split.by === 'place' ? (
              <NumberInput
                label="Cells are wide"
                suffix=" m"
                min={1}
                w={140}
                value={split.cell_m}
                onChange={(value) => onChange({ ...split, cell_m: typeof value === 'number' ? value : '' })}
              />
            ) : null}
            {split.by === 'trip' ? (
              <Select
                label="Clip attribute"
                data={[...new Set([...facets.attributes.map(({ name }) => name), split.trip_attribute])]}
                value={split.trip_attribute}
                onChange={(value) => onChange({ ...split, trip_attribute: value ?? 'trip' })}
                allowDeselect={false}
                w={180}
              />
            ) : null}
            <Select
              label="Hold-outs go to"
              data={split.shares
                .map(({ name }) => name)
                .filter((name, i, all) => name !== '' && all.indexOf(name) === i)}
              value={split.held_out === '' ? null : split.held_out}
              placeholder={heldOutByDefault(split)}
              onChange={(value) => onChange({ ...split, held_out: value ?? '' })}
              clearable
              w={150}
            />
            <TextInput
              label="Salt"
              description=""
              placeholder="another one, another split"
              value={split.salt}
              onChange={(event) => onChange({ ...split, salt: event.currentTarget.value })}
              w={190}
            />
          </Group>
          <Checkbox
            label="Spread each class over the splits as the shares say"
            description="Several salts are tried at the first freezing; the best one is kept for later versions"
            checked={split.isStratified}
            onChange={(event) => onChange({ ...split, isStratified: event.currentTarget.checked })}
          />
        </>
      )}
    </Stack>
  );
}

function Shares({
  split,
  onChange,
}: {
  readonly split: SplitDraft;
  readonly onChange: (split: SplitDraft) => void;
}) {
  const { shares } = split;
  const set = (place: number, part: Partial<SplitDraft['shares'][number]>) =>
    onChange({ ...split, shares: shares.map((share, i) => (i === place ? { ...share, ...part } : share)) });
  return (
    <Group gap="md" align="flex-end">
      {shares.map((share, place) => (
        <Group key={place} gap={4} wrap="nowrap" align="flex-end">
          <TextInput
            aria-label={`Name of split ${place + 1}`}
            w={90}
            value={share.name}
            onChange={(event) => set(place, { name: event.currentTarget.value.replace(/\W/g, '') })}
          />
          <NumberInput
            aria-label={`Share of ${share.name}`}
            w={90}
            suffix=" %"
            min={0}
            max={100}
            value={share.percent}
            onChange={(value) => set(place, { percent: typeof value === 'number' ? value : '' })}
          />
          {shares.length > 2 ? (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Without ${share.name}`}
              onClick={() => onChange({ ...split, shares: shares.filter((_, i) => i !== place) })}
            >
              <IconTrash size={14} stroke={1.6} />
            </ActionIcon>
          ) : null}
        </Group>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPlus size={14} />}
        onClick={() => onChange({ ...split, shares: [...shares, { name: '', percent: '' }] })}
      >
        Split
      </Button>
    </Group>
  );
}

function heldOutByDefault({ shares }: SplitDraft): string {
  return shares.some(({ name }) => name === 'test') ? 'test' : (shares.at(-1)?.name ?? '');
}
