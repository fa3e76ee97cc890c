import { diffOfAll, squashDiffs, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { DocumentStore } from '../document/store';
import { Value, type Readable, type Unsubscribe } from '../observable';
import { Outbox, type RemoteChange } from './outbox';
import type {
  Clock,
  EventsResult,
  OutboxStorage,
  ScopeLocks,
  SendResult,
  ServerLabel,
  SyncTransport,
  TransportFailure,
} from './ports';
import { describeSync, type SyncState } from './syncState';

/** What saving needs from outside. */
export interface SyncPorts {
  readonly userId: string;
  readonly labelSetId: string;
  readonly document: DocumentStore;
  /** True while a gesture is under way: its intermediate states are nobody's business. */
  readonly isGesture: Readable<boolean>;
  /** The labels as they were loaded, with their versions, and the revision they were loaded at. */
  readonly server: Iterable<readonly [LabelId, ServerLabel]>;
  readonly revision: number;
  readonly transport: SyncTransport;
  readonly storage: OutboxStorage;
  readonly locks: ScopeLocks;
  readonly clock: Clock;
  readonly newId: () => string;
  /** From 0 to 1; spreads retries, so that a thousand browsers don't come back at once. */
  readonly random: () => number;
  readonly timing?: Partial<SyncTiming>;
}

export interface SyncTiming {
  /** A change is sent when none followed it for so long ... */
  readonly quiet_ms: number;
  /** ... or when the first unsent one is so old. */
  readonly longest_ms: number;
  /** Time between looks at what others did. */
  readonly poll_ms: number;
  readonly firstRetry_ms: number;
  readonly longestRetry_ms: number;
}

/** A batch with several bad labels is refused once for each. */
const PATIENCE = 50;

const TIMING: SyncTiming = {
  quiet_ms: 400,
  longest_ms: 2000,
  poll_ms: 3000,
  firstRetry_ms: 1000,
  longestRetry_ms: 30_000,
};

/**
 * Brings the document's changes to the server and others' changes into the document. A change is stored in the browser
 * before it is sent, and leaves the store only when the server has acknowledged it: a reload, a crash, a day offline
 * and an expired session cost nothing.
 */
export class Sync {
  readonly #ports: SyncPorts;
  readonly #timing: SyncTiming;
  readonly #outbox: Outbox;
  readonly #state = new Value<SyncState>({ kind: 'saved' });
  readonly #disposers: Unsubscribe[] = [];
  #scope: string;
  #release: () => void;
  /** Changes of the gesture under way. */
  #held: RecordsDiff[] = [];
  #revision: number;
  #isBusy = false;
  #isDisposed = false;
  #isReachable = true;
  #isSignedOut = false;
  #refusal: string | null = null;
  #storageTrouble: string | null = null;
  #attempts = 0;
  /** Answers in a row that brought nothing home. */
  #fruitless = 0;
  #firstUnsentAt: number | null = null;
  #cancelSend: (() => void) | null = null;
  #cancelPoll: (() => void) | null = null;
  #writing: Promise<void> | null = null;

  private constructor(ports: SyncPorts, scope: string, release: () => void) {
    this.#ports = ports;
    this.#timing = { ...TIMING, ...ports.timing };
    this.#outbox = new Outbox(ports.server);
    this.#revision = ports.revision;
    this.#scope = scope;
    this.#release = release;
  }

  /** Takes up what earlier visits left, shows it in the document, and starts saving and polling. */
  static async open(ports: SyncPorts): Promise<Sync> {
    const scope = `${prefixOf(ports)}${ports.newId()}`;
    const release = (await ports.locks.tryAcquire(scope)) ?? (() => undefined);
    const sync = new Sync(ports, scope, release);
    await sync.#adoptLeftovers();
    sync.#listen();
    sync.#tell();
    if (sync.#outbox.hasSendable) sync.#schedule(0);
    sync.#schedulePoll(sync.#timing.poll_ms);
    return sync;
  }

  get state(): Readable<SyncState> {
    return this.#state;
  }

  /** Sends now what waits. */
  flush(): void {
    this.#attempts = 0;
    this.#schedule(0);
  }

  /**
   * The browser is online again, or somebody signed in again (`userId`): tries at once. Changes are never sent in
   * another person's name: with somebody else signed in they wait.
   */
  retry(userId = this.#ports.userId): void {
    this.#isSignedOut = false;
    this.#refusal = null;
    if (userId !== this.#ports.userId) {
      this.#refusal =
        'Somebody else is signed in now. What is not saved stays in this browser until its author is back.';
      this.#tell();
      return;
    }
    this.flush();
    this.#schedulePoll(0);
  }

  /** Decides a conflict. */
  resolve(labelId: LabelId, choice: 'mine' | 'theirs'): void {
    if (choice === 'mine') this.#outbox.resolveMine(labelId);
    else this.#show(this.#outbox.resolveTheirs(labelId));
    void this.#store();
    this.#tell();
    this.#schedule(0);
  }

  /** Resolves when everything up to now is in the browser's store. */
  stored(): Promise<void> {
    return this.#store();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#cancelSend?.();
    this.#cancelPoll?.();
    for (const dispose of this.#disposers) dispose();
    void this.#store().then(() => this.#release());
  }

  #listen(): void {
    const { document, isGesture } = this.#ports;
    this.#disposers.push(
      document.listen(({ diff, source }) => {
        if (source === 'remote') return;
        this.#held.push(diff);
        if (!isGesture.get()) this.#takeHeld();
      }),
      isGesture.subscribe(() => {
        if (!isGesture.get()) this.#takeHeld();
      }),
    );
  }

  #takeHeld(): void {
    if (this.#held.length === 0) return;
    this.#outbox.record(squashDiffs(this.#held));
    this.#held = [];
    void this.#store();
    this.#tell();
    if (!this.#outbox.hasSendable) return;
    const now = this.#ports.clock.now();
    this.#firstUnsentAt ??= now;
    const latest = this.#firstUnsentAt + this.#timing.longest_ms - now;
    this.#schedule(Math.max(0, Math.min(this.#timing.quiet_ms, latest)));
  }

  #schedule(delay_ms: number): void {
    if (this.#isDisposed || this.#isSignedOut || this.#refusal !== null) return;
    this.#cancelSend?.();
    this.#cancelSend = this.#ports.clock.after(delay_ms, () => {
      this.#cancelSend = null;
      void this.#pump();
    });
  }

  /** Sends batch after batch until nothing is left that could be sent, or the server can't be reached. */
  async #pump(): Promise<void> {
    if (this.#isBusy || this.#isDisposed) return;
    this.#isBusy = true;
    try {
      let goesOn = true;
      while (goesOn && !this.#isStopped()) {
        const batch = this.#outbox.seal(this.#ports.newId);
        if (batch === null) break;
        this.#firstUnsentAt = null;
        await this.#store();
        if (this.#isStopped()) break;
        goesOn = this.#take(await this.#ports.transport.send(batch));
        await this.#store();
        this.#tell();
      }
      if (this.#outbox.isEmpty) await this.#adoptLeftovers();
    } finally {
      this.#isBusy = false;
      this.#tell();
    }
  }

  /** What the server answered; true when there may be more to send. */
  #take(result: SendResult): boolean {
    switch (result.kind) {
      case 'landed':
        this.#reached();
        this.#fruitless = 0;
        this.#show(this.#outbox.landed(result.results));
        return true;
      case 'conflict':
        this.#reached();
        this.#show(this.#outbox.conflicted(result.conflicts));
        return this.#goesOn();
      case 'invalid_label':
        this.#reached();
        this.#outbox.rejected({ labelId: result.labelId, message: result.message, field: result.field });
        return this.#goesOn();
      case 'operation_id_reused':
        this.#reached();
        this.#outbox.takeBack();
        return this.#goesOn();
      case 'unreachable':
      case 'signed_out':
      case 'refused':
        this.#fail(result);
        if (result.kind === 'unreachable') this.#schedule(this.#retryDelay(result.retryAfter_ms));
        return false;
    }
  }

  /** True to try what is left at once; answers that again and again bring nothing home are given time. */
  #goesOn(): boolean {
    this.#fruitless += 1;
    if (this.#fruitless < PATIENCE) return true;
    if (this.#outbox.hasSendable) this.#schedule(this.#timing.longestRetry_ms);
    return false;
  }

  #fail(failure: TransportFailure): void {
    if (failure.kind === 'unreachable') this.#isReachable = false;
    else if (failure.kind === 'signed_out') this.#isSignedOut = true;
    else this.#refusal = failure.message;
  }

  #reached(): void {
    this.#isReachable = true;
    this.#attempts = 0;
  }

  #retryDelay(asked_ms: number | null): number {
    const { firstRetry_ms, longestRetry_ms } = this.#timing;
    const delay = Math.min(longestRetry_ms, firstRetry_ms * 2 ** this.#attempts);
    this.#attempts += 1;
    return Math.max(asked_ms ?? 0, delay * (0.5 + 0.5 * this.#ports.random()));
  }

  #schedulePoll(delay_ms: number): void {
    if (this.#isDisposed) return;
    this.#cancelPoll?.();
    this.#cancelPoll = this.#ports.clock.after(delay_ms, () => {
      this.#cancelPoll = null;
      void this.#poll();
    });
  }

  /** Others are said to have come to this revision: looks at once, if it is news. */
  lookFor(revision: number): void {
    if (revision > this.#revision && !this.#isStopped()) this.#schedulePoll(0);
  }

  /** Looks at what others did; never while a batch or a gesture is under way. */
  async #poll(): Promise<void> {
    let next_ms = this.#timing.poll_ms;
    if (
      !this.#isBusy &&
      this.#outbox.inFlight === null &&
      !this.#ports.isGesture.get() &&
      !this.#isStopped()
    ) {
      this.#isBusy = true;
      try {
        next_ms = this.#takeEvents(await this.#ports.transport.events(this.#revision));
        await this.#store();
      } finally {
        this.#isBusy = false;
        this.#tell();
      }
      if (this.#cancelSend === null && this.#outbox.hasSendable && this.#isReachable) this.#schedule(0);
    }
    this.#schedulePoll(next_ms);
  }

  #takeEvents(result: EventsResult): number {
    if (result.kind !== 'events') {
      this.#fail(result);
      return result.kind === 'unreachable' ? this.#retryDelay(result.retryAfter_ms) : this.#timing.poll_ms;
    }
    this.#reached();
    // A gesture that began while the answer was on its way: its label must not change under it.
    if (this.#ports.isGesture.get() || this.#held.length > 0) return this.#timing.quiet_ms;
    this.#show(this.#outbox.remote(result.events));
    this.#revision = result.has_more ? (result.events.at(-1)?.revision ?? result.revision) : result.revision;
    return result.has_more ? 0 : this.#timing.poll_ms;
  }

  /** Puts labels into the document as they are elsewhere. */
  #show(changes: readonly RemoteChange[]): void {
    const { document } = this.#ports;
    const last = new Map(changes.map((change) => [change.labelId, change.label]));
    document.apply(
      diffOfAll([...last].map(([id, label]) => [document.get(id), label ?? undefined] as const)),
      'remote',
    );
  }

  /** Takes the outbox of a tab that is no more, when this one's is empty. */
  async #adoptLeftovers(): Promise<void> {
    const { storage, locks } = this.#ports;
    try {
      for (const scope of await storage.scopes(prefixOf(this.#ports))) {
        if (scope === this.#scope || !this.#isIdle()) continue;
        const release = await locks.tryAcquire(scope);
        if (release === null) continue;
        const content = await storage.read(scope);
        if (!this.#isIdle()) {
          release();
          return;
        }
        this.#release();
        this.#release = release;
        this.#scope = scope;
        this.#show(this.#outbox.restore(content));
        this.#tell();
        if (this.#outbox.hasSendable) this.#schedule(0);
        return;
      }
    } catch (error) {
      this.#storageTrouble = sentence(error);
    }
  }

  /** Stores what changed, one write at a time; resolves when everything up to now is stored. */
  #store(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      const change = this.#outbox.takeWrite();
      if (change === null) return;
      try {
        await this.#ports.storage.write(this.#scope, change);
        this.#storageTrouble = null;
      } catch (error) {
        this.#storageTrouble = sentence(error);
      }
    }
  }

  /** True when nothing of this tab's own is anywhere but on the server. */
  #isIdle(): boolean {
    const isEmpty = this.#outbox.isEmpty && this.#outbox.isStored;
    return isEmpty && this.#held.length === 0 && !this.#ports.isGesture.get();
  }

  #isStopped(): boolean {
    return this.#isDisposed || this.#isSignedOut || this.#refusal !== null;
  }

  #tell(): void {
    const { changes, conflicts, rejections } = this.#outbox;
    const state = describeSync({
      isSignedOut: this.#isSignedOut,
      isReachable: this.#isReachable,
      refusal: this.#refusal,
      storageTrouble: this.#storageTrouble,
      changes,
      conflicts,
      rejections,
    });
    if (state.kind !== 'saved' || this.#state.get().kind !== 'saved') this.#state.set(state);
  }
}

function prefixOf(ports: SyncPorts): string {
  return `${ports.userId}/${ports.labelSetId}/`;
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
