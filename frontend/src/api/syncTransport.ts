import type { LabelId } from '../core/document/ids';
import type { Label } from '../core/document/label';
import { readLabel, type WireLabel } from '../core/document/readLabel';
import type {
  Batch,
  EventsResult,
  LabelEvent,
  SendResult,
  SyncTransport,
  TransportFailure,
  WireConflict,
} from '../core/sync/ports';
import { ApiFailure } from './failure';
import { bodyOf, type Http } from './http';

/** Nobody waits longer than this for an answer before trying again: a batch sent twice lands once. */
const TIMEOUT_MS = 30_000;

/** The lease that goes with what is saved, where the project works by tasks. */
export interface LeaseProof {
  /** `lease id:token`; null: without. */
  readonly proof: () => string | null;
  /** The server says that it is not one's own any more. */
  readonly onLost: (message: string) => void;
}

/** Saves to and listens to one label set of the server. */
export class HttpSyncTransport implements SyncTransport {
  readonly #http: Http;
  readonly #labelSetId: string;
  readonly #lease: LeaseProof | null;

  constructor(http: Http, labelSetId: string, lease: LeaseProof | null = null) {
    this.#http = http;
    this.#labelSetId = labelSetId;
    this.#lease = lease;
  }

  async send(batch: Batch): Promise<SendResult> {
    const proof = this.#lease?.proof() ?? null;
    try {
      const body = await bodyOf(
        this.#http.POST('/api/label-sets/{label_set_id}/operations', {
          params: {
            path: { label_set_id: this.#labelSetId },
            ...(proof === null ? {} : { header: { 'X-Lease': proof } }),
          },
          body: batch as never, // Labels are wire records already; the schema leaves them open.
          signal: AbortSignal.timeout(TIMEOUT_MS),
        }),
      );
      const results = body.results.map((result) => ({ ...result, label_id: result.label_id as LabelId }));
      return { kind: 'landed', revision: body.revision, results };
    } catch (error) {
      if (error instanceof ApiFailure && error.code === 'lease_lost') this.#lease?.onLost(error.message);
      return refusalOf(error);
    }
  }

  async events(afterRevision: number): Promise<EventsResult> {
    try {
      const body = await bodyOf(
        this.#http.GET('/api/label-sets/{label_set_id}/events', {
          params: { path: { label_set_id: this.#labelSetId }, query: { after: afterRevision } },
          signal: AbortSignal.timeout(TIMEOUT_MS),
        }),
      );
      // As above.
      const events = (body.events as unknown as readonly LabelEvent[]).map((event) => ({
        ...event,
        label: labelOf(event.label),
      }));
      return { kind: 'events', revision: body.revision, events, has_more: body.has_more };
    } catch (error) {
      return transportFailure(error);
    }
  }
}

/** What the server said to a batch that didn't land. */
function refusalOf(error: unknown): SendResult {
  if (!(error instanceof ApiFailure)) return transportFailure(error);
  const { code, details, message } = error;
  if (code === 'version_conflict' && Array.isArray(details['conflicts'])) {
    return { kind: 'conflict', conflicts: details['conflicts'].map(conflictOf) };
  }
  if (code === 'invalid_label' && typeof details['label_id'] === 'string') {
    const field = typeof details['field'] === 'string' ? details['field'] : null;
    return { kind: 'invalid_label', labelId: details['label_id'] as LabelId, field, message };
  }
  if (code === 'operation_id_reused') return { kind: 'operation_id_reused' };
  return transportFailure(error);
}

function conflictOf(conflict: WireConflict): WireConflict {
  return { ...conflict, yours: labelOf(conflict.yours), theirs: labelOf(conflict.theirs) };
}

function labelOf(label: WireLabel | null): Label | null {
  return label === null ? null : readLabel(label);
}

function transportFailure(error: unknown): TransportFailure {
  if (!(error instanceof ApiFailure)) return { kind: 'unreachable', retryAfter_ms: null };
  if (error.isSignedOut) return { kind: 'signed_out' };
  if (error.isTemporary) return { kind: 'unreachable', retryAfter_ms: error.retryAfter_ms };
  return { kind: 'refused', message: error.message };
}
