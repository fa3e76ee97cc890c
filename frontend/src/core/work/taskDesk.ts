import { Value, type Readable } from '../observable';
import type { Clock } from '../sync/ports';
import type { FinishAction, Lease, Task } from './task';

/** What keeps an answer from coming or from being a good one. */
export type WorkFailure =
  /** The lease has ended, with the server's sentence. */
  | { readonly kind: 'lost'; readonly message: string }
  /** The server will not do it, with its sentence. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'unreachable'; readonly message: string };

/** The server's queues. Never throws: what can go wrong is in the results. */
export interface WorkTransport {
  heartbeat(lease: Lease): Promise<{ readonly kind: 'alive'; readonly lease: Lease } | WorkFailure>;
  finish(
    lease: Lease,
    action: FinishAction,
    note: string,
    to: string | null,
  ): Promise<{ readonly kind: 'done'; readonly task: Task } | WorkFailure>;
  /** This task, or the next one (null); `task` null with the reason where there is none. */
  claim(
    taskId: string | null,
  ): Promise<
    { readonly kind: 'claimed'; readonly task: Task | null; readonly message: string } | WorkFailure
  >;
}

/** How the work on the screen stands. */
export type DeskState =
  /** One has it; `isUncertain`: the server was not heard of for a while, and the lease may have run out. */
  | { readonly kind: 'held'; readonly lease: Lease; readonly isUncertain: boolean }
  | { readonly kind: 'paused'; readonly lease: Lease }
  /** It was one's own: what isn't saved stays in this browser. */
  | { readonly kind: 'lost'; readonly message: string }
  /** It is somebody else's, or nobody's. */
  | { readonly kind: 'other' }
  /** One is done with it. */
  | { readonly kind: 'done'; readonly action: FinishAction };

/** A lease is kept alive this often, or thrice in its length where that is shorter. */
const HEARTBEAT_MS = 30_000;
const SHORTEST_MS = 2_000;

/** One's task on the screen: keeps its lease alive, says when it is lost, and hands it in. */
export class TaskDesk {
  readonly #transport: WorkTransport;
  readonly #clock: Clock;
  readonly #state: Value<DeskState>;
  #task: Task;
  #next: Task | null = null;
  #reserving: Promise<Task | null> | null = null;
  /** By this clock, until when the lease holds if nothing is heard. */
  #holdsUntil = 0;
  /** The lease as the server said it last. */
  #heardOf: Lease | null = null;
  #callOff: (() => void) | null = null;
  #isDisposed = false;

  constructor(task: Task, userId: string, transport: WorkTransport, clock: Clock) {
    this.#task = task;
    this.#transport = transport;
    this.#clock = clock;
    this.#state = new Value(stateOf(task.lease?.holder.id === userId ? task.lease : null));
    this.#follow();
  }

  get task(): Task {
    return this.#task;
  }

  get state(): Readable<DeskState> {
    return this.#state;
  }

  /** What goes with all that is saved; null: nothing to show. */
  proof = (): string | null => {
    const state = this.#state.get();
    return state.kind === 'held' || state.kind === 'paused' ? `${state.lease.id}:${state.lease.token}` : null;
  };

