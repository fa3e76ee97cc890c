import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';

/** A label with the version the server gave it; null: deleted there. */
export interface ServerLabel {
  readonly version: number;
  readonly label: Label | null;
}

/** One operation as it is sent. */
export type Operation =
  | {
      readonly operation_id: string;
      readonly kind: 'put';
      readonly label_id: LabelId;
      readonly base_version: number;
      readonly label: Label;
    }
  | {
      readonly operation_id: string;
      readonly kind: 'delete';
      readonly label_id: LabelId;
      readonly base_version: number;
    };

/** Operations that land together or not at all. Sent again with the same ids, it does nothing more. */
export interface Batch {
  readonly batch_id: string;
  readonly operations: readonly Operation[];
}

export interface LandedResult {
  readonly operation_id: string;
  readonly label_id: LabelId;
  readonly version: number;
}

export interface WireConflict {
  readonly operation_id: string;
  readonly label_id: LabelId;
  readonly base_version: number;
  readonly yours: Label | null;
  readonly theirs: Label | null;
  readonly their_version: number;
  readonly their_author: string | null;
}

export interface LabelEvent {
  readonly revision: number;
  readonly operation_id: string;
  readonly kind: 'put' | 'delete';
  readonly label_id: LabelId;
  readonly version: number;
  readonly label: Label | null;
  readonly author: string | null;
  readonly created_at: string;
}

/** What keeps a request from being answered, whatever it asked. */
export type TransportFailure =
  /** No network, or a server that can't answer now. */
  | { readonly kind: 'unreachable'; readonly retryAfter_ms: number | null }
  | { readonly kind: 'signed_out' }
  /** The server will not do it, now or later: no right to, or the label set is gone. */
  | { readonly kind: 'refused'; readonly message: string };

export type SendResult =
  | TransportFailure
  | { readonly kind: 'landed'; readonly revision: number; readonly results: readonly LandedResult[] }
  | { readonly kind: 'conflict'; readonly conflicts: readonly WireConflict[] }
  | {
      readonly kind: 'invalid_label';
      readonly labelId: LabelId;
      readonly field: string | null;
      readonly message: string;
    }
  | { readonly kind: 'operation_id_reused' };

export type EventsResult =
  | TransportFailure
  | {
      readonly kind: 'events';
      readonly revision: number;
      readonly events: readonly LabelEvent[];
      readonly has_more: boolean;
    };

/** The server, for one label set. Never throws: what can go wrong is in the results. */
export interface SyncTransport {
  send(batch: Batch): Promise<SendResult>;
  events(afterRevision: number): Promise<EventsResult>;
}

/** A change that waits to be sent. `base_version` null: it follows the batch under way, whose result will tell. */
export interface PendingChange {
  readonly label_id: LabelId;
  readonly base_version: number | null;
  readonly label: Label | null;
}

/** What an outbox holds: a batch that was sent or is about to be, and what waits behind it. */
export interface OutboxContent {
  readonly inFlight: Batch | null;
  readonly pending: readonly PendingChange[];
}

/** What changed in an outbox; written whole or not at all. */
export interface OutboxWrite {
  readonly put: readonly PendingChange[];
  readonly remove: readonly LabelId[];
  readonly inFlight: Batch | null;
}

/** Keeps outboxes over reloads and crashes: IndexedDB. */
export interface OutboxStorage {
  /** The scopes that begin like this and hold something. */
  scopes(prefix: string): Promise<readonly string[]>;
  read(scope: string): Promise<OutboxContent>;
  write(scope: string, change: OutboxWrite): Promise<void>;
}

/** Says which tab owns an outbox: freed by the browser when the tab goes, however it goes. */
export interface ScopeLocks {
  /** Null: another tab has it. */
  tryAcquire(scope: string): Promise<(() => void) | null>;
}

export interface Clock {
  now(): number;
  /** Calls back once; the result calls it off. */
  after(delay_ms: number, callback: () => void): () => void;
}
