import {
  Alert,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  Paper,
  Select,
  SimpleGrid,
  Text,
  Tooltip,
} from '@mantine/core';
import { IconAlertCircle, IconPlayerPlay } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { sentenceOf } from '../server/errors';
import { useStartExport } from '../server/exports';
import type { ExportRequest, ProjectDetail } from '../../api/types';
import { clipsQuery } from '../server/queries';

const FORMATS: readonly { value: ExportRequest['formats'][number]; label: string; hint: string }[] = [
  { value: 'coco', label: 'COCO', hint: 'Boxes, outlines as polygons, track ids; one JSON file' },
  {
    value: 'parquet',
    label: 'Parquet',
    hint: 'All targets: whole and clipped boxes, truncation, distance, corners',
  },
  { value: 'coco_panoptic', label: 'COCO panoptic', hint: 'Every pixel in one segment, as PNG pictures' },
  { value: 'coco_keypoints', label: 'COCO keypoints', hint: 'Named points, and whether they are seen' },
  { value: 'yolo', label: 'YOLO', hint: 'Boxes in text files, data.yaml; with the pictures if asked for' },
  {
    value: 'webdataset',
    label: 'WebDataset',
    hint: 'Tar shards to stream from: each picture with the targets of all heads',
  },
  { value: 'openlabel', label: 'OpenLABEL 1.0', hint: 'Labels of every geometry in the world; ASAM JSON' },
  {
    value: 'nuscenes',
    label: 'nuScenes',
    hint: 'All tables; boxes in the world; cameras without distortion',
  },
  { value: 'argoverse2', label: 'Argoverse 2', hint: 'Boxes, poses and calibration in Feather files' },
  { value: 'kitti_object', label: 'KITTI object', hint: 'Boxes in 2D and 3D; cameras without distortion' },
  { value: 'kitti_tracking', label: 'KITTI tracking', hint: 'As KITTI object, in sequences with poses' },
];
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
  const reason =
    disabledReason ??
    (formats.length === 0
      ? 'Choose at least one format.'
      : layer === ''
        ? 'The project has no layer.'
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
        <Checkbox.Group
          label="Formats"
          value={[...formats]}
          onChange={(values) =>
            setFormats(FORMATS.map((format) => format.value).filter((format) => values.includes(format)))
          }
        >
          <Group gap="sm" mt={6}>
            {FORMATS.map((format) => (
              <Tooltip key={format.value} label={format.hint}>
                <Checkbox
                  value={format.value}
                  label={format.label}
                  data-testid={`export-format-${format.value}`}
                />
              </Tooltip>
            ))}
          </Group>
        </Checkbox.Group>
      </SimpleGrid>
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
