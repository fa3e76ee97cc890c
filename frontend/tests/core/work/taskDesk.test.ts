import { describe, expect, it } from 'vitest';

import type { Clock } from '../../../src/core/sync/ports';
import type { FinishAction, Lease, Task } from '../../../src/core/work/task';
import { TaskDesk, type WorkFailure, type WorkTransport } from '../../../src/core/work/taskDesk';

const ME = 'me';

class FakeClock implements Clock {
  #now = Date.parse('2026-01-01T10:00:00Z');
  #timers: { readonly at: number; readonly callback: () => void }[] = [];
  now = (): number => this.#now;
  after = (delay_ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + delay_ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  async pass(duration_ms: number): Promise<void> {
    const end = this.#now + duration_ms;
    for (;;) {
      const [due] = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (due === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.#now = due.at;
      due.callback();
      for (let i = 0; i < 10; i += 1) await Promise.resolve();
    }
    this.#now = end;
  }
}

function lease(token: number, more: Partial<Lease> = {}): Lease {
  return {
    id: `lease-${token}`,
    token,
    stage: 'label',
    holder: { id: ME, name: 'Me' },
    started_at: '2026-01-01T10:00:00Z',
    heard_at: '2026-01-01T10:00:00Z',
    expires_at: '2026-01-01T10:01:00Z',
    ended_at: null,
    ...more,
  };
}

function task(id: string, held: Lease | null): Task {
  return {
    id,
    project: 'p',
    clip_id: `clip-${id}`,
    clip_name: id,
    label_set_id: `set-${id}`,
    layer: 'objects',
    from_ns: null,
    to_ns: null,
    stage: 'label',
    state: held === null ? 'ready' : held.expires_at === null ? 'paused' : 'leased',
    priority: 0,
    skill: '',
    assigned_to: null,
    labeller: null,
    reviewer: null,
    sent_back_count: 0,
    ready_since: '',
    changed_at: '',
    lease: held,
  };
}

class FakeQueue implements WorkTransport {
  heartbeats = 0;
  answer: WorkFailure | null = null;
  readonly done: string[] = [];
  next: Task | null = task('next', lease(1, { id: 'lease-next' }));
  claims: (string | null)[] = [];

  async heartbeat(held: Lease) {
    this.heartbeats += 1;
    await Promise.resolve();
    return this.answer ?? ({ kind: 'alive', lease: { ...held } } as const);
  }
  async finish(held: Lease, action: FinishAction) {
    this.done.push(`${action} ${held.id}`);
    await Promise.resolve();
    if (this.answer !== null) return this.answer;
    const after =
      action === 'pause' ? lease(held.token, { expires_at: null }) : action === 'resume' ? lease(1) : null;
    return { kind: 'done', task: task('a', after) } as const;
  }
  async claim(taskId: string | null) {
    await Promise.resolve();
    this.claims.push(taskId);
    if (taskId === null) return { kind: 'claimed', task: this.next, message: '' } as const;
    return { kind: 'claimed', task: task(taskId, lease(2)), message: '' } as const;
  }
}

function desk(held: Lease | null = lease(1)): { desk: TaskDesk; queue: FakeQueue; clock: FakeClock } {
  const [queue, clock] = [new FakeQueue(), new FakeClock()];
  return { desk: new TaskDesk(task('a', held), ME, queue, clock), queue, clock };
}

describe('a task on the screen', () => {
  it('is kept alive, three times in the length of its lease', async () => {
    const { desk: mine, queue, clock } = desk();
    await clock.pass(61_000);
    expect(queue.heartbeats).toBe(3);
    expect(mine.state.get().kind).toBe('held');
    expect(mine.proof()).toBe('lease-1:1');
  });

  it('is not kept alive when it is somebody else’s', async () => {
    const { desk: theirs, queue, clock } = desk(lease(1, { holder: { id: 'other', name: 'Ann' } }));
    await clock.pass(100_000);
    expect(queue.heartbeats).toBe(0);
    expect(theirs.proof()).toBeNull();
    expect(theirs.readOnlyReason).toBe('Ann works on this task now; you can look at it.');
  });

  it('is uncertain when the server is not heard of for longer than the lease lasts, and certain again after', async () => {
    const { desk: mine, queue, clock } = desk();
    queue.answer = { kind: 'unreachable', message: 'no network' };
    await clock.pass(30_000);
    expect(mine.state.get()).toMatchObject({ kind: 'held', isUncertain: false });
    await clock.pass(60_000);
    expect(mine.state.get()).toMatchObject({ kind: 'held', isUncertain: true });
    queue.answer = null;
    await clock.pass(30_000);
    expect(mine.state.get()).toMatchObject({ kind: 'held', isUncertain: false });
  });

  it('that is lost can’t be changed, and can be taken over again', async () => {
    const { desk: mine, queue, clock } = desk();
    queue.answer = { kind: 'lost', message: 'Your lease was ended by an admin.' };
    await clock.pass(25_000);
    expect(mine.state.get().kind).toBe('lost');
    expect(mine.readOnlyReason).toContain('stays in this browser');
    expect(mine.proof()).toBeNull();
    const before = queue.heartbeats;
    await clock.pass(100_000);
    expect(queue.heartbeats).toBe(before);
    queue.answer = null;
    expect(await mine.takeOver()).toBeNull();
    expect(mine.proof()).toBe('lease-2:2');
    expect(mine.readOnlyReason).toBeNull();
  });

  it('pauses and goes on', async () => {
    const { desk: mine } = desk();
    expect(await mine.finish('pause')).toBeNull();
    expect(mine.state.get().kind).toBe('paused');
    expect(mine.readOnlyReason).toContain('paused');
    expect(await mine.finish('resume')).toBeNull();
    expect(mine.readOnlyReason).toBeNull();
  });

  it('says why it can’t be handed in, and stays', async () => {
    const { desk: mine, queue } = desk();
    queue.answer = { kind: 'refused', message: 'Say why.' };
    expect(await mine.finish('skip')).toBe('Say why.');
    expect(mine.state.get().kind).toBe('held');
  });

  it('takes the next one ahead once, and goes on with it', async () => {
    const { desk: mine, queue } = desk();
    await Promise.all([mine.reserve(), mine.reserve()]);
    await mine.finish('submit');
    expect((await mine.takeNext())?.id).toBe('next');
    mine.dispose();
    expect(queue.claims).toEqual([null]);
    expect(queue.done).toEqual(['submit lease-1']);
  });

  it('gives a next one that was taken ahead back when the page is left', async () => {
    const { desk: mine, queue } = desk();
    await mine.reserve();
    mine.dispose();
    expect(queue.done).toEqual(['return lease-next']);
  });
});
