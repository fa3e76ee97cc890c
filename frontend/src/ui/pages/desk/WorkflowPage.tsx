import { Button, Group, NumberInput, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Workflow } from '../../../api/deskApi';
import { desk, workflowQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DeskFrame } from './DeskFrame';

interface Setting {
  readonly name: keyof Workflow;
  readonly label: string;
  readonly words: string;
  /** How much of the server's unit one of the shown is. */
  readonly scale: number;
  readonly unit: string;
  readonly least: number;
  readonly most: number;
}

const PERCENT = { scale: 0.01, unit: ' %', least: 0, most: 100 };

/** How work goes in a project. */
const GROUPS: readonly (readonly [title: string, settings: readonly Setting[]])[] = [
  [
    'What is reviewed',
    [
      {
        name: 'review_share',
        label: 'Of submitted tasks',
        words: 'Work that was sent back before is always looked at.',
        ...PERCENT,
      },
      {
        name: 'trusted_review_share',
        label: 'Of those by people with a good record',
        words: 'With the same number as beside, a record changes nothing.',
        ...PERCENT,
      },
      {
        name: 'second_review_share',
        label: 'Of accepted reviews, looked at again',
        words: 'By somebody who neither labelled nor reviewed.',
        ...PERCENT,
      },
    ],
  ],
  [
    'A good record',
    [
      {
        name: 'trusted_from_tasks',
        label: 'From so many reviewed tasks on',
        words: 'Their last ones count.',
        scale: 1,
        unit: '',
        least: 1,
        most: 10_000,
      },
      { name: 'trusted_from_share', label: 'Accepted at once', words: 'Of these tasks.', ...PERCENT },
    ],
  ],
  [
    'Who has what for how long',
    [
      {
        name: 'lease_s',
        label: 'A silent lease ends after',
        words: 'Open pages say every half minute that they are there.',
        scale: 60,
        unit: ' min',
        least: 0.5,
        most: 10_080,
      },
      {
        name: 'preferred_s',
        label: 'Sent-back work waits for its labeller',
        words: 'Then anybody may take it.',
        scale: 3600,
        unit: ' h',
        least: 0,
        most: 8760,
      },
      {
        name: 'share',
        label: 'Share of people’s time',
        words: 'Beside other projects with tasks of the same priority.',
        scale: 1,
        unit: '',
        least: 0.001,
        most: 1000,
      },
    ],
  ],
];

export function WorkflowPage({ slug }: { readonly slug: string }) {
  return (
    <DeskFrame slug={slug} isForAdmins>
      <Settings slug={slug} />
    </DeskFrame>
  );
}

function Settings({ slug }: { readonly slug: string }) {
  const workflow = useQuery(workflowQuery(slug));
  if (workflow.isPending) return <Loading what="the workflow" />;
  if (workflow.isError)
    return <Notice title="The workflow could not be loaded">{sentenceOf(workflow.error)}</Notice>;
  if (workflow.data === null) return <TurnOn slug={slug} />;
  return <Form key={JSON.stringify(workflow.data)} slug={slug} saved={workflow.data} />;
}

function TurnOn({ slug }: { readonly slug: string }) {
  const save = useSave(slug);
  return (
    <Notice
      title="This project is labelled freely"
      action={
        <Button onClick={() => save.mutate({})} loading={save.isPending} data-testid="turn-on-tasks">
          Work by tasks
        </Button>
      }
    >
      Every labeller may save to every clip. With tasks, each clip’s layer is one person’s at a time, is
      reviewed, and labellers see the clips of their own tasks only.
      {save.isError ? ` ${sentenceOf(save.error)}` : ''}
    </Notice>
  );
}

function useSave(slug: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Workflow) => desk.saveWorkflow(slug, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['projects', slug] }),
  });
}

function Form({ slug, saved }: { readonly slug: string; readonly saved: Workflow }) {
  const save = useSave(slug);
  const [changed, setChanged] = useState<Workflow>({});
  const isChanged = Object.keys(changed).length > 0;
  return (
    <Stack gap="md" maw={980}>
      {GROUPS.map(([title, settings]) => (
        <Paper key={title} withBorder p="md" radius={6} component="section" aria-label={title}>
          <Title order={2} size="h5" mb="sm">
            {title}
          </Title>
          <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="md">
            {settings.map((setting) => (
              <NumberInput
                key={setting.name}
                label={setting.label}
                description={setting.words}
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                min={setting.least}
                max={setting.most}
                suffix={setting.unit}
                decimalScale={3}
                value={round((changed[setting.name] ?? saved[setting.name] ?? 0) / setting.scale)}
                onChange={(value) => {
                  if (value === '' || !Number.isFinite(Number(value))) return;
                  const exact = Number(value) * setting.scale;
                  const isWhole = setting.scale >= 1 && setting.name !== 'share';
                  setChanged({ ...changed, [setting.name]: isWhole ? Math.round(exact) : round(exact) });
                }}
                data-testid={setting.name}
              />
            ))}
          </SimpleGrid>
        </Paper>
      ))}
      <Group>
        <Button
          disabled={!isChanged}
          loading={save.isPending}
          onClick={() => save.mutate(changed)}
          data-testid="workflow-save"
        >
          Save
        </Button>
        {save.isError ? (
          <Text size="sm" c="red" role="alert">
            {sentenceOf(save.error)}
          </Text>
        ) : null}
        <Text size="sm" c="dimmed">
          Holds for what is submitted from then on.
        </Text>
      </Group>
    </Stack>
  );
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
