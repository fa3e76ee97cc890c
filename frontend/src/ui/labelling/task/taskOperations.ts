import { operation, type Operation } from '../../../core/operations/operation';
import { isReviewing } from '../../../core/work/task';
import type { TaskDesk } from '../../../core/work/taskDesk';
import type { Labelling } from '../labelling';
import { doWithTask } from './handIn';

/** What is open over the task bar. */
export type TaskPanel = 'submit' | 'send_back' | 'skip' | 'hand_over';

/** What one does with the task on the screen. */
export function taskOperations(labelling: Labelling, desk: TaskDesk): Operation[] {
  const { kind: first } = desk.state.get();
  const isReview = isReviewing(desk.task.stage);
  const needsLease = (): string | null => {
    const { kind } = desk.state.get();
    return kind === 'held' || kind === 'paused' ? null : (desk.readOnlyReason ?? null);
  };
  const opens = (id: string, title: string, panel: TaskPanel, keys: readonly string[] = []): Operation =>
    operation({
      id,
      title,
      group: 'task',
      keys,
      disabledReason: () => {
        const { kind } = desk.state.get();
        return kind === 'paused' && panel === 'submit' ? desk.readOnlyReason : needsLease();
      },
      run: () => {
        const { taskPanel } = labelling;
        taskPanel.set(taskPanel.get() === panel ? null : panel);
      },
    });
  if (first === 'other' && desk.task.state === 'closed') return [];
  return [
    opens('task.submit', isReview ? 'Accept the task' : 'Submit the task', 'submit', ['ctrl+Enter']),
    ...(isReview
      ? [opens('task.send_back', 'Send the task back', 'send_back', ['ctrl+shift+Backspace'])]
      : []),
    opens('task.skip', 'Skip the task', 'skip'),
    opens('task.hand_over', 'Hand the task over', 'hand_over'),
    operation({
      id: 'task.pause',
      title: 'Pause the task, or resume it',
      group: 'task',
      disabledReason: needsLease,
      run: () => {
        void doWithTask(labelling, desk, desk.state.get().kind === 'paused' ? 'resume' : 'pause');
      },
    }),
    operation({
      id: 'task.return',
      title: 'Give the task back to the queue',
      group: 'task',
      disabledReason: needsLease,
      run: () => void doWithTask(labelling, desk, 'return'),
    }),
  ];
}
