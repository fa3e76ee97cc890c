import { Anchor, Badge, Button, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconPlayerPlayFilled } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';

import type { HomeTask, Queue, WorkHome as Home } from '../../../api/workApi';
import { STAGE_TITLES, taskAddress, type Task } from '../../../core/work/task';
import { formatAge } from '../../format';
import { work } from '../../server/api';
import { sentenceOf } from '../../server/errors';
import { homeQuery } from '../../server/work';
import './work.css';

/** What a person comes to: their next task, what is theirs, what waits, and their day. */
export function WorkHome() {
  const home = useQuery(homeQuery);
  if (home.data === undefined || !home.data.works_by_tasks) return null;
  return <Desk home={home.data} />;
}

function Desk({ home }: { readonly home: Home }) {
  const [, go] = useLocation();
  const [message, setMessage] = useState('');
  const [isBusy, setBusy] = useState(false);
  const running = home.held.find((task) => task.state === 'leased');
  const first = running ?? home.waiting[0];
  const waitingCount = home.queues.reduce((sum, queue) => sum + queue.count, 0);
  const claim = useCallback(
    (taskId: string | null): void => {
      setBusy(true);
      setMessage('');
      work.claim(taskId).then(
        ({ task, message: why }) => {
          setBusy(false);
          if (task === null) setMessage(why);
          else go(taskAddress(task));
        },
        (error: unknown) => {
          setBusy(false);
          setMessage(sentenceOf(error));
        },
      );
    },
    [go],
  );
  const next = useCallback((): void => {
    if (running === undefined) claim(null);
    else go(taskAddress(running));
  }, [running, claim, go]);
  useEnter(next);
  return (
    <Stack gap="xl" mb={40} data-testid="work-home">
      <section className="desk-hero" aria-label="Next task">
        <div className="desk-next">
          <Button
            size="xl"
            className="desk-button"
            leftSection={<IconPlayerPlayFilled size={18} />}
            rightSection={<kbd className="desk-key">Enter</kbd>}
            loading={isBusy}
            onClick={next}
            data-testid="next-task"
          >
            {running === undefined ? 'Next task' : 'Continue'}
          </Button>
          <Text size="sm" c="dimmed" data-testid="next-words">
            {message === '' ? sayNext(first, running !== undefined, waitingCount) : message}
          </Text>
        </div>
        <Today home={home} />
      </section>
      <TaskRows
        title="Come back to you"
        tasks={home.waiting}
        action={(task) => ({ words: task.stage === 'fix' ? 'Fix' : 'Open', run: () => claim(task.id) })}
        testId="waiting-task"
      />
      <TaskRows
        title="Yours now"
        tasks={home.held}
        action={(task) => ({
          words: task.state === 'paused' ? 'Resume' : 'Continue',
          run: () =>
            void resume(task).then((trouble) =>
              trouble === null ? go(taskAddress(task)) : setMessage(trouble),
            ),
        })}
        testId="held-task"
      />
      <Queues queues={home.queues} />
    </Stack>
  );
}

/** What the button will do. */
function sayNext(first: HomeTask | undefined, isRunning: boolean, waitingCount: number): string {
  if (first !== undefined) {
    const what = `${STAGE_TITLES[first.stage].toLowerCase()} ${first.layer} in ${first.clip_name}`;
    return isRunning ? `Go on: ${what}` : `It came back to you: ${what}`;
  }
  if (waitingCount > 0)
    return `${waitingCount} task${waitingCount === 1 ? ' waits' : 's wait'} in your queues`;
  return 'Nothing waits for you now. New tasks come as soon as clips are queued or work comes back from review; this page looks every half minute.';
}

async function resume(task: HomeTask): Promise<string | null> {
  const { lease } = task;
  if (lease === null || task.state !== 'paused') return null;
  try {
    await work.finish(lease, 'resume', '', null);
    return null;
  } catch (error) {
    return sentenceOf(error);
  }
}

