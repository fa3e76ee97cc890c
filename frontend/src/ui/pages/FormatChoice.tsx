import { Checkbox, Group, Tooltip } from '@mantine/core';

import type { ExportRequest } from '../../api/types';

type Format = ExportRequest['formats'][number];

const FORMATS: readonly { readonly value: Format; readonly label: string; readonly hint: string }[] = [
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

/** What a format is called. */
export function formatName(format: string): string {
  return FORMATS.find(({ value }) => value === format)?.label ?? format;
}

/** Which formats to export; those that can hold nothing of what is asked for say so. */
export function FormatChoice({
  value,
  possible,
  onChange,
}: {
  readonly value: ExportRequest['formats'];
  /** Left out: all of them. */
  readonly possible?: readonly string[];
  readonly onChange: (formats: ExportRequest['formats']) => void;
}) {
  return (
    <Checkbox.Group
      label="Formats"
      value={[...value]}
      onChange={(values) =>
        onChange(FORMATS.map((format) => format.value).filter((format) => values.includes(format)))
      }
    >
      <Group gap="sm" mt={6}>
        {FORMATS.map((format) => {
          const isPossible = possible?.includes(format.value) ?? true;
          return (
            <Tooltip
              key={format.value}
              label={isPossible ? format.hint : 'The target spec asks for nothing that this format can hold'}
            >
              <Checkbox
                value={format.value}
                label={format.label}
                disabled={!isPossible}
                data-testid={`export-format-${format.value}`}
              />
            </Tooltip>
          );
        })}
      </Group>
    </Checkbox.Group>
  );
}
