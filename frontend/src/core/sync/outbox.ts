import { entriesOf, type RecordsDiff } from '../document/diff';
import { sameJson } from '../document/freeze';
import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';
import type {
  Batch,
  LabelEvent,
  LandedResult,
  Operation,
  OutboxContent,
  OutboxWrite,
  PendingChange,
  ServerLabel,
  WireConflict,
} from './ports';
import type { Conflict, Rejection } from './syncState';

/** A batch is kept small enough to be sent within a moment, and to be taken by any server on the way. */
const MAX_OPERATIONS = 500;
const MAX_BATCH_CHARACTERS = 1_000_000;

/** A label that has to be shown otherwise than it is now; null: gone. */
export interface RemoteChange {
  readonly labelId: LabelId;
  readonly label: Label | null;
}

/**
 * What this browser has that the server has not acknowledged. Pure bookkeeping: it knows neither network nor disk nor
 * time. For each label at most one change waits, whatever happened to it meanwhile; one batch at a time is under way.
 */
export class Outbox {
  readonly #server = new Map<LabelId, ServerLabel>();
  readonly #pending = new Map<LabelId, PendingChange>();
  readonly #conflicts = new Map<LabelId, Conflict>();
  readonly #rejections = new Map<LabelId, Rejection>();
  /** Labels whose stored change is out of date. */
  readonly #unstored = new Set<LabelId>();
  #inFlight: Batch | null = null;
  #isInFlightStored = true;

  constructor(server: Iterable<readonly [LabelId, ServerLabel]>) {
    for (const [id, label] of server) this.#server.set(id, label);
  }

  get inFlight(): Batch | null {
    return this.#inFlight;
  }

