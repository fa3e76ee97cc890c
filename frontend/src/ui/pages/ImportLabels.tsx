import {
  Alert,
  Button,
  FileInput,
  Group,
  Modal,
  NumberInput,
  Progress,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconAlertCircle, IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { LabelImport, LabelImportOptions } from '../../api/importsApi';
import { sentenceOf } from '../server/errors';
import { importsApi, useRunImport } from '../server/imports';
import { clipsQuery, projectQuery } from '../server/queries';
import { ImportClasses, KEEP, LEAVE_OUT, type ClassChoices } from './ImportClasses';
import { ImportReport } from './ImportReport';

const KINDS = '.zip,.json,.tar,.parquet,.feather';
const SOURCES: readonly { readonly value: Source; readonly label: string }[] = [
  { value: 'import', label: 'Import: made elsewhere' },
  { value: 'model', label: 'Model: made by a network' },
  { value: 'gold', label: 'Gold: checked answers' },
  { value: 'simulation', label: 'Simulation: exact by construction' },
];
type Source = NonNullable<LabelImportOptions['source']>;

interface NamedClip {
  readonly id: string;
  readonly name: string;
}

interface Fields {
  readonly clipId: string | null;
  readonly layer: string | null;
  readonly source: Source;
  readonly name: string;
  readonly camera: string;
  readonly rateHz: number | '';
}

const BEGIN: Fields = { clipId: null, layer: null, source: 'import', name: '', camera: '', rateHz: '' };

/** Labels that others made, as label sets of clips that are here: looked at first, then imported. */
export function ImportLabels({
  slug,
  clip,
  isOpen,
  onClose,
  onOpen,
}: {
  readonly slug: string;
  /** The clip that they are of; left out: as the files say, or somebody. */
  readonly clip?: NamedClip;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** Shows a label set that was made. */
  readonly onOpen?: (labelSetId: string) => void;
}) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Import labels" size="xl" data-testid="import-labels">
      {/* What was begun is forgotten with the dialog. */}
      {isOpen ? (
        <ImportForm slug={slug} clip={clip ?? null} onClose={onClose} onOpen={onOpen ?? null} />
      ) : null}
    </Modal>
  );
}

