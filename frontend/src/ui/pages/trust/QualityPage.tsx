import { Badge, Group, Paper, Table, Text, Title } from '@mantine/core';
import { IconTargetArrow } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { sentenceOf } from '../../server/errors';
import { goldsQuery, scoresQuery } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { formatScore, ProjectFrame } from './ProjectFrame';

/** How everybody does on gold, and the gold itself; for admins. */
export function QualityPage({ slug }: { readonly slug: string }) {
  const scores = useQuery(scoresQuery(slug));
  const golds = useQuery(goldsQuery(slug));
  if (scores.isPending || golds.isPending) return <Loading what="scores" />;
  if (!scores.isSuccess || !golds.isSuccess) {
    return (
      <ProjectFrame slug={slug} title="Quality">
        <Notice title="The scores could not be loaded">{sentenceOf(scores.error ?? golds.error)}</Notice>
      </ProjectFrame>
    );
  }
  return (
    <ProjectFrame slug={slug} title="Quality">
      <Paper withBorder p="md" radius={6} component="section" aria-label="Scores">
        <Title order={2} size="h4" mb="xs">
          Scores on hidden gold
        </Title>
        <Table data-testid="scores">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Who</Table.Th>
              <Table.Th>Running score</Table.Th>
              <Table.Th>Compared tasks</Table.Th>
              <Table.Th>Skills</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {scores.data.map((row) => (
              <Table.Tr key={row.user.id}>
                <Table.Td>{row.user.name}</Table.Td>
                <Table.Td>{formatScore(row.score)}</Table.Td>
                <Table.Td>{row.tasks}</Table.Td>
                <Table.Td>{row.skills.join(', ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
      {golds.data.length === 0 ? (
        <Notice icon={<IconTargetArrow size={32} stroke={1.5} />} title="There is no gold yet">
          Say of a trusted label set that it is gold, and labellers are compared with it.
        </Notice>
      ) : (
        <Paper withBorder p="md" radius={6} component="section" aria-label="Gold">
          <Title order={2} size="h4" mb="xs">
            Gold
          </Title>
          <Table data-testid="golds">
            <Table.Tbody>
              {golds.data.map((gold) => (
                <Table.Tr key={gold.id}>
                  <Table.Td>
                    {gold.clip_name}, {gold.layer}
                  </Table.Td>
                  <Table.Td>
                    <Group gap="xs">
                      <Text size="sm">from {gold.source}</Text>
                      {gold.is_hidden_check ? (
                        <Badge variant="light" tt="none">
                          hidden checks
                        </Badge>
                      ) : null}
                    </Group>
                  </Table.Td>
                  <Table.Td>{gold.attempt_count} compared</Table.Td>
                  <Table.Td>{formatScore(gold.mean_score)} on average</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Paper>
      )}
    </ProjectFrame>
  );
}