function Today({ home }: { readonly home: Home }) {
  const { submitted, reviewed, accepted, sent_back } = home.today;
  const numbers: readonly (readonly [string, number, string])[] = [
    ['submitted', submitted, 'Tasks that you handed in today'],
    ['reviewed', reviewed, 'Reviews that you finished today'],
    ['accepted', accepted, 'Of your work, accepted today'],
    ['sent back', sent_back, 'Of your work, sent back today'],
  ];
  const shown = numbers.filter(([name, value]) => value > 0 || name === 'submitted' || name === 'accepted');
  return (
    <dl className="desk-today" aria-label="Today" data-testid="today">
      {shown.map(([name, value, words]) => (
        <div key={name} title={words}>
          <dd>{value}</dd>
          <dt>{name} today</dt>
        </div>
      ))}
    </dl>
  );
}

function TaskRows({
  title,
  tasks,
  action,
  testId,
}: {
  readonly title: string;
  readonly tasks: readonly HomeTask[];
  readonly action: (task: HomeTask) => { readonly words: string; readonly run: () => void };
  readonly testId: string;
}) {
  if (tasks.length === 0) return null;
  return (
    <section aria-label={title}>
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      <ul className="desk-rows">
        {tasks.map((task) => {
          const { words, run } = action(task);
          return (
            <li key={task.id} className="desk-row" data-testid={testId}>
              <StageBadge task={task} />
              <div className="desk-row-what">
                <Anchor component={Link} href={taskAddress(task)} size="sm" c="inherit" fw={550}>
                  {task.clip_name}
                </Anchor>
                <Text size="xs" c="dimmed" component="span">
                  {task.layer}, {task.project}
                  {task.state === 'paused' ? ', paused' : ''}
                </Text>
                {task.reason === null || task.reason.note === '' ? null : (
                  <Text size="sm" className="desk-reason">
                    “{task.reason.note}”{' '}
                    <Text span size="xs" c="dimmed">
                      {task.reason.actor?.name}, {formatAge(task.reason.created_at)} ago
                    </Text>
                  </Text>
                )}
              </div>
              <Text size="xs" c="dimmed" title="Since when it is there">
                {formatAge(task.lease?.started_at ?? task.ready_since)}
              </Text>
              <Button size="compact-sm" variant="light" onClick={run}>
                {words}
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function StageBadge({ task }: { readonly task: Pick<Task, 'stage'> }) {
  return (
    <Badge
      size="sm"
      radius="sm"
      variant="light"
      color={task.stage === 'fix' ? 'orange' : task.stage === 'accepted' ? 'green' : 'accent'}
    >
      {STAGE_TITLES[task.stage]}
    </Badge>
  );
}

function Queues({ queues }: { readonly queues: readonly Queue[] }) {
  if (queues.length === 0) return null;
  return (
    <section aria-label="Your queues">
      <Title order={2} size="h5" mb="xs">
        What waits in your queues
      </Title>
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
        {queues.map((queue) => (
          <div
            key={`${queue.project} ${queue.layer} ${queue.stage}`}
            className="desk-queue"
            data-testid="queue-count"
          >
            <Text fz={22} fw={600} lh={1.2}>
              {queue.count}
            </Text>
            <Group gap={6}>
              <StageBadge task={queue} />
              <Text size="sm">{queue.layer}</Text>
            </Group>
            <Text size="xs" c="dimmed" truncate>
              {queue.project_name}
            </Text>
          </div>
        ))}
      </SimpleGrid>
    </section>
  );
}

/** Enter works wherever nothing else has the keyboard. */
function useEnter(act: () => void): void {
  const latest = useRef(act);
  useEffect(() => {
    latest.current = act;
  }, [act]);
  useEffect(() => {
    const abort = new AbortController();
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.key === 'Enter' && !event.repeat && event.target === document.body) latest.current();
      },
      { signal: abort.signal },
    );
    return () => abort.abort();
  }, []);
}
