import {
  Alert,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Paper,
  Select,
  SimpleGrid,
  Switch,
  Text,
} from '@mantine/core';
import { IconAlertCircle, IconPhotoSearch, IconPlayerPlay } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';

import { sentenceOf } from '../server/errors';
import { useStartExport } from '../server/exports';
import type { ExportRequest, ProjectDetail } from '../../api/types';
import type { CheckedSpec } from '../../api/datasetsApi';
import { clipsQuery } from '../server/queries';
import { PreviewPanel } from './datasets/PreviewPanel';
import { SpecPanel } from './datasets/SpecPanel';
import { FormatChoice } from './FormatChoice';

const SOURCES: readonly { value: ExportRequest['source']; label: string }[] = [
  { value: 'human', label: 'Human: made by labellers' },
  { value: 'gold', label: 'Gold: checked answers' },
  { value: 'model', label: 'Model: made by a network' },
  { value: 'simulation', label: 'Simulation: exact by construction' },
  { value: 'import', label: 'Import: came with the clips' },
];

/** Which labels of which clips, and as what. */
export function NewExport({
  project,
  disabledReason,
}: {
  readonly project: ProjectDetail;
  readonly disabledReason: string | null;
}) {
  const clips = useInfiniteQuery(clipsQuery(project.slug));
  const start = useStartExport(project.slug);
  const layers = project.ontology?.layers ?? [];
  const [layer, setLayer] = useState(layers[0]?.name ?? '');
  const [source, setSource] = useState<ExportRequest['source']>('human');
  const [formats, setFormats] = useState<ExportRequest['formats']>(['coco', 'parquet']);
  const [clipIds, setClipIds] = useState<string[]>([]);
  const [includeImages, setIncludeImages] = useState(false);
  const [hasSpec, setHasSpec] = useState(false);
  const [text, setText] = useState('');
  const [checked, setChecked] = useState<CheckedSpec | null>(null);
  const [isLooking, setIsLooking] = useState(false);
  // What is being looked at stays while the spec is being written.
  const [rightText, setRightText] = useState('');
  const keepChecked = useCallback((found: CheckedSpec | null, its: string) => {
    setChecked(found);
    if (found?.problems.length === 0) setRightText(its);
  }, []);
  const spec = hasSpec ? checked : null;
  const reason =
    disabledReason ??
    (formats.length === 0
      ? 'Choose at least one format.'
      : layer === ''
        ? 'The project has no layer.'
        : hasSpec && (checked === null || checked.problems.length > 0)
          ? 'The target spec is not right yet.'
          : null);
  const known = clips.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Paper withBorder p="lg" radius={6} component="section" aria-label="New export">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Select
          label="Layer"
          data={layers.map((item) => ({ value: item.name, label: item.title }))}
          value={layer}
          onChange={(value) => setLayer(value ?? layer)}
          allowDeselect={false}
          data-testid="export-layer"
        />
        <Select
          label="Labels"
          data={[...SOURCES]}
          value={source}
          onChange={(value) => setSource(SOURCES.find((item) => item.value === value)?.value ?? source)}
          allowDeselect={false}
          data-testid="export-source"
        />
        <MultiSelect
          label="Clips"
          placeholder={clipIds.length === 0 ? 'All clips of the project' : ''}
          data={known.map((clip) => ({ value: clip.id, label: clip.name }))}
          value={clipIds}
          onChange={setClipIds}
          searchable
          clearable
          nothingFoundMessage="No clip has such a name"
          data-testid="export-clips"
        />
        <FormatChoice
          value={formats}
          onChange={setFormats}
          {...(spec === null ? {} : { possible: spec.formats })}
        />
      </SimpleGrid>
      <Switch
        mt="md"
        label="Only what a target spec asks for"
        checked={hasSpec}
        onChange={(event) => {
          setHasSpec(event.currentTarget.checked);
          setChecked(null);
        }}
      />
      {hasSpec ? (
        <Paper mt="sm">
          <SpecPanel slug={project.slug} text={text} onChange={setText} onChecked={keepChecked} />
        </Paper>
      ) : null}
      {isLooking ? (
        <Paper withBorder mt="md" p="md" radius={6} component="section" aria-label="Targets in an image">
          <PreviewPanel
            slug={project.slug}
            layers={layer === '' ? [] : [layer]}
            sources={[source]}
            {...(clipIds.length === 0 ? {} : { clipIds })}
            text={hasSpec ? rightText : ''}
          />
        </Paper>
      ) : null}
      {start.isError ? (
        <Alert mt="md" color="red" icon={<IconAlertCircle size={18} />} role="alert">
          {sentenceOf(start.error)}
        </Alert>
      ) : null}
      <Group mt="lg" justify="space-between">
        <Checkbox
          label="Put the pictures in too"
          checked={includeImages}
          onChange={(event) => setIncludeImages(event.currentTarget.checked)}
        />
        <Group gap="md">
          {reason === null ? null : (
            <Text size="sm" c="dimmed">
              {reason}
            </Text>
          )}
          <Button
            variant="default"
            leftSection={<IconPhotoSearch size={16} stroke={1.6} />}
            aria-expanded={isLooking}
            disabled={disabledReason !== null}
            onClick={() => setIsLooking((before) => !before)}
            data-testid="look"
          >
            {isLooking ? 'Hide targets' : 'Look at targets'}
          </Button>
          <Button
            leftSection={<IconPlayerPlay size={16} stroke={1.6} />}
            disabled={reason !== null}
            loading={start.isPending}
            onClick={() =>
              start.mutate({
                clip_ids: clipIds.length === 0 ? null : clipIds,
                layer,
                source,
                formats,
                include_images: includeImages,
                spec: spec?.document ?? null,
              })
            }
            data-testid="export-start"
          >
            Start export
          </Button>
        </Group>
      </Group>
    </Paper>
  );
}
