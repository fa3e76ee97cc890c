import { List, Stack, Table, Text } from '@mantine/core';

import type { LabelImportReport } from '../../api/importsApi';

/** Rows that are shown of many recordings. */
const SHOWN = 20;

/** What is in files of labels, and of which clips. */
export function ImportReport({ report }: { readonly report: LabelImportReport }) {
  const odd = new Map<string, number>();
  for (const recording of report.recordings) {
    for (const [sentence, count] of Object.entries(recording.report)) {
      odd.set(sentence, (odd.get(sentence) ?? 0) + count);
    }
  }
  return (
    <Stack gap="xs" data-testid="import-report">
      <Table withTableBorder verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Recording ({report.format})</Table.Th>
            <Table.Th>Clip</Table.Th>
            <Table.Th>Layer</Table.Th>
            <Table.Th ta="right">Labels</Table.Th>
            <Table.Th ta="right">Keyframes</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.recordings.slice(0, SHOWN).map((recording) => (
            <Table.Tr key={`${recording.name} ${recording.layer}`}>
              <Table.Td>{recording.name}</Table.Td>
              <Table.Td>{recording.clip}</Table.Td>
              <Table.Td>{recording.layer}</Table.Td>
              <Table.Td ta="right">{recording.label_count.toLocaleString('en')}</Table.Td>
              <Table.Td ta="right">{recording.keyframe_count.toLocaleString('en')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <More count={report.recordings.length - SHOWN} what="more recordings" />
      {report.others.length === 0 ? null : (
        <Text size="sm" c="dimmed">
          Of no clip of this project, left out: {report.others.slice(0, SHOWN).join(', ')}
          {report.others.length > SHOWN ? ` and ${report.others.length - SHOWN} more` : ''}
        </Text>
      )}
      {odd.size === 0 ? null : (
        <List size="sm" c="dimmed">
          {[...odd].map(([sentence, count]) => (
            <List.Item key={sentence}>
              {count.toLocaleString('en')} × {sentence}
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

function More({ count, what }: { readonly count: number; readonly what: string }) {
  if (count <= 0) return null;
  return (
    <Text size="sm" c="dimmed">
      and {count.toLocaleString('en')} {what}
    </Text>
  );
}
