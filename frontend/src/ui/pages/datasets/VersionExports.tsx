import { Alert, Button, Checkbox, Group, Paper, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconAlertCircle, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { Version } from '../../../api/datasetsApi';
import type { ExportRequest } from '../../../api/types';
import { useExportVersion } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { exportsQuery } from '../../server/exports';
import { ExportRow } from '../ExportRow';
import { FormatChoice } from '../FormatChoice';

/** Starts exports of a version, and shows those that there are. */
export function VersionExports({ slug, version }: { readonly slug: string; readonly version: Version }) {
  const exports = useQuery(exportsQuery(slug));
  const start = useExportVersion(slug, version.id);
  const [formats, setFormats] = useState<ExportRequest['formats']>([]);
  const [includeImages, setIncludeImages] = useState(false);
  const [includeCard, setIncludeCard] = useState(true);
  const own = (exports.data ?? []).filter((item) => item.version?.id === version.id);
  const reason =
    version.deprecation !== null
      ? 'A deprecated version is exported no more.'
      : formats.length === 0
        ? 'Choose at least one format.'
        : null;
  return (
    <Stack gap="lg">
      <Paper withBorder p="md" radius={6} component="section" aria-label="New export">
        <Title order={2} size="h5" mb="sm">
          New export
        </Title>
        <FormatChoice value={formats} onChange={setFormats} possible={version.formats} />
        {start.isError ? (
          <Alert mt="md" color="red" icon={<IconAlertCircle size={18} />} role="alert">
            {sentenceOf(start.error)}
          </Alert>
        ) : null}
        <Group mt="lg" justify="space-between">
          <Group gap="lg">
            <Checkbox
              label="Put the pictures in too"
              checked={includeImages}
              onChange={(event) => setIncludeImages(event.currentTarget.checked)}
            />
            <Tooltip label="card.html and card.json: counts, balance, examples of this version">
              <Checkbox
                label="With the card"
                checked={includeCard}
                onChange={(event) => setIncludeCard(event.currentTarget.checked)}
                data-testid="export-card"
              />
            </Tooltip>
          </Group>
          <Group gap="md">
            <Text size="sm" c="dimmed">
              {reason}
            </Text>
            <Button
              leftSection={<IconPlayerPlay size={16} stroke={1.6} />}
              disabled={reason !== null}
              loading={start.isPending}
              onClick={() =>
                start.mutate({ formats, include_images: includeImages, include_card: includeCard })
              }
              data-testid="export-start"
            >
              Export
            </Button>
          </Group>
        </Group>
      </Paper>
      {exports.isError ? (
        <Text size="sm" c="red">
          {sentenceOf(exports.error)}
        </Text>
      ) : own.length === 0 ? (
        <Text size="sm" c="dimmed">
          This version was not exported yet.
        </Text>
      ) : (
        own.map((item) => <ExportRow key={item.id} slug={slug} item={item} mayCancel />)
      )}
    </Stack>
  );
}
