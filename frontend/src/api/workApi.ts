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