  get conflicts(): readonly Conflict[] {
    return [...this.#conflicts.values()];
  }

  get rejections(): readonly Rejection[] {
    return [...this.#rejections.values()];
  }

  /** How many labels have changes that are not acknowledged. */
  get changes(): number {
    const ids = new Set(this.#pending.keys());
    for (const operation of this.#inFlight?.operations ?? []) ids.add(operation.label_id);
    return ids.size;
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0 && this.#inFlight === null;
  }

  /** True when the store says the same. */
  get isStored(): boolean {
    return this.#unstored.size === 0 && this.#isInFlightStored;
  }

  /** True when something could be sent: neither in conflict nor refused. */
  get hasSendable(): boolean {
    return this.#inFlight !== null || [...this.#pending.keys()].some((id) => this.#isSendable(id));
  }

  /** Notes what was changed here. */
  record(diff: RecordsDiff): void {
    for (const [, to, id] of entriesOf(diff)) this.#note(id, to ?? null);
  }

  /** Takes up what an earlier visit left; what the document has to show of it. Only into an empty outbox. */
  restore(content: OutboxContent): RemoteChange[] {
    if (!this.isEmpty) throw new Error('an outbox takes up another one only when it is empty');
    const shown = new Map<LabelId, Label | null>();
    this.#inFlight = content.inFlight;
    for (const operation of content.inFlight?.operations ?? [])
      shown.set(operation.label_id, labelOf(operation));
    for (const change of content.pending) {
      this.#pending.set(change.label_id, change);
      shown.set(change.label_id, change.label);
    }
    for (const change of content.pending) this.#settle(change.label_id);
    return [...shown].map(([labelId, label]) => ({ labelId, label }));
  }

  /** Makes the next batch of what waits, or returns the one that is under way. Null: nothing to send. */
  seal(newId: () => string): Batch | null {
    if (this.#inFlight !== null) return this.#inFlight;
    const ready = [...this.#pending.values()].filter((change) => this.#isSendable(change.label_id));
    if (ready.length === 0) return null;
    const operations = withinBatch(ready).map((change) => this.#operation(change, newId()));
    for (const operation of operations) this.#drop(operation.label_id);
    this.#setInFlight({ batch_id: newId(), operations });
    return this.#inFlight;
  }

  /** The batch under way has landed. What has to be shown otherwise: labels that others changed since. */
  landed(results: readonly LandedResult[]): RemoteChange[] {
    const operations = this.#finish();
    const shown: RemoteChange[] = [];
    for (const result of results) {
      const operation = operations.get(result.operation_id);
      if (operation === undefined) continue;
      const known = this.#server.get(result.label_id);
      const pending = this.#pending.get(result.label_id);
      if (known !== undefined && known.version > result.version) {
        // It landed on an earlier visit, and others went on from there.
        if (pending === undefined) shown.push({ labelId: result.label_id, label: known.label });
      } else {
        this.#server.set(result.label_id, { version: result.version, label: labelOf(operation) });
      }
      if (pending?.base_version === null) this.#put({ ...pending, base_version: result.version });
      this.#settle(result.label_id);
    }
    return shown;
  }

  /** The batch under way was refused since others changed some of its labels; nothing of it landed. */
  conflicted(conflicts: readonly WireConflict[]): RemoteChange[] {
    this.#takeBack();
    return conflicts.flatMap((conflict) =>
      this.#enterConflict(conflict.label_id, conflict.theirs, conflict.their_version, conflict.their_author),
    );
  }

  /** The batch under way was refused for one of its labels; that one waits for another change. */
  rejected(rejection: Rejection): void {
    const isChangedSince = this.#pending.has(rejection.labelId);
    this.#takeBack();
    if (!isChangedSince && this.#pending.has(rejection.labelId)) {
      this.#rejections.set(rejection.labelId, rejection);
    }
  }

  /** The batch under way was refused for its ids; it is made anew. */
  takeBack(): void {
    this.#takeBack();
  }

  /** Goes on with what is here, on top of theirs. */
  resolveMine(labelId: LabelId): void {
    const conflict = this.#conflicts.get(labelId);
    if (conflict === undefined) return;
    this.#conflicts.delete(labelId);
    this.#server.set(labelId, { version: conflict.theirVersion, label: conflict.theirs });
    this.#put({ label_id: labelId, base_version: conflict.theirVersion, label: conflict.mine });
    this.#settle(labelId);
  }

  /** Gives what is here up for theirs. */
  resolveTheirs(labelId: LabelId): RemoteChange[] {
    const conflict = this.#conflicts.get(labelId);
    if (conflict === undefined) return [];
    this.#conflicts.delete(labelId);
    this.#server.set(labelId, { version: conflict.theirVersion, label: conflict.theirs });
    this.#drop(labelId);
    return [{ labelId, label: conflict.theirs }];
  }

  /**
   * What others did, in order. Only while no batch is under way: its answer must come first. A label that was not
   * touched here is shown as it is now; one that was becomes a conflict.
   */
  remote(events: readonly LabelEvent[]): RemoteChange[] {
    if (this.#inFlight !== null) throw new Error('events wait until the batch under way is answered');
    return events.flatMap((event) => this.#merge(event));
  }

  /** What has to be stored; the outbox takes it for stored from now on. Null: nothing changed. */
  takeWrite(): OutboxWrite | null {
    if (this.isStored) return null;
    const ids = [...this.#unstored];
    const put = ids.flatMap((id) => this.#pending.get(id) ?? []);
    const remove = ids.filter((id) => !this.#pending.has(id));
    this.#unstored.clear();
    this.#isInFlightStored = true;
    return { put, remove, inFlight: this.#inFlight };
  }

  /** All that it holds, for storing it anew. */
  content(): OutboxContent {
    return { inFlight: this.#inFlight, pending: [...this.#pending.values()] };
  }

  #note(id: LabelId, label: Label | null): void {
    this.#rejections.delete(id);
    const conflict = this.#conflicts.get(id);
    if (conflict !== undefined) this.#conflicts.set(id, { ...conflict, mine: label });
    const waiting = this.#pending.get(id);
    const base = waiting === undefined ? this.#baseOf(id) : waiting.base_version;
    this.#put({ label_id: id, base_version: base, label });
    this.#settle(id);
  }

  #baseOf(id: LabelId): number | null {
    const isUnderWay = this.#inFlight?.operations.some((operation) => operation.label_id === id) === true;
    return isUnderWay ? null : (this.#server.get(id)?.version ?? 0);
  }

  /** Drops a change that says what the server has already. */
  #settle(id: LabelId): void {
    const change = this.#pending.get(id);
    if (change === undefined || change.base_version === null || this.#conflicts.has(id)) return;
    const server = this.#server.get(id);
    if (change.base_version !== (server?.version ?? 0)) return;
    if (sameJson(change.label, server?.label ?? null)) this.#drop(id);
  }

  #isSendable(id: LabelId): boolean {
    return !this.#conflicts.has(id) && !this.#rejections.has(id);
  }

  #operation(change: PendingChange, operationId: string): Operation {
    const base_version = change.base_version ?? this.#server.get(change.label_id)?.version ?? 0;
    const shared = { operation_id: operationId, label_id: change.label_id, base_version };
    return change.label === null
      ? { ...shared, kind: 'delete' }
      : { ...shared, kind: 'put', label: change.label };
  }

  #merge(event: LabelEvent): RemoteChange[] {
    const id = event.label_id;
    if (event.version <= (this.#server.get(id)?.version ?? 0)) return [];
    if (this.#pending.has(id)) return this.#enterConflict(id, event.label, event.version, event.author);
    this.#server.set(id, { version: event.version, label: event.label });
    return [{ labelId: id, label: event.label }];
  }

  /** Both sides changed a label. Where both say the same there is nothing to decide. */
  #enterConflict(
    labelId: LabelId,
    theirs: Label | null,
    theirVersion: number,
    theirAuthor: string | null,
  ): RemoteChange[] {
    const mine = this.#pending.get(labelId)?.label ?? null;
    if (sameJson(mine, theirs)) {
      this.#conflicts.delete(labelId);
      this.#server.set(labelId, { version: theirVersion, label: theirs });
      this.#drop(labelId);
      return [];
    }
    this.#conflicts.set(labelId, { labelId, mine, theirs, theirVersion, theirAuthor });
    return [];
  }

  /** The batch under way waits again, behind nothing; later changes to its labels are kept. */
  #takeBack(): void {
    for (const operation of this.#finish().values()) {
      const later = this.#pending.get(operation.label_id);
      this.#put({
        label_id: operation.label_id,
        base_version: operation.base_version,
        label: later === undefined ? labelOf(operation) : later.label,
      });
      this.#settle(operation.label_id);
    }
  }

  #finish(): Map<string, Operation> {
    const operations = this.#inFlight?.operations ?? [];
    this.#setInFlight(null);
    return new Map(operations.map((operation) => [operation.operation_id, operation]));
  }

  #setInFlight(batch: Batch | null): void {
    this.#inFlight = batch;
    this.#isInFlightStored = false;
  }

  #put(change: PendingChange): void {
    this.#pending.set(change.label_id, change);
    this.#unstored.add(change.label_id);
  }

  #drop(id: LabelId): void {
    this.#pending.delete(id);
    this.#unstored.add(id);
  }
}

/** The first changes that fit into one batch; one at least. */
function withinBatch(changes: readonly PendingChange[]): readonly PendingChange[] {
  let characters = 0;
  const end = changes.findIndex((change, index) => {
    characters += JSON.stringify(change).length;
    return index > 0 && (index >= MAX_OPERATIONS || characters > MAX_BATCH_CHARACTERS);
  });
  return end < 0 ? changes : changes.slice(0, end);
}

function labelOf(operation: Operation): Label | null {
  return operation.kind === 'put' ? operation.label : null;
}
