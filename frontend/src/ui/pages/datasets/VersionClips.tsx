import { Anchor, Button, Paper, Stack, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';

import { versionItemsQuery } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';

/** The label sets of a version, with their revisions and splits. */
export function VersionClips({ slug, versionId }: { readonly slug: string; readonly versionId: string }) {
  const items = useInfiniteQuery(versionItemsQuery(versionId));
  if (items.isPending) return <Loading what="clips" />;
  if (items.isError) return <Notice title="The clips could not be loaded">{sentenceOf(items.error)}</Notice>;
  const all = items.data.pages.flat();
  return (
    <Stack gap="md">
      <Paper withBorder radius={6}>
        <Table highlightOnHover fz="sm" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Clip</Table.Th>
              <Table.Th>Layer</Table.Th>
              <Table.Th>Labels from</Table.Th>
              <Table.Th ta="right">Revision</Table.Th>
              <Table.Th>Split</Table.Th>
              <Table.Th>Group</Table.Th>
              <Table.Th ta="right">Labels</Table.Th>
              <Table.Th>Labels&apos; hash</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {all.map((item) => (
              <Table.Tr key={item.label_set_id}>
                <Table.Td>
                  <Anchor
                    component={Link}
                    size="sm"
                    href={`/projects/${slug}/clips/${item.clip_id}?set=${item.label_set_id}`}
                  >
                    {item.clip}
                  </Anchor>
                </Table.Td>
                <Table.Td>{item.layer}</Table.Td>
                <Table.Td>{item.source}</Table.Td>
                <Table.Td ta="right">{item.revision}</Table.Td>
                <Table.Td>{item.split}</Table.Td>
                <Table.Td>
                  <Text size="xs" c="dimmed" truncate maw={220} title={item.group}>
                    {item.group}
                  </Text>
                </Table.Td>
                <Table.Td ta="right" title={classesOf(item.class_counts)}>
                  {sum(Object.values(item.class_counts)).toLocaleString('en')}
                </Table.Td>
                <Table.Td ff="monospace" fz="xs">
                  {item.labels_hash.slice(0, 12)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
      {items.hasNextPage ? (
        <Button
          variant="default"
          mx="auto"
          loading={items.isFetchingNextPage}
          onClick={() => void items.fetchNextPage()}
        >
          Show more clips
        </Button>
      ) : null}
    </Stack>
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function classesOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
