import { Group, Progress, Table, Text } from '@mantine/core';

import type { Selection, Sums } from '../../../api/datasetsApi';
import { formatDuration } from '../../format';

/** How much a selection has: in all, by split, by class. */
export function SelectionSums({ sums }: { readonly sums: Selection }) {
  const splits = Object.entries(sums.splits);
  const classes = Object.entries(sums.classes).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...classes.map(([, count]) => count));
  return (
    <>
      <Table verticalSpacing={4} fz="sm" data-testid="selection-sums">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Split</Table.Th>
            <Table.Th ta="right">Clips</Table.Th>
            <Table.Th ta="right">Images</Table.Th>
            <Table.Th ta="right">Labels</Table.Th>
            <Table.Th ta="right">Time</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {splits.map(([name, part]) => (
            <SumsRow key={name} name={name} part={part} whole={sums} />
          ))}
          <SumsRow name={splits.length === 0 ? 'no splits' : 'in all'} part={sums} whole={null} />
        </Table.Tbody>
      </Table>
      {notesOf(sums).map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
      {classes.length === 0 ? null : (
        <Table verticalSpacing={2} fz="sm" mt="sm" aria-label="Labels by class">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              <Table.Th ta="right">Labels</Table.Th>
              <Table.Th w="35%" />
              {splits.map(([name]) => (
                <Table.Th key={name} ta="right">
                  {name}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {classes.map(([name, count]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">{count.toLocaleString('en')}</Table.Td>
                <Table.Td>
                  <Progress value={(100 * count) / most} size="sm" aria-label={`Share of ${name}`} />
                </Table.Td>
                {splits.map(([split, part]) => (
                  <Table.Td key={split} ta="right" c={part.classes[name] === undefined ? 'red' : ''}>
                    {percent(part.classes[name] ?? 0, count)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </>
  );
}

function SumsRow({
  name,
  part,
  whole,
}: {
  readonly name: string;
  readonly part: Sums;
  readonly whole: Sums | null;
}) {
  return (
    <Table.Tr fw={whole === null ? 600 : 400}>
      <Table.Td>{name}</Table.Td>
      <Table.Td ta="right">
        <Group gap={6} justify="flex-end">
          {part.clips.toLocaleString('en')}
          {whole === null ? null : (
            <Text span size="xs" c="dimmed">
              {percent(part.clips, whole.clips)}
            </Text>
          )}
        </Group>
      </Table.Td>
      <Table.Td ta="right">{part.images.toLocaleString('en')}</Table.Td>
      <Table.Td ta="right">{part.labels.toLocaleString('en')}</Table.Td>
      <Table.Td ta="right">{formatDuration(part.duration_s)}</Table.Td>
    </Table.Tr>
  );
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${Math.round((100 * part) / whole)} %`;
}

function notesOf(sums: Selection): readonly string[] {
  const notes = [];
  if (sums.held_out) notes.push(`${clips(sums.held_out)} held out: never in training.`);
  if (sums.left_out?.held_out) notes.push(`${clips(sums.left_out.held_out)} held out, and left out here.`);
  if (sums.alone) notes.push(`${clips(sums.alone)} without the place or trip: each is a group of its own.`);
  if (sums.pictures < sums.images) {
    notes.push(`${(sums.images - sums.pictures).toLocaleString('en')} images have no picture.`);
  }
  return notes;
}

function clips(count: number): string {
  return count === 1 ? '1 clip is' : `${count.toLocaleString('en')} clips are`;
}
