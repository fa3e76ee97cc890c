import { Anchor, Button, Select, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';

import type { PersonScore } from '../../../api/trustApi';
import { formatMoment } from '../../format';
import { attemptsQuery } from '../../server/trustAdmin';
import { Problem } from './Problem';
import { formatScore } from './ProjectFrame';
import { Section } from './Section';

/** What was compared with gold, of all or of one person; each leads to why. */
export function AttemptsPanel({
  slug,
  people,
}: {
  readonly slug: string;
  readonly people: readonly PersonScore[];
}) {
  const [userId, setUserId] = useState<string | null>(null);
  const attempts = useInfiniteQuery(attemptsQuery(slug, userId));
  const rows = attempts.data?.pages.flatMap((page) => page.results) ?? [];
  return (
    <Section
      title="Compared with gold"
      action={
        <Select
          aria-label="Whose"
          placeholder="Everybody's"
          size="xs"
          clearable
          searchable
          data={people.map((row) => ({ value: row.user.id, label: row.user.name }))}
          value={userId}
          onChange={setUserId}
        />
      }
    >
      {attempts.isSuccess && rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was compared yet.
        </Text>
      ) : (
        <Table data-testid="attempts" verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Who</Table.Th>
              <Table.Th>Clip, layer</Table.Th>
              <Table.Th>As</Table.Th>
              <Table.Th>Submitted</Table.Th>
              <Table.Th>Score</Table.Th>
              <Table.Th aria-label="What can be done" />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td>{row.user.name}</Table.Td>
                <Table.Td>
                  {row.clip_name}, {row.layer}
                </Table.Td>
                <Table.Td>{row.is_hidden_check ? 'hidden check' : 'course'}</Table.Td>
                <Table.Td>{formatMoment(row.submitted_at)}</Table.Td>
                <Table.Td>{formatScore(row.score)}</Table.Td>
                <Table.Td ta="right">
                  <Anchor component={Link} size="sm" href={`/projects/${slug}/attempts/${row.id}`}>
                    Why
                  </Anchor>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Problem error={attempts.error} />
      {attempts.hasNextPage ? (
        <Button
          mt="xs"
          size="compact-sm"
          variant="default"
          loading={attempts.isFetchingNextPage}
          onClick={() => void attempts.fetchNextPage()}
        >
          Older
        </Button>
      ) : null}
    </Section>
  );
}
