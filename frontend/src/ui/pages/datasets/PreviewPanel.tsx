import { Group, Image, Loader, NumberInput, Paper, Select, Slider, Stack, Table, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { PreviewRequest, TargetPreview } from '../../../api/datasetsApi';
import { clipQuery, isCompiledQuery, targetPreviewQuery } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { clipsQuery } from '../../server/queries';

/**
 * Any head's targets over any image, made as an export makes them, before there is one. It begins where
 * there is something to see: what is not chosen here, the server chooses.
 */
export function PreviewPanel({
  slug,
  layers,
  sources,
  query,
  clipIds,
  text,
}: {
  readonly slug: string;
  readonly layers: readonly string[];
  readonly sources: readonly string[];
  /** Which clips it may begin with, as a data set's query; left out: all. */
  readonly query?: unknown;
  /** Of these clips; left out: of all of the project. */
  readonly clipIds?: readonly string[];
  /** The target spec; it is right. */
  readonly text: string;
}) {
  const clips = useInfiniteQuery(clipsQuery(slug));
  const all = clips.data?.pages.flatMap((page) => page.results) ?? [];
  const known = clipIds === undefined ? all : all.filter((one) => clipIds.includes(one.id));
  const [chosenClip, setClip] = useState<string | null>(null);
  const [chosenCamera, setCamera] = useState('');
  const [share, setShare] = useState<number | null>(null);
  const [head, setHead] = useState('');
  const isOfThese = clipIds === undefined || (chosenClip !== null && clipIds.includes(chosenClip));
  const askedClip = isOfThese ? chosenClip : null;
  const asked = useQuery({ ...clipQuery(askedClip ?? ''), enabled: askedClip !== null });
  const askedCamera = asked.data?.cameras.find((one) => one.name === chosenCamera);
  const from: Asked = {
    layers,
    sources,
    text,
    head,
    clip_id: askedClip,
    query: clipIds === undefined ? (query ?? null) : { clips: clipIds },
    camera: askedCamera?.name ?? '',
    index: share === null || askedCamera === undefined ? null : indexAt(share, askedCamera.times_ns.length),
  };
  const isReady = layers.length > 0 && sources.length > 0 && (askedClip === null || asked.isSuccess);
  const [settled] = useDebouncedValue(JSON.stringify(isReady ? from : null), 250);
  const preview = useQuery({
    ...targetPreviewQuery(slug, JSON.parse(settled) as PreviewRequest),
    enabled: settled !== 'null',
  });
  const shown = preview.data;
  const clipId = askedClip ?? shown?.clip_id ?? null;
  const clip = useQuery({ ...clipQuery(clipId ?? ''), enabled: clipId !== null });
  const cameras = clip.data?.cameras ?? [];
  const cameraName =
    askedCamera?.name ?? (shown !== undefined && shown.clip_id === clipId ? shown.camera : undefined);
  const camera = cameras.find((one) => one.name === cameraName);
  const count = camera?.times_ns.length ?? 0;
  const index = from.index ?? shown?.index ?? 0;
  const moveTo = (to: number) => {
    // From here on it is this image, whatever the spec becomes.
    setClip(clipId);
    setCamera(camera?.name ?? '');
    setShare(to);
  };
  const choices = known.map((one) => ({ value: one.id, label: one.name }));
  if (shown !== undefined && !choices.some((one) => one.value === shown.clip_id)) {
    choices.push({ value: shown.clip_id, label: shown.clip });
  }
  return (
    <Stack gap="sm">
      <Group gap="sm" align="flex-end">
        <Select
          label="Clip"
          data={choices}
          value={clipId}
          onChange={(id) => {
            setClip(id);
            setCamera('');
            setShare(null);
          }}
          searchable
          allowDeselect={false}
          flex={1}
          miw={140}
          data-testid="preview-clip"
        />
        <Select
          label="Camera"
          data={cameras.map((one) => one.name)}
          value={camera?.name ?? null}
          onChange={(name) => {
            setClip(clipId);
            setCamera(name ?? '');
          }}
          searchable
          allowDeselect={false}
          flex={1}
          miw={120}
          data-testid="preview-camera"
        />
        {(preview.data?.heads.length ?? 0) > 1 ? (
          <Select
            label="Head"
            data={[...(preview.data?.heads ?? [])]}
            value={preview.data?.head ?? null}
            onChange={(name) => {
              moveTo(shareOf(index, count));
              setHead(name ?? '');
            }}
            allowDeselect={false}
            flex={1}
            miw={110}
            data-testid="preview-head"
          />
        ) : null}
        <NumberInput
          label="Image"
          description={count === 0 ? '' : `of ${count}`}
          min={1}
          max={count}
          value={index + 1}
          onChange={(value) => typeof value === 'number' && count > 1 && moveTo(shareOf(value - 1, count))}
          w={90}
        />
      </Group>
      <Slider
        value={shareOf(index, count)}
        onChange={moveTo}
        min={0}
        max={1}
        step={count > 1 ? 1 / (count - 1) : 1}
        label={null}
        thumbLabel="When in the clip"
      />
      {preview.isError ? (
        <Text size="sm" c="red" role="alert">
          {sentenceOf(preview.error)}
        </Text>
      ) : preview.data === undefined ? (
        <Group gap="sm" mih={200} justify="center">
          {!isReady && askedClip === null ? (
            <Text size="sm" c="dimmed">
              There is no image to look at.
            </Text>
          ) : (
            <>
              <Loader size="sm" />
              <Waiting slug={slug} />
            </>
          )}
        </Group>
      ) : (
        <Shown preview={preview.data} isOld={preview.isPlaceholderData} />
      )}
    </Stack>
  );
}

/** What is asked for, before it is sent. */
type Asked = Readonly<Record<'text' | 'head' | 'camera', string>> & {
  readonly layers: readonly string[];
  readonly sources: readonly string[];
  readonly clip_id: string | null;
  readonly query: unknown;
  readonly index: number | null;
};

function indexAt(share: number, count: number): number {
  return Math.max(0, Math.min(Math.round(share * (count - 1)), count - 1));
}

function shareOf(index: number, count: number): number {
  return count > 1 ? index / (count - 1) : 0;
}

/** What is being waited for: on a machine that has projected nothing yet, that is more. */
function Waiting({ slug }: { readonly slug: string }) {
  const isCompiled = useQuery(isCompiledQuery(slug));
  return (
    <Text size="sm" data-testid="preview-waiting">
      {isCompiled.data === false
        ? 'First time on this machine: the projection is being compiled. This takes a minute or two, once.'
        : 'Projecting…'}
    </Text>
  );
}

function Shown({ preview, isOld }: { readonly preview: TargetPreview; readonly isOld: boolean }) {
  const what = preview.is_tick ? 'from above, at the nearest tick' : 'in this image';
  const columns = COLUMNS.filter((column) =>
    preview.targets.some((row) => typeof row[column.name] !== 'undefined'),
  );
  return (
    <div aria-busy={isOld} style={{ opacity: isOld ? 0.6 : 1 }} data-testid="preview">
      <Image
        src={preview.picture}
        alt={`Targets of ${preview.head === '' ? 'labels' : preview.head} ${what}`}
        radius={4}
        fit="contain"
        mah={620}
        bg="#111317"
      />
      <Text size="sm" c="dimmed" mt={4}>
        {preview.count.toLocaleString('en')} {preview.count === 1 ? 'target' : 'targets'} {what}
      </Text>
      {preview.targets.length === 0 ? null : (
        <Paper mah={220} mt="xs" style={{ overflow: 'auto' }} tabIndex={0} aria-label="Targets">
          <Table fz="xs" verticalSpacing={1} stickyHeader>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column.name}>{column.title}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {preview.targets.map((row, i) => (
                <Table.Tr key={i}>
                  {columns.map((column) => (
                    <Table.Td key={column.name}>{shownValue(row[column.name])}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
    </div>
  );
}

const COLUMNS = [
  { name: 'class', title: 'Class' },
  { name: 'geometry', title: 'Geometry' },
  { name: 'distance_m', title: 'Distance, m' },
  { name: 'occlusion', title: 'Hidden' },
  { name: 'truncation', title: 'Off the picture' },
  { name: 'ignored', title: 'Ignored' },
  { name: 'label_id', title: 'Label' },
];

function shownValue(value: unknown): string {
  if (typeof value === 'number') return value.toFixed(2);
  if (typeof value === 'boolean') return value ? 'yes' : '';
  return typeof value === 'string' ? value.slice(0, 13) : '–';
}
