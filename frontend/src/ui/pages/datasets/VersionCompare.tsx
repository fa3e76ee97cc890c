import { Anchor, Grid, Group, Paper, Select, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';

import type { Comparison, Version } from '../../../api/datasetsApi';
import { comparisonQuery, versionsQuery } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';

/** What came, went and changed since another version, by class and by clip. */
export function VersionCompare({ slug, version }: { readonly slug: string; readonly version: Version }) {
  const versions = useQuery(versionsQuery(version.dataset_id));
  const [params, setParams] = useSearchParams();
  if (versions.isPending) return <Loading what="versions" />;
  const others = (versions.data ?? []).filter((other) => other.id !== version.id);
  const before = others.find((other) => other.number < version.number) ?? others[0];
  const chosen = others.find((other) => other.id === params.get('with')) ?? before;
  if (chosen === undefined) {
    return (
      <Notice title="There is nothing to compare with">This is the only version of the data set.</Notice>
    );
  }
  return (
    <Stack gap="md">
      <Select
        label="What changed since"
        data={others.map((other) => ({
          value: other.id,
          label: `version ${other.number}${other.note === '' ? '' : `: ${other.note}`}`,
        }))}
        value={chosen.id}
        onChange={(value) =>
          setParams({ tab: 'compare', ...(value === null ? {} : { with: value }) }, { replace: true })
        }
        allowDeselect={false}
        w={360}
        data-testid="compare-with"
      />
      <Difference slug={slug} versionId={version.id} otherId={chosen.id} />
    </Stack>
  );
}

function Difference({
  slug,
  versionId,
  otherId,
}: {
  readonly slug: string;
  readonly versionId: string;
  readonly otherId: string;
}) {
  const comparison = useQuery(comparisonQuery(versionId, otherId));
  if (comparison.isPending) return <Loading what="the differences" />;
  if (comparison.isError) {
    return <Notice title="They could not be compared">{sentenceOf(comparison.error)}</Notice>;
  }
  const { clips, classes, is_same: isSame, is_same_spec: isSameSpec } = comparison.data;
  const rows = Object.entries(classes);
  return (
    <Grid gap="lg" data-testid="comparison">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Paper withBorder p="md" radius={6} component="section" aria-label="By class">
          <Title order={2} size="h5">
            Labels by class
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {isSame ? 'Both have the same content. ' : ''}
            {isSameSpec ? 'The target spec is the same.' : 'The target spec is another one.'}
          </Text>
          {rows.length === 0 ? (
            <Text size="sm">No label is different.</Text>
          ) : (
            <Table fz="sm" verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Class</Table.Th>
                  <Table.Th ta="right">Added</Table.Th>
                  <Table.Th ta="right">Removed</Table.Th>
                  <Table.Th ta="right">Changed</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map(([name, changes]) => (
                  <Table.Tr key={name}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td ta="right">{signed('+', changes.added)}</Table.Td>
                    <Table.Td ta="right">{signed('−', changes.removed)}</Table.Td>
                    <Table.Td ta="right">{signed('', changes.changed)}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Paper withBorder p="md" radius={6} component="section" aria-label="By clip">
          <Title order={2} size="h5">
            Clips
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            {clips.added} added, {clips.removed} removed, {clips.changed} changed, {clips.moved} in another
            split, {clips.unchanged} as they were
          </Text>
          <ClipLists slug={slug} comparison={comparison.data} />
        </Paper>
      </Grid.Col>
    </Grid>
  );
}

function ClipLists({ slug, comparison }: { readonly slug: string; readonly comparison: Comparison }) {
  const lists = [
    { title: 'Added', clips: comparison.added, count: comparison.clips.added },
    { title: 'Removed', clips: comparison.removed, count: comparison.clips.removed },
    { title: 'Changed', clips: comparison.changed, count: comparison.clips.changed },
    {
      title: 'In another split',
      clips: comparison.moved.map((clip) => ({
        ...clip,
        name: `${clip.name} (${clip.before} → ${clip.after})`,
      })),
      count: comparison.clips.moved,
    },
  ].filter((list) => list.clips.length > 0);
  return (
    <Stack gap="sm" mah={460} style={{ overflow: 'auto' }}>
      {lists.map(({ title, clips, count }) => (
        <div key={title}>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Group gap="md">
            {clips.map((clip) => (
              <Anchor
                key={clip.clip_id}
                component={Link}
                size="sm"
                href={`/projects/${slug}/clips/${clip.clip_id}`}
              >
                {clip.name}
              </Anchor>
            ))}
            {clips.length < count ? <Text size="sm">and {count - clips.length} more</Text> : null}
          </Group>
        </div>
      ))}
    </Stack>
  );
}

function signed(sign: string, count: number): string {
  return count === 0 ? '–' : `${sign}${count.toLocaleString('en')}`;
}
