import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { sentenceOf } from '../../server/errors';
import { goldsQuery, scoresQuery } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { AttemptsPanel } from './AttemptsPanel';
import { GoldPanel } from './GoldPanel';
import { GoldSettingsPanel } from './GoldSettingsPanel';
import { formatScore, ProjectFrame } from './ProjectFrame';
import { Section } from './Section';

/** How everybody does on gold and why, the gold itself, and how often it is handed out; for admins. */
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
      <Section title="Scores">
        <Table data-testid="scores" verticalSpacing={4}>
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
      </Section>
      <AttemptsPanel slug={slug} people={scores.data} />
      <GoldPanel slug={slug} golds={golds.data} />
      <GoldSettingsPanel slug={slug} />
    </ProjectFrame>
  );
}
