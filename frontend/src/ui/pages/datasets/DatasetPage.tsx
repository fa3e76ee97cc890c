import { Anchor, Badge, Button, Group, Paper, Table, Text } from '@mantine/core';
import { IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';

import { formatMoment } from '../../format';
import { datasetsQuery, versionsQuery } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DatasetFrame } from './DatasetFrame';

/** The versions of a data set, newest first. */
export function DatasetPage({ slug, datasetId }: { readonly slug: string; readonly datasetId: string }) {
  const datasets = useQuery(datasetsQuery(slug));
  const versions = useQuery(versionsQuery(datasetId));
  if (datasets.isPending || versions.isPending) return <Loading what="versions" />;
  const dataset = datasets.data?.find((found) => found.id === datasetId);
  const name = dataset?.name ?? 'Data set';
  return (
    <DatasetFrame
      slug={slug}
      title={name}
      trail={[{ label: name }]}
      actions={
        versions.isSuccess ? (
          <Button
            component={Link}
            href={`/projects/${slug}/datasets/${datasetId}/freeze`}
            leftSection={<IconSnowflake size={16} stroke={1.6} />}
            data-testid="new-version"
          >
            New version
          </Button>
        ) : null
      }
    >
      {dataset === undefined || dataset.description === '' ? null : (
        <Text c="dimmed">{dataset.description}</Text>
      )}
      {versions.isError ? (
        <Notice title="The versions could not be loaded">{sentenceOf(versions.error)}</Notice>
      ) : versions.data.length === 0 ? (
        <Notice icon={<IconSnowflake size={32} stroke={1.5} />} title="Nothing is frozen yet">
          Choose labels and splits, see how much that is, and freeze it as version 1.
        </Notice>
      ) : (
        <Paper withBorder radius={6}>
          <Table highlightOnHover verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Version</Table.Th>
                <Table.Th>Note</Table.Th>
                <Table.Th>Splits</Table.Th>
                <Table.Th ta="right">Clips</Table.Th>
                <Table.Th ta="right">Labels</Table.Th>
                <Table.Th>Content</Table.Th>
                <Table.Th>Frozen</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {versions.data.map((version) => (
                <Table.Tr key={version.id} data-testid="version">
                  <Table.Td>
                    <Group gap="sm" wrap="nowrap">
                      <Anchor
                        component={Link}
                        href={`/projects/${slug}/dataset-versions/${version.id}`}
                        fw={600}
                      >
                        {version.number}
                      </Anchor>
                      {version.deprecation === null ? null : (
                        <Badge color="yellow" variant="light" tt="none" title={version.deprecation.reason}>
                          deprecated
                        </Badge>
                      )}
                    </Group>
                  </Table.Td>
                  <Table.Td>{version.note}</Table.Td>
                  <Table.Td>
                    {Object.entries(version.sums.splits)
                      .map(([split, part]) => `${split} ${part.clips}`)
                      .join(', ')}
                  </Table.Td>
                  <Table.Td ta="right">{version.sums.clips.toLocaleString('en')}</Table.Td>
                  <Table.Td ta="right">{version.sums.labels.toLocaleString('en')}</Table.Td>
                  <Table.Td ff="monospace" fz="xs">
                    {version.content_hash.slice(0, 12)}
                  </Table.Td>
                  <Table.Td c="dimmed">
                    {formatMoment(version.created_at)}
                    {version.created_by ? ` by ${version.created_by}` : ''}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
    </DatasetFrame>
  );
}
