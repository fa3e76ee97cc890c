import type { LabelSetSummary, Role } from '../../core/clip/manifest';
import type { TaskDesk } from '../../core/work/taskDesk';
import { EDITORS_OF_HUMAN } from './clipContents';

/** Who may change what a machine said: as the server will have it. */
const EDITORS_OF_OTHERS: readonly Role[] = ['engineer', 'admin'];

/** Why labels of this source can't be changed by somebody in this role, or null. */
export function readOnlyReason(role: Role, source: LabelSetSummary['source']): string | null {
  const editors = source === 'human' ? EDITORS_OF_HUMAN : EDITORS_OF_OTHERS;
  if (editors.includes(role)) return null;
  return source === 'human'
    ? `As ${role} you can look at these labels; labellers, reviewers and admins change them.`
    : `These labels come from “${source}”; engineers and admins of the project change them.`;
}

/** Why a task lets nobody change its labels now, or null. Admins may correct what nobody has. */
export function taskReason(desk: TaskDesk | null, role: Role): string | null {
  const isFree = desk === null || (desk.state.get().kind === 'other' && desk.task.lease === null);
  if (isFree && role === 'admin') return null;
  return desk === null
    ? 'This project works by tasks, and this clip has none: an admin makes them.'
    : desk.readOnlyReason;
}
