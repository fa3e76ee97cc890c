import { Badge, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import type { LabelCost, PrelabelModel, PrelabelReport } from '../../../api/trustApi';
import { formatDuration } from '../../format';
import { sentenceOf } from '../../server/errors';
import { projectQuery } from '../../server/queries';
import { prelabelsQuery } from '../../server/trust';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { ProjectFrame } from './ProjectFrame';
import { StartFromForm } from './StartFromForm';

const KINDS = [
  ['accepted', 'As it was'],
  ['moved', 'Moved'],
  ['turned', 'Turned'],
  ['resized', 'Resized'],
  ['retracked', 'Re-tracked'],
  ['reclassed', 'Class'],
  ['attributes', 'Attributes'],
  ['deleted', 'Deleted'],
] as const;

/** What machines' labels saved people, and which tasks begin with them. */
export function PrelabelsPage({ slug }: { readonly slug: string }) {
  const report = useQuery(prelabelsQuery(slug));
  const project = useQuery(projectQuery(slug));
  if (report.isPending || project.isPending) return <Loading what="pre-labels" />;
  if (!report.isSuccess || !project.isSuccess) {
    return (
      <ProjectFrame slug={slug} title="Pre-labels">
        <Notice title="The numbers could not be loaded">{sentenceOf(report.error ?? project.error)}</Notice>
      </ProjectFrame>
    );
  }
  const { models, available } = report.data;
  return (
    <ProjectFrame slug={slug} title="Pre-labels">
      {models.map((model) => (
        <ModelCard
          key={`${model.layer} ${model.source} ${model.name}`}
          model={model}
          nothing={report.data.from_nothing.find(({ layer }) => layer === model.layer)?.cost ?? null}
        />
      ))}
      {models.length === 0 ? (
        <Notice
          icon={<IconSparkles size={32} stroke={1.5} />}
          title="No task began with a model’s labels yet"
        >
          {available.length === 0
            ? 'Send a model’s label sets to the clips, then have tasks start from them.'
            : 'Have tasks start from one of the label sets below; what that saves is counted here.'}
        </Notice>
      ) : null}
      {project.data.role === 'admin' && available.length > 0 ? (
        <StartFromForm slug={slug} available={available} />
      ) : null}
      <Waiting waiting={report.data.waiting} />
    </ProjectFrame>
  );
}

function ModelCard({
  model,
  nothing,
}: {
  readonly model: PrelabelModel;
  readonly nothing: LabelCost | null;
}) {
  const { cost, kinds, saved } = model;
  const secondsFromNothing = nothing?.active_s_per_label ?? null;
  const actionsFromNothing = nothing?.actions_per_label ?? null;
  return (
    <Paper
      withBorder
      p="md"
      radius={6}
      component="section"
      aria-label={nameOf(model)}
      data-testid="model-card"
    >
      <Group gap="xs" mb="sm">
        <Title order={2} size="h4">
          {nameOf(model)}
        </Title>
        <Badge variant="light" color="gray" tt="none">
          {model.layer}
        </Badge>
        <Text size="sm" c="dimmed">
          {counted(cost.tasks, 'task')}, {counted(kinds.proposed, 'label')} proposed, {kinds.added} added
        </Text>
      </Group>
      <SimpleGrid cols={{ base: 2, md: 4 }} mb="md">
        <Figure
          title="Saved"
          value={saved === null ? '–' : signedTime(saved.active_s)}
          says={
            saved === null
              ? 'nothing was labelled from nothing yet'
              : `${signed(saved.actions)} actions, beside as many labels from nothing`
          }
          testId="saved"
        />
        <Figure
          title="Kept as it was"
          value={share(kinds.accepted, kinds.proposed)}
          says={`${kinds.accepted} of ${kinds.proposed}`}
        />
        <Figure
          title="Time a label"
          value={cost.active_s_per_label === null ? '–' : formatDuration(cost.active_s_per_label)}
          says={
            secondsFromNothing === null
              ? 'with the hands at it'
              : `${formatDuration(secondsFromNothing)} from nothing`
          }
        />
        <Figure
          title="Actions a label"
          value={cost.actions_per_label === null ? '–' : cost.actions_per_label.toFixed(1)}
          says={
            actionsFromNothing === null
              ? 'clicks, drags, keys'
              : `${actionsFromNothing.toFixed(1)} from nothing`
          }
        />
      </SimpleGrid>
      <Table.ScrollContainer minWidth={700}>
        <Table fz="sm" data-testid="correction-kinds">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Class</Table.Th>
              <Table.Th ta="right">Proposed</Table.Th>
              {KINDS.map(([kind, title]) => (
                <Table.Th key={kind} ta="right">
                  {title}
                </Table.Th>
              ))}
              <Table.Th ta="right">Added</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {model.classes.map((row) => (
              <KindsRow key={row.class_name} title={row.class_name} kinds={row.kinds} />
            ))}
            {model.classes.length > 1 ? <KindsRow title="All" kinds={kinds} isTotal /> : null}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function KindsRow({
  title,
  kinds,
  isTotal = false,
}: {
  readonly title: string;
  readonly kinds: PrelabelModel['kinds'];
  readonly isTotal?: boolean;
}) {
  return (
    <Table.Tr fw={isTotal ? 600 : 400}>
      <Table.Td>{title}</Table.Td>
      <Table.Td ta="right">{kinds.proposed}</Table.Td>
      {KINDS.map(([kind]) => (
        <Table.Td key={kind} ta="right" title={`${kinds[kind]} labels`}>
          {kinds[kind] === 0 ? (
            <Text span c="dimmed" size="sm">
              –
            </Text>
          ) : (
            share(kinds[kind], kinds.proposed)
          )}
        </Table.Td>
      ))}
      <Table.Td ta="right">{kinds.added}</Table.Td>
    </Table.Tr>
  );
}

function Figure({
  title,
  value,
  says,
  testId,
}: {
  readonly title: string;
  readonly value: string;
  readonly says: string;
  readonly testId?: string;
}) {
  return (
    <Stack gap={0} data-testid={testId}>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <Text fz={24} fw={650}>
        {value}
      </Text>
      <Text size="xs" c="dimmed">
        {says}
      </Text>
    </Stack>
  );
}

function Waiting({ waiting }: { readonly waiting: PrelabelReport['waiting'] }) {
  if (waiting.length === 0) return null;
  return (
    <Paper withBorder p="md" radius={6} component="section" aria-label="Tasks that will start from a model">
      <Title order={2} size="h4" mb="xs">
        To start from a model
      </Title>
      <Table fz="sm" data-testid="waiting-starts">
        <Table.Tbody>
          {waiting.map((row) => (
            <Table.Tr key={`${row.layer} ${row.source} ${row.name}`}>
              <Table.Td>{nameOf(row)}</Table.Td>
              <Table.Td>{row.layer}</Table.Td>
              <Table.Td>{counted(row.tasks, 'task')}</Table.Td>
              <Table.Td c={row.without_labels > 0 ? 'orange' : 'dimmed'}>
                {row.without_labels === 0
                  ? 'all clips have these labels'
                  : `${counted(row.without_labels, 'clip')} without these labels: they would start from nothing`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

/** A model as people call it. */
export function nameOf(model: { readonly source: string; readonly name: string }): string {
  return model.name === '' ? `unnamed ${model.source}` : model.name;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function share(part: number, all: number): string {
  return all === 0 ? '–' : `${Math.round((100 * part) / all)} %`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : ''}${Math.abs(Math.round(value))}`;
}

function signedTime(seconds: number): string {
  return `${seconds < 0 ? '−' : ''}${formatDuration(Math.abs(seconds))}`;
}
