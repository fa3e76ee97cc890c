import { Anchor, Button, Group, List, NumberInput, Paper, Select, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { TasksChange } from '../../../api/deskApi';
import { desk, tasksKey } from '../../server/desk';
import { sentenceOf } from '../../server/errors';
import { membersQuery } from '../../server/work';

type Action = TasksChange['action'];

const ACTIONS: readonly { readonly value: Action; readonly label: string }[] = [
  { value: 'assign', label: 'Assign' },
  { value: 'prioritise', label: 'Set priority' },
  { value: 'hold', label: 'Hold' },
  { value: 'release', label: 'Release' },
  { value: 'take_back', label: 'Take back' },
  { value: 'split', label: 'Split by time' },
  { value: 'reopen', label: 'Reopen' },
  { value: 'cancel', label: 'Cancel' },
];
const ANYBODY = 'anybody';

/** What can be done to the chosen tasks; what will happen is said before it does. */
export function BulkBar({
  slug,
  ids,
  query,
  count,
  onSelectEvery,
  everyCount,
  onClear,
}: {
  readonly slug: string;
  readonly ids: readonly string[];
  /** All that these filters find, instead of the ids. */
  readonly query: string | null;
  readonly count: number;
  readonly everyCount: number;
  readonly onSelectEvery: () => void;
  readonly onClear: () => void;
}) {
  const queries = useQueryClient();
  const members = useQuery(membersQuery(slug));
  const [action, setAction] = useState<Action | null>(null);
  const [to, setTo] = useState<string | null>(null);
  const [priority, setPriority] = useState<number | string>(1);
  const [parts, setParts] = useState<number | string>(2);
  const [note, setNote] = useState('');
  const body: TasksChange | null =
    action === null || (action === 'assign' && to === null) || (action === 'prioritise' && priority === '')
      ? null
      : {
          ...(query === null ? { task_ids: [...ids] } : { query }),
          action,
          note,
          ...(action === 'assign' ? { to: to === ANYBODY ? null : to } : {}),
          ...(action === 'prioritise' ? { priority: Number(priority) } : {}),
          ...(action === 'split' ? { parts: Number(parts) } : {}),
        };
  const preview = useQuery({
    queryKey: [...tasksKey(slug), 'preview', body],
    queryFn: () => desk.changeTasks(slug, { ...(body as TasksChange), dry_run: true }),
    enabled: body !== null,
    retry: false,
    staleTime: 5000,
  });
  const change = useMutation({
    mutationFn: (meant: TasksChange) => desk.changeTasks(slug, meant),
    onSuccess: () => queries.invalidateQueries({ queryKey: tasksKey(slug) }),
  });
  const told = preview.data;
  const done = change.data;
  const error = change.error ?? preview.error;
  return (
    <Paper
      withBorder
      radius={6}
      p="sm"
      className="bulk-bar"
      component="section"
      aria-label="Change the chosen tasks"
      data-testid="bulk-bar"
    >
      <Group gap="sm" align="center">
        <Text size="sm" fw={600} data-testid="bulk-count">
          {count.toLocaleString()} chosen
        </Text>
        {query === null && everyCount > count ? (
          <Anchor
            component="button"
            type="button"
            size="sm"
            onClick={onSelectEvery}
            data-testid="select-every"
          >
            all {everyCount.toLocaleString()} that are found
          </Anchor>
        ) : null}
        <Select
          size="sm"
          w={160}
          aria-label="What to do"
          placeholder="What to do"
          data={[...ACTIONS]}
          value={action}
          onChange={(value) => {
            change.reset();
            setAction(value);
          }}
          data-testid="bulk-action"
        />
        {action === 'assign' ? (
          <Select
            size="sm"
            w={200}
            searchable
            aria-label="To whom"
            placeholder="To whom"
            data={[
              { value: ANYBODY, label: 'anybody' },
              ...(members.data ?? []).map(({ id, name, role }) => ({ value: id, label: `${name}, ${role}` })),
            ]}
            value={to}
            onChange={setTo}
            data-testid="bulk-to"
          />
        ) : null}
        {action === 'prioritise' ? (
          <NumberInput
            size="sm"
            w={100}
            allowDecimal={false}
            aria-label="Priority"
            value={priority}
            onChange={setPriority}
            data-testid="bulk-priority"
          />
        ) : null}
        {action === 'split' ? (
          <NumberInput
            size="sm"
            w={110}
            min={2}
            max={20}
            allowDecimal={false}
            suffix=" parts"
            aria-label="Parts"
            value={parts}
            onChange={setParts}
          />
        ) : null}
        {action === null ? null : (
          <TextInput
            size="sm"
            w={220}
            aria-label="Why"
            placeholder="Why (kept with each task)"
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        )}
        <Button
          size="sm"
          disabled={body === null || told === undefined || told.changed === 0}
          loading={change.isPending}
          onClick={() => body !== null && change.mutate(body)}
          data-testid="bulk-do"
        >
          {told === undefined || action === null
            ? 'Do it'
            : `${labelOf(action)}: ${told.changed.toLocaleString()}`}
        </Button>
        <Button size="sm" variant="subtle" color="gray" onClick={onClear}>
          Choose none
        </Button>
      </Group>
      {error === null ? null : (
        <Text size="sm" c="red" mt="xs" role="alert">
          {sentenceOf(error)}
        </Text>
      )}
      {done !== undefined ? (
        <Text size="sm" mt="xs" role="status" data-testid="bulk-done">
          Done to {done.changed.toLocaleString()}
          {done.refused.length === 0 ? '.' : `, refused for ${done.refused.length.toLocaleString()}.`}
        </Text>
      ) : told === undefined || body === null ? null : (
        <Preview changed={told.changed} reasons={told.reasons} />
      )}
    </Paper>
  );
}

function Preview({
  changed,
  reasons,
}: {
  readonly changed: number;
  readonly reasons: readonly { readonly message: string; readonly count: number }[];
}) {
  const refused = reasons.reduce((sum, reason) => sum + reason.count, 0);
  return (
    <div data-testid="bulk-preview">
      <Text size="sm" mt="xs">
        {changed.toLocaleString()} will be changed
        {refused === 0 ? '.' : `, ${refused.toLocaleString()} can’t be:`}
      </Text>
      {refused === 0 ? null : (
        <div className="bulk-refused">
          <List size="sm">
            {reasons.slice(0, 6).map((reason) => (
              <List.Item key={reason.message}>
                {reason.count.toLocaleString()} × {reason.message}
              </List.Item>
            ))}
          </List>
          {reasons.length > 6 ? <Text size="xs">and {reasons.length - 6} more reasons</Text> : null}
        </div>
      )}
    </div>
  );
}

function labelOf(action: Action): string {
  return ACTIONS.find(({ value }) => value === action)?.label ?? action;
}
