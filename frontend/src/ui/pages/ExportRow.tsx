import {
  Anchor,
  Badge,
  Button,
  CopyButton,
  Group,
  Paper,
  Progress,
  Stack,
  Text,
  Tooltip,
  UnstyledButton,
} from '@mantine/core';
import { IconDownload, IconX } from '@tabler/icons-react';

import { formatBytes, formatDuration, formatMoment } from '../format';
import type { Export, ExportState } from '../../api/types';
import { isOpenExport, useCancelExport } from '../server/exports';
import { formatName } from './FormatChoice';

const STATES: Readonly<Record<ExportState, { readonly words: string; readonly color: string }>> = {
  queued: { words: 'waiting for a worker', color: 'gray' },
  running: { words: 'running', color: 'accent' },
  done: { words: 'done', color: 'teal' },
  failed: { words: 'failed', color: 'red' },
  cancelled: { words: 'cancelled', color: 'gray' },
};

/** One export: how far it is, and its files when it is done. */
export function ExportRow({
  slug,
  item,
  mayCancel,
}: {
  readonly slug: string;
  readonly item: Export;
  readonly mayCancel: boolean;
}) {
  const cancel = useCancelExport(slug);
  const state = STATES[item.state];
  return (
    <Paper withBorder p="md" radius={6} data-testid="export" data-state={item.state}>
      <Group gap="sm">
        <Badge color={state.color} variant="light" tt="none" autoContrast fz="xs">
          {state.words}
        </Badge>
        <Text size="md" fw={600}>
          {title(item)}
        </Text>
        <Text size="sm" c="dimmed" ml="auto">
          {formatMoment(item.created_at)}
          {item.created_by === null ? '' : ` by ${item.created_by}`}
        </Text>
        {isOpenExport(item) && mayCancel ? (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconX size={14} />}
            loading={cancel.isPending}
            onClick={() => cancel.mutate(item.id)}
            data-testid="export-cancel"
          >
            Cancel
          </Button>
        ) : null}
      </Group>
      {isOpenExport(item) ? <ExportProgress item={item} /> : null}
      {item.message === '' ? null : (
        <Text size="sm" mt="sm" c={item.state === 'failed' ? 'red' : 'dimmed'}>
          {item.message}
        </Text>
      )}
      {item.files.length === 0 ? null : (
        <Stack gap={4} mt="sm">
          {item.files.map((file) => (
            <Group key={file.name} gap="md" wrap="nowrap">
              <Anchor href={file.url} download size="sm" data-testid="export-file">
                <Group gap={6} wrap="nowrap">
                  <IconDownload size={14} stroke={1.6} />
                  {file.name}
                </Group>
              </Anchor>
              <Text size="sm" c="dimmed">
                {formatBytes(file.size)}
              </Text>
              <Checksum sha256={file.sha256} />
            </Group>
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function ExportProgress({ item }: { readonly item: Export }) {
  const { done, total, rate_per_s, eta_s } = item.progress;
  const part = total === null || total === 0 ? 0 : (100 * done) / total;
  const facts = [
    total !== null
      ? `${done.toLocaleString('en')} of ${total.toLocaleString('en')} images`
      : 'counting images',
    rate_per_s === null ? '' : `${rate_per_s.toFixed(rate_per_s < 10 ? 1 : 0)} images/s`,
    eta_s === null ? '' : `${formatDuration(eta_s)} left`,
  ].filter((fact) => fact !== '');
  return (
    <Stack gap={4} mt="sm">
      <Progress value={part} size="sm" aria-label="Progress of the export" />
      <Text size="sm" c="dimmed">
        {facts.join(' · ')}
      </Text>
    </Stack>
  );
}

function Checksum({ sha256 }: { readonly sha256: string }) {
  return (
    <CopyButton value={sha256}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? 'Copied' : `SHA-256 ${sha256}; click to copy`}>
          <UnstyledButton onClick={copy} aria-label={`${sha256.slice(0, 12)}: copy the SHA-256 checksum`}>
            <Text size="xs" c="dimmed" ff="monospace">
              {sha256.slice(0, 12)}
            </Text>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}

function title(item: Export): string {
  const formats = item.formats.map(formatName).join(' + ');
  const { version } = item;
  return version === null
    ? `${formats} of ${item.layer}, ${item.source}`
    : `${formats} of ${version.dataset}, version ${version.number}`;
}
