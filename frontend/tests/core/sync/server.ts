import { sameJson } from '../../../src/core/document/freeze';
import type { LabelId } from '../../../src/core/document/ids';
import type { Label } from '../../../src/core/document/label';
import type {
  Batch,
  EventsResult,
  LabelEvent,
  Operation,
  SendResult,
  ServerLabel,
  SyncTransport,
  TransportFailure,
} from '../../../src/core/sync/ports';

/** The server's side of the contract (docs/api.md), in memory: batches whole or not at all, versions, idempotence. */
export class MemoryServer {
  readonly labels = new Map<LabelId, ServerLabel>();
  readonly events: LabelEvent[] = [];
  readonly batches: Batch[] = [];
  revision = 0;
  /** Refuses labels of this class. */
  refusedClass: string | null = null;

  constructor(labels: Iterable<Label> = []) {
    for (const label of labels) this.labels.set(label.id, { version: 1, label });
  }

  apply(batch: Batch, author: string): SendResult {
    this.batches.push(batch);
    const landed = new Map(this.events.map((event) => [event.operation_id, event]));
    const fresh = batch.operations.filter((operation) => !landed.has(operation.operation_id));
    for (const operation of batch.operations) {
      const event = landed.get(operation.operation_id);
      if (event !== undefined && !sameJson(event.label, labelOf(operation)))
        return { kind: 'operation_id_reused' };
    }
    const refused = fresh.find((operation) => labelOf(operation)?.class === this.refusedClass);
    if (this.refusedClass !== null && refused !== undefined) {
      return {
        kind: 'invalid_label',
        labelId: refused.label_id,
        field: 'class',
        message: 'There is no such class.',
      };
    }
    const stale = fresh.filter((op) => op.base_version !== (this.labels.get(op.label_id)?.version ?? 0));
    if (stale.length > 0) {
      return { kind: 'conflict', conflicts: stale.map((operation) => this.#conflict(operation)) };
    }
    if (fresh.length > 0) this.revision += 1;
    for (const operation of fresh) this.#write(operation, author);
    const results = batch.operations.map((operation) => {
      const event = this.events.find((candidate) => candidate.operation_id === operation.operation_id);
      if (event === undefined) throw new Error('an operation that landed has an event');
      return { operation_id: operation.operation_id, label_id: operation.label_id, version: event.version };
    });
    return { kind: 'landed', revision: this.revision, results };
  }

  /** What another person does. */
  change(label: Label, author = 'bob'): void {
    const base_version = this.labels.get(label.id)?.version ?? 0;
    const operation_id = `${author}-${this.events.length}`;
    const result = this.apply(
      {
        batch_id: operation_id,
        operations: [{ operation_id, kind: 'put', label_id: label.id, base_version, label }],
      },
      author,
    );
    if (result.kind !== 'landed') throw new Error(`expected the change to land, found ${result.kind}`);
  }

  #conflict(operation: Operation) {
    const current = this.labels.get(operation.label_id);
    return {
      operation_id: operation.operation_id,
      label_id: operation.label_id,
      base_version: operation.base_version,
      yours: labelOf(operation),
      theirs: current?.label ?? null,
      their_version: current?.version ?? 0,
      their_author: this.events.findLast((event) => event.label_id === operation.label_id)?.author ?? null,
    };
  }

  #write(operation: Operation, author: string): void {
    const version = operation.base_version + 1;
    this.labels.set(operation.label_id, { version, label: labelOf(operation) });
    this.events.push({
      revision: this.revision,
      operation_id: operation.operation_id,
      kind: operation.kind,
      label_id: operation.label_id,
      version,
      label: labelOf(operation),
      author,
      created_at: '2026-01-01T00:00:00Z',
    });
  }
}

/** The way to the server: can be cut before or after it was reached, which looks the same from here. */
export class MemoryTransport implements SyncTransport {
  readonly #server: MemoryServer;
  readonly #author: string;
  /** What the next requests come to, instead of an answer; `lost`: done there, but the answer got lost. */
  faults: (TransportFailure | 'lost')[] = [];
  /** True: every request fails. */
  isCut = false;
  sends = 0;

  constructor(server: MemoryServer, author = 'alice') {
    this.#server = server;
    this.#author = author;
  }

  send(batch: Batch): Promise<SendResult> {
    this.sends += 1;
    const fault = this.#fault();
    if (fault === 'lost') {
      this.#server.apply(structuredClone(batch), this.#author);
      return Promise.resolve(UNREACHABLE);
    }
    return Promise.resolve(fault ?? this.#server.apply(structuredClone(batch), this.#author));
  }

  events(afterRevision: number): Promise<EventsResult> {
    const fault = this.#fault();
    if (fault !== null) return Promise.resolve(fault === 'lost' ? UNREACHABLE : fault);
    return Promise.resolve({
      kind: 'events',
      revision: this.#server.revision,
      events: structuredClone(this.#server.events.filter((event) => event.revision > afterRevision)),
      has_more: false,
    });
  }

  #fault(): TransportFailure | 'lost' | null {
    return this.isCut ? UNREACHABLE : (this.faults.shift() ?? null);
  }
}

const UNREACHABLE: TransportFailure = { kind: 'unreachable', retryAfter_ms: null };

function labelOf(operation: Operation): Label | null {
  return operation.kind === 'put' ? operation.label : null;
}
