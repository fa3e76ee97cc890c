import type { Client } from 'openapi-fetch';
import type {
  BoxFitter,
  BoxTracker,
  FitRequest,
  FittedBox,
  Refusal,
  TrackedBox,
  TrackRequest,
} from '../core/assist/ports';
import { isCuboid } from '../core/document/label';
import { readLabel, type WireLabel } from '../core/document/readLabel';
import type { BoxState } from '../core/geometry/box';
import { ApiFailure } from './failure';
import { bodyOf, type Http } from './http';

/** A fit is worth waiting for while the labeller looks at the box; a track while they plan the next object. */
const FIT_TIMEOUT_MS = 10_000;
const TRACK_TIMEOUT_MS = 60_000;

interface WireFit {
  readonly box: BoxState | null;
  readonly confidence: number;
  readonly is_static: boolean;
  readonly reason: string | null;
}

interface WireTrack {
  readonly label: WireLabel | null;
  readonly confidence?: readonly number[];
  readonly reason?: string | null;
}

/** The two questions of automatic labelling, as `docs/api.md` has them. */
interface AutolabelPaths {
  '/api/clips/{clip_id}/fit-box': Post<{
    layer: string;
    class: string;
    time_ns: string;
    point_m: readonly number[];
  }>;
  '/api/clips/{clip_id}/track-box': Post<{ layer: string; class: string; time_ns: string; box: BoxState }>;
}

interface Post<Body> {
  post: {
    parameters: { path: { clip_id: string } };
    requestBody: { content: { 'application/json': Body } };
    responses: { 200: { content: { 'application/json': unknown } } };
  };
}

/** Asks the server for boxes and tracks in one clip. */
export class HttpAutolabel implements BoxFitter, BoxTracker {
  readonly #http: Client<AutolabelPaths>;
  readonly #clipId: string;
  readonly #layer: string;

  constructor(http: Http, clipId: string, layer: string) {
    this.#http = http as unknown as Client<AutolabelPaths>;
    this.#clipId = clipId;
    this.#layer = layer;
  }

  async fit({ point_m, className, timeNs }: FitRequest): Promise<FittedBox | Refusal> {
    return orRefusal(async () => {
      const body = await bodyOf(
        this.#http.POST('/api/clips/{clip_id}/fit-box', {
          params: { path: { clip_id: this.#clipId } },
          body: { layer: this.#layer, class: className, time_ns: timeNs.toString(), point_m },
          signal: AbortSignal.timeout(FIT_TIMEOUT_MS),
        }),
      );
      const { box, confidence, is_static, reason } = body as WireFit;
      if (box === null) return refusal(reason ?? 'nothing was found at this point.');
      return { kind: 'fitted', box, confidence, isStatic: is_static };
    });
  }

  async track({ className, timeNs, box }: TrackRequest): Promise<TrackedBox | Refusal> {
    return orRefusal(async () => {
      const body = await bodyOf(
        this.#http.POST('/api/clips/{clip_id}/track-box', {
          params: { path: { clip_id: this.#clipId } },
          body: { layer: this.#layer, class: className, time_ns: timeNs.toString(), box },
          signal: AbortSignal.timeout(TRACK_TIMEOUT_MS),
        }),
      );
      const { label, confidence, reason } = body as WireTrack;
      const found = label === null ? undefined : readLabel(label);
      if (!isCuboid(found)) return refusal(reason ?? 'the object could not be followed.');
      return { kind: 'tracked', label: found, confidence: confidence ?? [] };
    });
  }
}

/** What was answered; a server that said no, or none at all, as a sentence. */
async function orRefusal<T>(ask: () => Promise<T | Refusal>): Promise<T | Refusal> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiFailure) return refusal(error.message);
    if (error instanceof DOMException) return refusal('The server took too long to answer.');
    throw error;
  }
}

function refusal(reason: string): Refusal {
  return { kind: 'refused', reason };
}
