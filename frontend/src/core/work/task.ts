/** A task as the server gives it. */

export type Stage = 'label' | 'review' | 'fix' | 'second_review' | 'accepted';
export type TaskState = 'ready' | 'leased' | 'paused' | 'held' | 'closed';
export type FinishAction =
  'submit' | 'accept' | 'send_back' | 'pause' | 'resume' | 'return' | 'skip' | 'hand_over';

export interface TaskPerson {
  readonly id: string;
  readonly name: string;
}

/** Somebody has a task; `token` goes with all that they save. */
export interface Lease {
  readonly id: string;
  readonly token: number;
  readonly stage: Stage;
  readonly holder: TaskPerson;
  readonly started_at: string;
  readonly heard_at: string;
  /** Null: paused, it doesn't run out. */
  readonly expires_at: string | null;
  readonly ended_at: string | null;
}

/** Why a task comes to somebody, in the words of who sent it. */
export interface TaskReason {
  readonly note: string;
  readonly actor: TaskPerson | null;
  readonly action: string;
  readonly created_at: string;
}

export interface Task {
  readonly id: string;
  readonly project: string;
  readonly clip_id: string;
  readonly clip_name: string;
  readonly label_set_id: string;
  readonly layer: string;
  /** The part of the clip that is to be labelled; null: all of it. */
  readonly from_ns: string | null;
  readonly to_ns: string | null;
  readonly stage: Stage;
  readonly state: TaskState;
  readonly priority: number;
  readonly skill: string;
  readonly assigned_to: TaskPerson | null;
  readonly labeller: TaskPerson | null;
  readonly reviewer: TaskPerson | null;
  readonly sent_back_count: number;
  readonly ready_since: string;
  readonly changed_at: string;
  readonly lease: Lease | null;
  readonly reason?: TaskReason | null;
}

export const STAGE_TITLES: Readonly<Record<Stage, string>> = {
  label: 'Label',
  review: 'Review',
  fix: 'Fix',
  second_review: 'Second review',
  accepted: 'Accepted',
};

/** Whether somebody at this stage looks at others' work, rather than making labels. */
export function isReviewing(stage: Stage): boolean {
  return stage === 'review' || stage === 'second_review';
}

/** Where a task is worked on. */
export function taskAddress(task: Task): string {
  const time = task.from_ns === null ? '' : `&t=${task.from_ns}`;
  return `/projects/${task.project}/clips/${task.clip_id}?set=${task.label_set_id}&task=${task.id}${time}`;
}
