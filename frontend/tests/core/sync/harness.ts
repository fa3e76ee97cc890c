import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { vi } from 'vitest';
import { IndexedDbOutbox } from '../../../src/api/indexedDbOutbox';
import { diffOf } from '../../../src/core/document/diff';
import { History } from '../../../src/core/document/history';
import { labelId } from '../../../src/core/document/ids';
import type { Label } from '../../../src/core/document/label';
import { DocumentStore } from '../../../src/core/document/store';
import { Value } from '../../../src/core/observable';
import type { Clock, OutboxStorage, ScopeLocks } from '../../../src/core/sync/ports';
import { Sync, type SyncTiming } from '../../../src/core/sync/sync';
import type { Conflict } from '../../../src/core/sync/syncState';
import { countingIds } from '../fixtures';
import { MemoryTransport, type MemoryServer } from './server';

vi.stubGlobal('IDBKeyRange', IDBKeyRange);

/** Time that stands still until it is moved on. */
export class ManualClock implements Clock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(delay_ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + delay_ms, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, calling back in order, and lets everything that follows from it happen. */
  async advance(duration_ms: number): Promise<void> {
    const end = this.#now + duration_ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
      await settle();
    }
    this.#now = end;
  }
}

/** Lets the fake database and all promises finish what they are at. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 30; i += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Locks as tabs of one browser share them. */
export class MemoryLocks implements ScopeLocks {
  readonly #held = new Set<string>();

  tryAcquire(scope: string): Promise<(() => void) | null> {
    if (this.#held.has(scope)) return Promise.resolve(null);
    this.#held.add(scope);
    return Promise.resolve(() => this.#held.delete(scope));
  }
}

/** What survives a tab: the browser. */
export class Browser {
  readonly factory = new IDBFactory();
  readonly locks = new MemoryLocks();
  readonly newId = countingIds('id');
}

/** One tab with the tool open. */
export class Tab {
  readonly clock = new ManualClock();
  readonly isGesture = new Value(false);
  readonly history: History;
  readonly document: DocumentStore;
  readonly transport: MemoryTransport;
  sync!: Sync;

  private constructor(server: MemoryServer, author: string) {
    this.transport = new MemoryTransport(server, author);
    this.document = new DocumentStore(
      [...server.labels.values()].flatMap(({ label }) => (label === null ? [] : [structuredClone(label)])),
    );
    this.history = new History(this.document, () => ({ selection: [], timeNs: 0n }));
  }

  static async open(
    server: MemoryServer,
    browser = new Browser(),
    options: {
      readonly author?: string;
      readonly storage?: OutboxStorage;
      readonly isCut?: boolean;
      readonly timing?: Partial<SyncTiming>;
    } = {},
  ): Promise<Tab> {
    const tab = new Tab(server, options.author ?? 'alice');
    tab.transport.isCut = options.isCut ?? false;
    const opening = Sync.open({
      userId: 'user',
      labelSetId: 'labels',
      document: tab.document,
      isGesture: tab.isGesture,
      server: structuredClone([...server.labels]),
      revision: server.revision,
      transport: tab.transport,
      storage: options.storage ?? new IndexedDbOutbox(browser.factory),
      locks: browser.locks,
      clock: tab.clock,
      newId: browser.newId,
      random: () => 0.5,
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    });
    tab.sync = await opening;
    return tab;
  }

  /** Changes a label as a person does. */
  put(label: Label): void {
    this.document.apply(diffOf(this.document.get(label.id), label), 'user');
  }

  remove(id: string): void {
    this.document.apply(diffOf(this.document.get(labelId(id)), undefined), 'user');
  }

  get(id: string): Label | undefined {
    return this.document.get(labelId(id));
  }

  get kind(): string {
    return this.sync.state.get().kind;
  }

  get conflicts(): readonly Conflict[] {
    const state = this.sync.state.get();
    return state.kind === 'conflict' ? state.conflicts : [];
  }
}
