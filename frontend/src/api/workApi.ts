import type { FinishAction, Lease, Task } from '../core/work/task';
import type { WorkFailure, WorkTransport } from '../core/work/taskDesk';
import { ApiFailure } from './failure';
import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type WorkHome = Schemas['HomeOutput'];
export type HomeTask = Schemas['HomeTaskOutput'];
export type Queue = Schemas['QueueOutput'];
export type Member = Schemas['MemberOutput'];
export type LabelSetTask = Schemas['LabelSetTaskOutput'];
export type Comment = Schemas['CommentOutput'];
export type LabelChange = Schemas['ChangeOutput'];
export type Changes = Schemas['ChangesOutput'];
export type Correction = Schemas['CorrectionOutput'];
export type TaskEvent = Schemas['TaskEventOutput'];

/** Tasks, queues, leases. All throw an `ApiFailure` when there is no good answer. */
export class WorkApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  /** What is one's own, what waits, and what one did since then. */
  async home(since: Date): Promise<WorkHome> {
    const query = { since: since.toISOString() };
    return bodyOf(this.http.GET('/api/work/home', { params: { query } }));
  }

  async claim(taskId: string | null): Promise<{ readonly task: Task | null; readonly message: string }> {
    return bodyOf(this.http.POST('/api/work/claim', { body: { task_id: taskId } }));
  }

  /** The task on a label set: of several the one asked for, else one's own, else an open one. */
  async taskOfLabelSet(labelSetId: string, taskId: string | null): Promise<LabelSetTask> {
    const params = { path: { label_set_id: labelSetId }, query: taskId === null ? {} : { task: taskId } };
    return bodyOf(this.http.GET('/api/label-sets/{label_set_id}/task', { params }));
  }

  async heartbeat(lease: Lease): Promise<Lease> {
    const params = { path: { lease_id: lease.id } };
    return bodyOf(
      this.http.POST('/api/leases/{lease_id}/heartbeat', { params, body: { token: lease.token } }),
    );
  }

  async finish(lease: Lease, action: FinishAction, note: string, to: string | null): Promise<Task> {
    const params = { path: { lease_id: lease.id } };
    const body = { token: lease.token, action, note, to };
    return bodyOf(this.http.POST('/api/leases/{lease_id}/finish', { params, body, keepalive: true }));
  }

  async events(taskId: string): Promise<readonly TaskEvent[]> {
    return bodyOf(this.http.GET('/api/tasks/{task_id}/events', { params: { path: { task_id: taskId } } }));
  }

  async comments(taskId: string): Promise<readonly Comment[]> {
    return bodyOf(this.http.GET('/api/tasks/{task_id}/comments', { params: { path: { task_id: taskId } } }));
  }

  /** Says something about a task at a moment, and about a label where one is named. */
  async writeComment(
    taskId: string,
    comment: {
      readonly body: string;
      readonly label_id: string;
      readonly timeNs: bigint;
      readonly position_m: number[] | null;
      /** The only camera that shows it; empty: all. */
      readonly camera: string;
    },
  ): Promise<Comment> {
    const { timeNs, ...rest } = comment;
    // The server takes whole numbers as text too: JavaScript's would lose nanoseconds.
    const at = timeNs.toString() as unknown as number;
    const body = { ...rest, from_ns: at, to_ns: at };
    const params = { path: { task_id: taskId } };
    return bodyOf(this.http.POST('/api/tasks/{task_id}/comments', { params, body }));
  }

  async resolveComment(commentId: string, isResolved: boolean): Promise<Comment> {
    const params = { path: { comment_id: commentId } };
    return bodyOf(
      this.http.PATCH('/api/comments/{comment_id}', { params, body: { is_resolved: isResolved } }),
    );
  }

  /** What changed since one looked last. */
  async changes(taskId: string): Promise<Changes> {
    return bodyOf(this.http.GET('/api/tasks/{task_id}/changes', { params: { path: { task_id: taskId } } }));
  }

  /** What review changed about an accepted task; null: not known yet. */
  async correction(taskId: string): Promise<Correction | null> {
    const params = { path: { task_id: taskId } };
    const found = await bodyOf<Correction | undefined>(
      this.http.GET('/api/tasks/{task_id}/correction', { params }),
    );
    return found ?? null;
  }

  async members(slug: string): Promise<readonly Member[]> {
    return bodyOf(this.http.GET('/api/projects/{slug}/members', { params: { path: { slug } } }));
  }
}

/** The queues as the labelling screen knows them: failures are answers. */
export class HttpWorkTransport implements WorkTransport {
  readonly #work: WorkApi;

  constructor(work: WorkApi) {
    this.#work = work;
  }

  async heartbeat(lease: Lease): Promise<{ readonly kind: 'alive'; readonly lease: Lease } | WorkFailure> {
    try {
      return { kind: 'alive', lease: await this.#work.heartbeat(lease) };
    } catch (error) {
      return failure(error);
    }
  }

  async finish(
    lease: Lease,
    action: FinishAction,
    note: string,
    to: string | null,
  ): Promise<{ readonly kind: 'done'; readonly task: Task } | WorkFailure> {
    try {
      return { kind: 'done', task: await this.#work.finish(lease, action, note, to) };
    } catch (error) {
      return failure(error);
    }
  }

  async claim(
    taskId: string | null,
  ): Promise<
    { readonly kind: 'claimed'; readonly task: Task | null; readonly message: string } | WorkFailure
  > {
    try {
      return { kind: 'claimed', ...(await this.#work.claim(taskId)) };
    } catch (error) {
      return failure(error);
    }
  }
}

function failure(error: unknown): WorkFailure {
  if (!(error instanceof ApiFailure)) throw error;
  if (error.code === 'lease_lost') return { kind: 'lost', message: error.message };
  return { kind: error.isTemporary ? 'unreachable' : 'refused', message: error.message };
}
