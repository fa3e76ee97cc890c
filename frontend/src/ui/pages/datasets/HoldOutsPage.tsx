import { ActionIcon, Button, Group, NumberInput, Paper, Select, Table, Text, TextInput } from '@mantine/core';
import { IconLockOff, IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { HoldOut, HoldOutRequest } from '../../../api/datasetsApi';
import { formatMoment } from '../../format';
import { facetsQuery, holdOutsQuery, useHoldOuts } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { clipsQuery } from '../../server/queries';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DatasetFrame } from './DatasetFrame';

/** Recordings that are never trained on. */
export function HoldOutsPage({ slug }: { readonly slug: string }) {
  const holdOuts = useQuery(holdOutsQuery(slug));
  const clips = useInfiniteQuery(clipsQuery(slug));
  const { remove } = useHoldOuts(slug);
  if (holdOuts.isPending) return <Loading what="hold-outs" />;
  const names = new Map(
    (clips.data?.pages.flatMap((page) => page.results) ?? []).map((clip) => [clip.id, clip.name]),
  );
  return (
    <DatasetFrame slug={slug} title="Hold-outs" trail={[{ label: 'Hold-outs' }]}>
      <Text size="sm" c="dimmed">
        Clips, trips and places that must never be trained on. Later versions put them into the split for
        hold-outs, or, without splits, leave them out. Versions that are frozen stay as they are.
      </Text>
      {holdOuts.isError ? (
        <Notice title="The hold-outs could not be loaded">{sentenceOf(holdOuts.error)}</Notice>
      ) : (
        <>
          <NewHoldOut slug={slug} names={names} />
          {remove.isError ? (
            <Text size="sm" c="red" role="alert">
              {sentenceOf(remove.error)}
            </Text>
          ) : null}
          {holdOuts.data.length === 0 ? (
            <Notice icon={<IconLockOff size={32} stroke={1.5} />} title="Nothing is held out">
              Everything that is accepted may be trained on.
            </Notice>
          ) : (
            <Paper withBorder radius={6}>
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>What</Table.Th>
                    <Table.Th>Why</Table.Th>
                    <Table.Th>Since</Table.Th>
                    <Table.Th w={50} aria-label="What can be done" />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {holdOuts.data.map((one) => (
                    <Table.Tr key={one.id} data-testid="hold-out">
                      <Table.Td>{wordsOf(one, names)}</Table.Td>
                      <Table.Td>{one.reason}</Table.Td>
                      <Table.Td c="dimmed">
                        {formatMoment(one.created_at)}
                        {one.created_by ? ` by ${one.created_by}` : ''}
                      </Table.Td>
                      <Table.Td>
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={`Hold ${wordsOf(one, names)} out no more`}
                          loading={remove.isPending && remove.variables === one.id}
                          onClick={() => remove.mutate(one.id)}
                        >
                          <IconTrash size={16} stroke={1.6} />
                        </ActionIcon>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Paper>
          )}
        </>
      )}
    </DatasetFrame>
  );
}

type Kind = HoldOutRequest['kind'];

const KINDS: readonly { readonly value: Kind; readonly label: string }[] = [
  { value: 'clip', label: 'A clip' },
  { value: 'trip', label: 'Clips with an attribute' },
  { value: 'place', label: 'Clips around a point' },
];

function NewHoldOut({ slug, names }: { readonly slug: string; readonly names: ReadonlyMap<string, string> }) {
  const facets = useQuery(facetsQuery(slug));
  const { add } = useHoldOuts(slug);
  const [kind, setKind] = useState<Kind>('clip');
  const [clipId, setClipId] = useState<string | null>(null);
  const [attribute, setAttribute] = useState<string | null>(null);
  const [value, setValue] = useState<string | null>(null);
  const [point, setPoint] = useState<Readonly<Record<Part, number | ''>>>({
    latitude_deg: '',
    longitude_deg: '',
    radius_m: 1000,
  });
  const [reason, setReason] = useState('');
  const facet = facets.data?.attributes.find((found) => found.name === attribute);
  const what =
    kind === 'clip'
      ? clipId === null
        ? null
        : { clip_id: clipId }
      : kind === 'trip'
        ? attribute === null || value === null
          ? null
          : { attribute, value: JSON.parse(value) as unknown }
        : PARTS.some((part) => point[part] === '')
          ? null
          : point;
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Hold something out">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (what !== null) add.mutate({ kind, what, reason }, { onSuccess: () => setReason('') });
        }}
      >
        <Group gap="md" align="flex-end">
          <Select
            label="Hold out"
            data={[...KINDS]}
            value={kind}
            onChange={(chosen) => setKind(KINDS.find((one) => one.value === chosen)?.value ?? kind)}
            allowDeselect={false}
            w={200}
          />
          {kind === 'clip' ? (
            <Select
              label="Clip"
              data={[...names].map(([id, name]) => ({ value: id, label: name }))}
              value={clipId}
              onChange={setClipId}
              searchable
              w={260}
              data-testid="hold-out-clip"
            />
          ) : null}
          {kind === 'trip' ? (
            <>
              <Select
                label="Attribute"
                data={facets.data?.attributes.map((found) => found.name) ?? []}
                value={attribute}
                onChange={(chosen) => {
                  setAttribute(chosen);
                  setValue(null);
                }}
                w={180}
              />
              <Select
                label="Value"
                data={(facet?.values ?? []).map((found) => ({
                  value: JSON.stringify(found.value),
                  label: `${String(found.value)} (${found.clips})`,
                }))}
                value={value}
                onChange={setValue}
                searchable
                w={180}
              />
            </>
          ) : null}
          {kind === 'place'
            ? PARTS.map((part) => (
                <NumberInput
                  key={part}
                  label={
                    { latitude_deg: 'Latitude °', longitude_deg: 'Longitude °', radius_m: 'Radius m' }[part]
                  }
                  value={point[part]}
                  onChange={(given) => setPoint({ ...point, [part]: typeof given === 'number' ? given : '' })}
                  hideControls
                  w={130}
                />
              ))
            : null}
          <TextInput
            label="Why"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            flex={1}
            miw={160}
          />
          <Button type="submit" disabled={what === null} loading={add.isPending} data-testid="hold-out-add">
            Hold out
          </Button>
        </Group>
        {add.isError ? (
          <Text size="sm" c="red" mt="sm" role="alert">
            {sentenceOf(add.error)}
          </Text>
        ) : null}
      </form>
    </Paper>
  );
}

const PARTS = ['latitude_deg', 'longitude_deg', 'radius_m'] as const;
type Part = (typeof PARTS)[number];

function wordsOf(one: HoldOut, names: ReadonlyMap<string, string>): string {
  const what = one.what as Readonly<Record<string, unknown>>;
  if (one.kind === 'clip') return `Clip ${names.get(String(what['clip_id'])) ?? String(what['clip_id'])}`;
  if (one.kind === 'trip') return `Clips with ${String(what['attribute'])} = ${String(what['value'])}`;
  const { latitude_deg: latitude, longitude_deg: longitude, radius_m: radius } = what;
  return `Clips within ${String(radius)} m of ${String(latitude)}°, ${String(longitude)}°`;
}