  /** Why nothing can be changed, or null. */
  get readOnlyReason(): string | null {
    const state = this.#state.get();
    switch (state.kind) {
      case 'held':
        return null;
      case 'paused':
        return 'You paused this task: resume it to go on.';
      case 'lost':
        return `${state.message} What is not saved stays in this browser.`;
      case 'done':
        return 'This task is handed in.';
      case 'other':
        return otherReason(this.#task);
    }
  }

  /** The next task, taken while this one is being finished; null: there is none. */
  get next(): Task | null {
    return this.#next;
  }

  /** Takes the next task ahead, so that it is there at once when this one is handed in. */
  reserve(): Promise<Task | null> {
    this.#reserving ??= this.#reserve().finally(() => {
      this.#reserving = null;
    });
    return this.#reserving;
  }

  async #reserve(): Promise<Task | null> {
    if (this.#next !== null && this.#isGood(this.#next)) return this.#next;
    const result = await this.#transport.claim(null);
    this.#next = result.kind === 'claimed' ? result.task : null;
    if (this.#isDisposed) this.#giveNextBack();
    return this.#next;
  }

  /** The work was refused for want of a lease. */
  lose(message: string): void {
    const { kind } = this.#state.get();
    if (kind === 'held' || kind === 'paused') this.#set({ kind: 'lost', message });
  }

  /** Takes a lost task, or one that waits, again; null, or why not. */
  async takeOver(): Promise<string | null> {
    const result = await this.#transport.claim(this.#task.id);
    if (result.kind !== 'claimed') return result.message;
    if (result.task === null) return result.message;
    this.#task = { ...result.task, reason: this.#task.reason ?? null };
    this.#set(stateOf(result.task.lease));
    return null;
  }

  /** Does something with the task; null when it is done, else why not. */
  async finish(action: FinishAction, note = '', to: string | null = null): Promise<string | null> {
    const state = this.#state.get();
    if (state.kind !== 'held' && state.kind !== 'paused') return this.readOnlyReason ?? 'You don’t have it.';
    const result = await this.#transport.finish(state.lease, action, note, to);
    if (result.kind !== 'done') {
      if (result.kind === 'lost') this.lose(result.message);
      return result.message;
    }
    this.#task = { ...result.task, reason: this.#task.reason ?? null };
    const { lease } = result.task;
    this.#set(lease === null ? { kind: 'done', action } : stateOf(lease));
    return null;
  }

  /** The next task, to go on with: from now on it is not this desk's to give back. */
  async takeNext(): Promise<Task | null> {
    const next = await this.reserve();
    this.#next = null;
    return next;
  }

  /** Stops; a next task that was taken ahead goes back to the queue. */
  dispose(): void {
    this.#isDisposed = true;
    this.#callOff?.();
    this.#giveNextBack();
  }

  #giveNextBack(): void {
    const lease = this.#next?.lease ?? null;
    this.#next = null;
    if (lease !== null) void this.#transport.finish(lease, 'return', '', null);
  }

  #isGood(task: Task): boolean {
    const expires = task.lease?.expires_at ?? null;
    return expires === null || Date.parse(expires) - this.#clock.now() > HEARTBEAT_MS;
  }

  #set(state: DeskState): void {
    this.#state.set(state);
    this.#follow();
  }

  #follow(): void {
    this.#callOff?.();
    this.#callOff = null;
    const state = this.#state.get();
    if (this.#isDisposed || (state.kind !== 'held' && state.kind !== 'paused')) return;
    const { lease } = state;
    const length_ms =
      lease.expires_at === null ? Infinity : Date.parse(lease.expires_at) - Date.parse(lease.heard_at);
    // The browser's clock may be wrong: what counts is how long it is since the server was heard of.
    if (this.#heardOf !== lease) {
      this.#heardOf = lease;
      this.#holdsUntil = this.#clock.now() + length_ms;
    }
    const wait_ms = Math.max(SHORTEST_MS, Math.min(HEARTBEAT_MS, length_ms / 3));
    this.#callOff = this.#clock.after(wait_ms, () => void this.#beat(lease));
  }

  async #beat(lease: Lease): Promise<void> {
    const result = await this.#transport.heartbeat(lease);
    const state = this.#state.get();
    if (this.#isDisposed || (state.kind !== 'held' && state.kind !== 'paused')) return;
    if (state.lease.id !== lease.id) return;
    if (result.kind === 'alive') this.#set(stateOf(result.lease));
    else if (result.kind === 'lost') this.lose(result.message);
    else if (state.kind === 'held') {
      this.#set({ kind: 'held', lease, isUncertain: this.#clock.now() > this.#holdsUntil });
    } else this.#follow();
  }
}

function stateOf(lease: Lease | null): DeskState {
  if (lease === null) return { kind: 'other' };
  return lease.expires_at === null ? { kind: 'paused', lease } : { kind: 'held', lease, isUncertain: false };
}

function otherReason(task: Task): string {
  const holder = task.lease?.holder.name ?? null;
  if (holder !== null) return `${holder} works on this task now; you can look at it.`;
  if (task.state === 'closed')
    return 'This task is done; its labels are changed only after an admin reopens it.';
  if (task.state === 'held') return 'An admin stopped this task; you can look at it.';
  return 'This project works by tasks: take this one, or the next under “Next task”.';
}
