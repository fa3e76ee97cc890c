import { Button, Group, Select, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { TaskDesk } from '../../../core/work/taskDesk';
import { isReviewing } from '../../../core/work/task';
import { membersQuery } from '../../server/work';
import { useLabelling } from '../hooks';
import { doWithTask } from './handIn';

/** Gives the task to somebody else by name. */
export function HandOverPanel({ desk }: { readonly desk: TaskDesk }) {
  const labelling = useLabelling();
  const members = useQuery(membersQuery(desk.task.project));
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const roles = isReviewing(desk.task.stage) ? ['reviewer', 'admin'] : ['labeller', 'reviewer', 'admin'];
  const others = (members.data ?? []).filter(
    (person) => person.id !== labelling.userId && roles.includes(person.role),
  );
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        Hand the task over
      </Text>
      <Select
        aria-label="To whom"
        placeholder={members.isPending ? 'Loading…' : 'To whom'}
        searchable
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage="Nobody else does this in the project"
        data={others.map((person) => ({ value: person.id, label: `${person.name} (${person.role})` }))}
        value={to}
        onChange={setTo}
        data-testid="hand-over-to"
      />
      <Textarea
        aria-label="A word to them"
        placeholder="A word to them"
        autosize
        minRows={2}
        maxLength={10_000}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      {trouble === null ? null : (
        <Text size="xs" c="red" role="alert">
          {trouble}
        </Text>
      )}
      <Group justify="flex-end">
        <Button
          size="xs"
          disabled={to === null}
          loading={isBusy}
          data-testid="hand-over-send"
          onClick={() => {
            setBusy(true);
            void doWithTask(labelling, desk, 'hand_over', note.trim(), to).then((found) => {
              setTrouble(found);
              setBusy(false);
            });
          }}
        >
          Hand over
        </Button>
      </Group>
    </Stack>
  );
}
