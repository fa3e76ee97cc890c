import { Anchor, Badge, Button, Group, Paper, Table, Text, TextInput } from '@mantine/core';
import { IconDatabase, IconLockOff, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';

import { formatMoment } from '../../format';
import { datasetsQuery, useCreateDataset } from '../../server/datasets';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DatasetFrame } from './DatasetFrame';

/** A project's data sets, each with its newest version. */
export function DatasetsPage({ slug }: { readonly slug: string }) {
  const datasets = useQuery(datasetsQuery(slug));
  const [isNew, setIsNew] = useState(false);
  if (datasets.isPending) return <Loading what="data sets" />;
  return (
    <DatasetFrame
      slug={slug}
      title="Data sets"
      actions={
        datasets.isError ? null : (
          <>
            <Button
              component={Link}
              href={`/projects/${slug}/hold-outs`}
              variant="default"
              leftSection={<IconLockOff size={16} stroke={1.6} />}
            >
              Hold-outs
            </Button>
            <Button
              leftSection={<IconPlus size={16} stroke={1.6} />}
              onClick={() => setIsNew(true)}
              data-testid="new-dataset"
            >
              New data set
            </Button>
          </>
        )
      }
    >
      {datasets.isError ? (
        <Notice title="The data sets could not be loaded">{sentenceOf(datasets.error)}</Notice>
      ) : null}
      {isNew ? <NewDataset slug={slug} onClose={() => setIsNew(false)} /> : null}
      {datasets.data?.length === 0 ? (
        <Notice icon={<IconDatabase size={32} stroke={1.5} />} title="There are no data sets yet">
          A data set is a name for versions. A version is what one trains on: which labels of which clips, at
          which revision, in which splits. It never changes, and gives the same bytes next year.
        </Notice>
      ) : null}
      {datasets.data === undefined || datasets.data.length === 0 ? null : (
        <Paper withBorder radius={6}>
          <Table highlightOnHover fz="md" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Newest version</Table.Th>
                <Table.Th ta="right">Clips</Table.Th>
                <Table.Th ta="right">Images</Table.Th>
                <Table.Th ta="right">Labels</Table.Th>
                <Table.Th>Frozen</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {datasets.data.map(({ id, name, description, newest }) => (
                <Table.Tr key={id} data-testid="dataset">
                  <Table.Td>
                    <Anchor component={Link} href={`/projects/${slug}/datasets/${id}`} fw={600}>
                      {name}
                    </Anchor>
                    <Text size="sm" c="dimmed">
                      {description}
                    </Text>
                  </Table.Td>
                  {newest === null || newest === undefined ? (
                    <Table.Td colSpan={5} c="dimmed">
                      nothing frozen yet
                    </Table.Td>
                  ) : (
                    <>
                      <Table.Td>
                        <Group gap="sm">
                          <Anchor component={Link} href={`/projects/${slug}/dataset-versions/${newest.id}`}>
                            version {newest.number}
                          </Anchor>
                          {newest.deprecation === null ? null : (
                            <Badge color="yellow" variant="light" tt="none">
                              deprecated
                            </Badge>
                          )}
                        </Group>
                      </Table.Td>
                      <Table.Td ta="right">{newest.sums.clips.toLocaleString('en')}</Table.Td>
                      <Table.Td ta="right">{newest.sums.images.toLocaleString('en')}</Table.Td>
                      <Table.Td ta="right">{newest.sums.labels.toLocaleString('en')}</Table.Td>
                      <Table.Td c="dimmed">{formatMoment(newest.created_at)}</Table.Td>
                    </>
                  )}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
    </DatasetFrame>
  );
}

function NewDataset({ slug, onClose }: { readonly slug: string; readonly onClose: () => void }) {
  const create = useCreateDataset(slug);
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="New data set">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(
            { name, description },
            { onSuccess: (made) => navigate(`/projects/${slug}/datasets/${made.id}/freeze`) },
          );
        }}
      >
        <Group gap="md" align="flex-start">
          <TextInput
            label="Name"
            description="lower-case words joined by - or _"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={create.isError ? sentenceOf(create.error) : null}
            data-autofocus
            autoFocus
            required
            w={260}
            data-testid="dataset-name"
          />
          <TextInput
            label="What it is for"
            description="shown in the list"
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
            flex={1}
          />
          <Group gap="sm" mt={44}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={create.isPending}
              disabled={name === ''}
              data-testid="create-dataset"
            >
              Create and choose clips
            </Button>
          </Group>
        </Group>
      </form>
    </Paper>
  );
}
