import { Button, Chip, Group, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';

import type { TaskDesk } from '../../../core/work/taskDesk';
import { useLabelling } from '../hooks';
import { doWithTask } from './handIn';

const SKIP_REASONS = [
  'The recording is broken',
  'Too little is visible to label it',
  'I don’t know how to label this',
  'Too hard for me',
];

/** Asks why a task is skipped or sent back: whoever gets it next needs to know. */
export function ReasonPanel({
  desk,
  action,
  suggestion = '',
}: {
  readonly desk: TaskDesk;
  readonly action: 'skip' | 'send_back';
  readonly suggestion?: string;
}) {
  const labelling = useLabelling();
  const [note, setNote] = useState(suggestion);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const isSkip = action === 'skip';
  const send = (): void => {
    if (note.trim() === '' || isBusy) return;
    setBusy(true);
    void doWithTask(labelling, desk, action, note.trim()).then((found) => {
      setTrouble(found);
      setBusy(false);
    });
  };
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        {isSkip ? 'Why skip it?' : `What has ${desk.task.labeller?.name ?? 'the labeller'} to change?`}
      </Text>
      {isSkip ? (
        <Chip.Group value={note} onChange={(value) => setNote(typeof value === 'string' ? value : '')}>
          <Group gap={6}>
            {SKIP_REASONS.map((reason) => (
              <Chip key={reason} value={reason} size="xs" radius="sm">
                {reason}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      ) : null}
      <Textarea
        aria-label="Reason"
        data-autofocus
        data-testid="task-reason-field"
        autosize
        minRows={2}
        maxRows={8}
        maxLength={10_000}
        placeholder={isSkip ? 'In your own words' : 'What is wrong, in a sentence or two'}
        value={note}
        onChange={(event) => setNote(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
      />
      {trouble === null ? null : (
        <Text size="xs" c="red" role="alert">
          {trouble}
        </Text>
      )}
      <Group justify="flex-end" gap="xs">
        <Button size="xs" variant="subtle" color="gray" onClick={() => labelling.taskPanel.set(null)}>
          Cancel
        </Button>
        <Button
          size="xs"
          loading={isBusy}
          disabled={note.trim() === ''}
          onClick={send}
          data-testid="task-reason-send"
        >
          {isSkip ? 'Skip' : 'Send back'}
        </Button>
      </Group>
    </Stack>
  );
}
