import { notifications } from '@mantine/notifications';
import { navigate } from 'wouter/use-browser-location';

import type { Sync } from '../../../core/sync/sync';
import type { SyncState } from '../../../core/sync/syncState';
import { taskAddress, type FinishAction } from '../../../core/work/task';
import type { TaskDesk } from '../../../core/work/taskDesk';
import type { Labelling } from '../labelling';

/** Handing in waits so long for what was changed last to be saved. */
const SAVE_MS = 20_000;

const DONE: Readonly<Partial<Record<FinishAction, string>>> = {
  submit: 'Submitted',
  accept: 'Accepted',
  send_back: 'Sent back',
  skip: 'Skipped',
  return: 'Given back to the queue',
  hand_over: 'Handed over',
};
/** After these the next task comes; after the others one goes home. */
const GOES_ON: ReadonlySet<FinishAction> = new Set(['submit', 'accept', 'send_back', 'skip']);

/** Does something with the task on the screen, and goes where one goes then; null, or why it couldn't be. */
export async function doWithTask(
  labelling: Labelling,
  desk: TaskDesk,
  action: FinishAction,
  note = '',
  to: string | null = null,
): Promise<string | null> {
  const trouble =
    (action === 'resume' ? null : await unsaved(labelling.sync)) ?? (await desk.finish(action, note, to));
  if (trouble !== null) {
    labelling.notice.set({ words: trouble });
    return trouble;
  }
  labelling.taskPanel.set(null);
  const done = DONE[action];
  if (done === undefined) return null;
  const { clip_name } = desk.task;
  const next = GOES_ON.has(action) ? await desk.takeNext() : null;
  notifications.show({
    message: next === null ? `${done}: ${clip_name}.` : `${done}: ${clip_name}. Next: ${next.clip_name}.`,
  });
  navigate(next === null ? '/' : taskAddress(next));
  return null;
}

/** Waits until all changes are on the server; null, or what keeps them from it. */
export async function unsaved(sync: Sync | null): Promise<string | null> {
  if (sync === null) return null;
  sync.flush();
  const deadline = Date.now() + SAVE_MS;
  for (;;) {
    const state = sync.state.get();
    if (state.kind === 'saved') return null;
    const trouble = troubleOf(state);
    if (trouble !== null) return trouble;
    if (Date.now() > deadline) return 'Not everything is saved yet: wait a moment, and try again.';
    await changed(sync, deadline);
  }
}

function troubleOf(state: SyncState): string | null {
  switch (state.kind) {
    case 'saved':
    case 'saving':
      return null;
    case 'offline':
      return 'The server cannot be reached: your changes are kept here; hand the task in when it answers again.';
    case 'signed_out':
      return 'Your session has ended: log in again, then hand the task in.';
    case 'conflict':
      return 'Somebody else changed the same labels: decide the conflict first, at “conflict” above.';
    case 'error':
      return `Not everything is saved: ${state.message}`;
  }
}

function changed(sync: Sync, deadline: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, deadline - Date.now()));
    const stop = sync.state.subscribe(end);
  });
}