function ImportForm({
  slug,
  clip,
  onClose,
  onOpen,
}: {
  readonly slug: string;
  readonly clip: NamedClip | null;
  readonly onClose: () => void;
  readonly onOpen: ((labelSetId: string) => void) | null;
}) {
  const project = useQuery(projectQuery(slug));
  const clips = useInfiniteQuery(clipsQuery(slug));
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<LabelImport | null>(null);
  const [fields, setFields] = useState<Fields>({ ...BEGIN, clipId: clip?.id ?? null });
  const [choices, setChoices] = useState<ClassChoices>({});
  const [stage, setStage] = useState<{ readonly text: string; readonly share: number | null } | null>(null);
  const tell = (text: string, share: number | null): void => setStage({ text, share });
  const look = useRunImport(slug, tell);
  const store = useRunImport(slug, tell);
  const send = useMutation({
    mutationFn: async (chosen: File) => {
      const made = await importsApi.send(slug, chosen, (bytes) => tell('sending', bytes / chosen.size));
      setSent(made);
      return made;
    },
  });
  const set = (patch: Partial<Fields>): void => {
    setFields((before) => ({ ...before, ...patch }));
    look.reset();
    store.reset();
  };
  const choose = (chosen: File | null): void => {
    setFile(chosen);
    setSent(null);
    setChoices({});
    look.reset();
    store.reset();
  };
  const isBusy = send.isPending || look.isPending || store.isPending;
  const report = look.data?.report ?? null;
  const unsettled = (report?.classes ?? []).filter(
    (found) => !found.is_settled && choices[found.name] === undefined,
  );
  const begin = async (): Promise<void> => {
    if (file === null) return;
    const made = sent ?? (await send.mutateAsync(file).catch(() => null));
    if (made !== null)
      look.mutate({ importId: made.id, options: { ...optionsOf(fields, {}), dry_run: true } });
  };
  const error = send.error ?? look.error ?? store.error;
  if (store.isSuccess) {
    const { label_sets: made } = store.data;
    const count = made.length;
    const [first] = made;
    return (
      <Stack gap="md">
        <Alert color="teal" icon={<IconFileImport size={18} />} data-testid="import-done">
          {count === 1 ? 'One label set is there now.' : `${count} label sets are there now.`} They are in the
          menu of label sets of each clip; tasks can start from them.
        </Alert>
        <Group justify="flex-end">
          <Button variant={onOpen === null ? 'filled' : 'default'} onClick={onClose}>
            Close
          </Button>
          {onOpen === null || first === undefined ? null : (
            <Button
              onClick={() => {
                onClose();
                onOpen(first);
              }}
              data-testid="import-open"
            >
              Show them
            </Button>
          )}
        </Group>
      </Stack>
    );
  }
  const layers = project.data?.ontology?.layers ?? [];
  const listed: readonly NamedClip[] = clips.data?.pages.flatMap((page) => page.results) ?? [];
  // The clip that one comes from may not be on the first page of many.
  const known = clip === null || listed.some((one) => one.id === clip.id) ? listed : [clip, ...listed];
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        nuScenes, Argoverse 2, KITTI, OpenLABEL, or an export of ours: a zip file of the folder, or a single
        file. Pictures in it are not needed.
      </Text>
      <SimpleGrid cols={2} spacing="md">
        <FileInput
          label="File"
          placeholder="Choose a file"
          accept={KINDS}
          value={file}
          onChange={choose}
          disabled={isBusy}
          clearable
          data-testid="import-file"
        />
        <Select
          label="Clip"
          placeholder="As the files say"
          data={known.map((clip) => ({ value: clip.id, label: clip.name }))}
          value={fields.clipId}
          onChange={(clipId) => set({ clipId })}
          disabled={isBusy}
          searchable
          clearable
          data-testid="import-clip"
        />
        <Select
          label="Layer"
          placeholder="As the files say, else objects"
          data={layers.map((layer) => ({ value: layer.name, label: layer.title }))}
          value={fields.layer}
          onChange={(layer) => set({ layer })}
          disabled={isBusy}
          clearable
        />
        <Select
          label="Labels are"
          data={[...SOURCES]}
          value={fields.source}
          onChange={(value) => set({ source: SOURCES.find((one) => one.value === value)?.value ?? 'import' })}
          disabled={isBusy}
          allowDeselect={false}
        />
        <TextInput
          label="Name"
          placeholder="Tells several label sets apart"
          value={fields.name}
          maxLength={100}
          onChange={(event) => set({ name: event.currentTarget.value })}
          disabled={isBusy}
        />
        {asksForCamera(report?.format, error) ? (
          <Group gap="sm" grow>
            <TextInput
              label="Camera (KITTI)"
              value={fields.camera}
              onChange={(event) => set({ camera: event.currentTarget.value })}
              disabled={isBusy}
            />
            <NumberInput
              label="Frames a second"
              placeholder="one an image"
              value={fields.rateHz}
              min={0.001}
              onChange={(value) => set({ rateHz: typeof value === 'number' ? value : '' })}
              disabled={isBusy}
            />
          </Group>
        ) : null}
      </SimpleGrid>
      {isBusy ? (
        <Stack gap={4}>
          <Progress
            value={100 * (stage?.share ?? 1)}
            animated={stage === null || stage.share === null}
            size="sm"
          />
          <Text size="sm" c="dimmed" role="status">
            {stage?.text ?? 'sending'}
          </Text>
        </Stack>
      ) : null}
      {error === null || isBusy ? null : (
        <Alert
          color="red"
          icon={<IconAlertCircle size={18} />}
          role="alert"
          style={{ whiteSpace: 'pre-line' }}
        >
          {sentenceOf(error)}
        </Alert>
      )}
      {report === null || isBusy ? null : (
        <>
          <ImportReport report={report} />
          <ImportClasses
            classes={report.classes}
            layers={layers}
            choices={choices}
            onChange={(name, choice) => setChoices((before) => ({ ...before, [name]: choice }))}
          />
        </>
      )}
      <Group justify="flex-end" gap="md">
        {unsettled.length > 0 && !isBusy ? (
          <Text size="sm" c="dimmed">
            {unsettled.length === 1
              ? 'Say what becomes of one class.'
              : `Say what becomes of ${unsettled.length} classes.`}
          </Text>
        ) : null}
        {report === null ? (
          <Button onClick={() => void begin()} disabled={file === null || isBusy} data-testid="import-look">
            Look what is in it
          </Button>
        ) : (
          <Button
            leftSection={<IconFileImport size={16} stroke={1.6} />}
            disabled={isBusy || unsettled.length > 0}
            onClick={() => {
              if (sent === null) return;
              store.mutate({
                importId: sent.id,
                options: { ...optionsOf(fields, choices), dry_run: false },
              });
            }}
            data-testid="import-store"
          >
            Import
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Where files have neither times nor say which camera they are of. */
function asksForCamera(format: string | undefined, error: Error | null): boolean {
  return format?.startsWith('kitti') === true || /\b(camera|frame)\b/.test(error?.message ?? '');
}

function optionsOf(fields: Fields, choices: ClassChoices): Omit<LabelImportOptions, 'dry_run'> {
  const classes = Object.entries(choices).map(([name, choice]) => [
    name,
    choice === LEAVE_OUT ? null : choice === KEEP ? name : choice,
  ]);
  return {
    format: '',
    recording: '',
    keep_classes: false,
    clip_id: fields.clipId,
    layer: fields.layer ?? '',
    source: fields.source,
    name: fields.name,
    camera: fields.camera,
    rate_hz: fields.rateHz === '' ? null : fields.rateHz,
    classes: Object.fromEntries(classes) as Record<string, string | null>,
  };
}
