import { Anchor, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';

import type { AtWork } from '../../../api/deskApi';
import { STAGE_TITLES } from '../../../core/work/task';
import { formatAge } from '../../format';
import { atWorkQuery } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { Loading } from '../../shell/Loading';
import { Notice } from '../../shell/Notice';
import { DeskFrame } from './DeskFrame';
import { leaseStateOf, type LeaseState } from './leaseState';

const WORDS: Readonly<Record<LeaseState, string>> = {
  working: 'at work',
  quiet: 'not heard of',
  paused: 'paused',
};

/** Who works on what now, looked at every five seconds. */
export function LivePage({ slug }: { readonly slug: string }) {
  return (
    <DeskFrame slug={slug}>
      <Live slug={slug} />
    </DeskFrame>
  );
}

function Live({ slug }: { readonly slug: string }) {
  const live = useQuery(atWorkQuery(slug));
  if (live.isPending) return <Loading what="who is at work" />;
  if (live.isError)
    return <Notice title="Who is at work could not be loaded">{sentenceOf(live.error)}</Notice>;
  if (live.data.length === 0) {
    return <Notice title="Nobody has a task now">Who takes one shows here within seconds.</Notice>;
  }
  const rows = live.data.map((row) => ({ row, state: leaseStateOf(row, Date.now()) }));
  const people = new Set(live.data.map(({ holder }) => holder.id)).size;
  const count = (state: LeaseState): number => rows.filter((one) => one.state === state).length;
  return (
    <section aria-label="At work">
      <Group gap="lg" mb="sm">
        <Title order={2} size="h5" data-testid="live-count">
          {people} {people === 1 ? 'person has' : 'people have'} {live.data.length}{' '}
          {live.data.length === 1 ? 'task' : 'tasks'}
        </Title>
        <Text size="sm" c="dimmed">
          {count('working')} at work, {count('quiet')} not heard of for a while, {count('paused')} paused
        </Text>
      </Group>
      <ul className="desk-rows">
        {rows.map(({ row, state }) => (
          <LiveRow key={row.task_id} slug={slug} row={row} state={state} />
        ))}
      </ul>
    </section>
  );
}

function LiveRow({
  slug,
  row,
  state,
}: {
  readonly slug: string;
  readonly row: AtWork;
  readonly state: LeaseState;
}) {
  return (
    <li className="desk-row live-row" data-testid="live-row" data-state={state}>
      <span className="live-dot" data-state={state} aria-hidden />
      <Text size="sm" fw={550} truncate>
        {row.holder.name}
      </Text>
      <Text size="sm">{STAGE_TITLES[row.stage]}</Text>
      <Anchor
        component={Link}
        href={`/projects/${slug}/board?holder=${row.holder.id}`}
        size="sm"
        c="inherit"
        truncate
      >
        {row.clip_name}, {row.layer}
      </Anchor>
      <Text size="sm">{WORDS[state]}</Text>
      <Text size="xs" c="dimmed">
        heard {formatAge(row.heard_at)} ago
      </Text>
      <Text size="xs" c="dimmed">
        has it for {formatAge(row.started_at)}
      </Text>
    </li>
  );
}
