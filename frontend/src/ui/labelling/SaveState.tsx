import { Button, Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconEye,
  IconUserOff,
} from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';

import type { Sync } from '../../core/sync/sync';
import type { SyncState } from '../../core/sync/syncState';
import { ConflictDialog } from './ConflictDialog';
import { useLabelling, useReadable, useSession } from './hooks';

interface Look {
  readonly icon: ReactNode;
  readonly words: string;
  readonly tone: 'quiet' | 'attention' | 'error';
  readonly more: string;
}

/** Whether the work is safe: always in this corner, always in words. */
export function SaveState() {
  const { sync, editor } = useLabelling();
  if (sync === null) {
    return (
      <span
        className="save-state"
        data-tone="quiet"
        title={editor.readOnlyReason ?? ''}
        data-testid="save-state"
      >
        <IconEye size={16} stroke={1.6} />
        view only
      </span>
    );
  }
  return <SyncLook sync={sync} />;
}

function SyncLook({ sync }: { readonly sync: Sync }) {
  const readOnlyReason = useSession((session) => session.readOnlyReason);
  const state = useReadable(sync.state);
  const [isOpen, setOpen] = useState(false);
  const [isConflictOpen, setConflictOpen] = useState(false);
  const look = lookOf(state);
  const face = (
    <span
      className="save-state"
      data-tone={look.tone}
      data-state={state.kind}
      data-testid="save-state"
      role="status"
    >
      {look.icon}
      {readOnlyReason === null || look.tone !== 'quiet' ? look.words : 'view only'}
    </span>
  );
  return (
    <>
      <Popover width={300} position="bottom-end" shadow="md" opened={isOpen} onChange={setOpen}>
        <Popover.Target>
          <UnstyledButton aria-label={`State of saving: ${look.words}`} onClick={() => setOpen(!isOpen)}>
            {face}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Text size="sm">{look.tone === 'quiet' ? (readOnlyReason ?? look.more) : look.more}</Text>
            {state.kind === 'conflict' ? (
              <Button
                size="xs"
                onClick={() => {
                  setOpen(false);
                  setConflictOpen(true);
                }}
                data-testid="resolve-conflicts"
              >
                Compare and decide
              </Button>
            ) : null}
            {state.kind === 'offline' || state.kind === 'error' ? (
              <Button size="xs" variant="default" onClick={() => sync.retry()}>
                Try again now
              </Button>
            ) : null}
            {state.kind === 'signed_out' ? (
              <Button size="xs" onClick={() => window.location.reload()}>
                Log in again
              </Button>
            ) : null}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {state.kind === 'conflict' ? (
        <ConflictDialog
          conflicts={state.conflicts}
          isOpen={isConflictOpen}
          onClose={() => setConflictOpen(false)}
          onResolve={(labelId, choice) => sync.resolve(labelId, choice)}
        />
      ) : null}
    </>
  );
}

function lookOf(state: SyncState): Look {
  const changes = (count: number): string => `${count} change${count === 1 ? '' : 's'}`;
  switch (state.kind) {
    case 'saved':
      return {
        icon: <IconCloudCheck size={16} stroke={1.6} />,
        words: 'saved',
        tone: 'quiet',
        more: 'Everything is on the server.',
      };
    case 'saving':
      return {
        icon: <IconCloudUp size={16} stroke={1.6} />,
        words: 'saving',
        tone: 'quiet',
        more: `${changes(state.changes)} on the way. They are in this browser's store already.`,
      };
    case 'offline':
      return {
        icon: <IconCloudOff size={16} stroke={1.6} />,
        words: state.changes === 0 ? 'offline' : `offline, ${changes(state.changes)}`,
        tone: 'attention',
        more: 'The server cannot be reached. Go on working: changes are kept in this browser, also over a reload, and are sent when it answers again.',
      };
    case 'signed_out':
      return {
        icon: <IconUserOff size={16} stroke={1.6} />,
        words: `logged out, ${changes(state.changes)} wait`,
        tone: 'attention',
        more: 'Your session has ended. What you changed is kept in this browser; log in again and it is sent.',
      };
    case 'conflict':
      return {
        icon: <IconAlertTriangle size={16} stroke={1.6} />,
        words: `conflict in ${state.conflicts.length} label${state.conflicts.length === 1 ? '' : 's'}`,
        tone: 'attention',
        more: 'Somebody else changed what you changed. Nothing was overwritten: choose which version stays.',
      };
    case 'error':
      return {
        icon: <IconAlertTriangle size={16} stroke={1.6} />,
        words: 'not saved',
        tone: 'error',
        more: `${state.message} Your changes are kept in this browser.`,
      };
  }
}
