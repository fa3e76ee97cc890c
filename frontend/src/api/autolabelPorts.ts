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

/** Asks the server for boxes and tracks in one clip. */
export class HttpAutolabel implements BoxFitter, BoxTracker {
  readonly #http: Http;
  readonly #clipId: string;
  readonly #layer: string;

  constructor(http: Http, clipId: string, layer: string) {
    this.#http = http;
    this.#clipId = clipId;
    this.#layer = layer;
  }

  async fit({ point_m, className, timeNs }: FitRequest): Promise<FittedBox | Refusal> {
    return orRefusal(async () => {
      const body = await bodyOf(
        this.#http.POST('/api/clips/{clip_id}/fit-box', {
          params: { path: { clip_id: this.#clipId } },
          body: { layer: this.#layer, class: className, time_ns: timeNs.toString(), point_m: [...point_m] },
          signal: AbortSignal.timeout(FIT_TIMEOUT_MS),
        }),
      );
      if (body.box === null) return refusal(body.reason ?? 'nothing was found at this point.');
      const box = body.box as unknown as BoxState; // The schema says arrays where there are always three or four numbers.
      return { kind: 'fitted', box, confidence: body.confidence, isStatic: body.is_static ?? false };
    });
  }

  async track({
    className,
    timeNs,
    box,
    isSure,
    others,
    signal,
  }: TrackRequest): Promise<TrackedBox | Refusal> {
    return orRefusal(async () => {
      const body = await bodyOf(
        this.#http.POST('/api/clips/{clip_id}/track-box', {
          params: { path: { clip_id: this.#clipId } },
          body: {
            layer: this.#layer,
            class: className,
            time_ns: timeNs.toString(),
            box: wireBox(box),
            is_sure: isSure,
            others: others.map((other) => ({ time_ns: other.timeNs.toString(), box: wireBox(other.box) })),
          },
          signal: AbortSignal.any([
            AbortSignal.timeout(TRACK_TIMEOUT_MS),
            ...(signal === undefined ? [] : [signal]),
          ]),
        }),
      );
      // The schema leaves labels open.
      const found = readLabel(body.label as unknown as WireLabel);
      if (!isCuboid(found)) return refusal(body.ends_because);
      return { kind: 'tracked', label: found, confidence: body.confidence };
    });
  }
}

function wireBox({ position_m, quat_xyzw, size_m }: BoxState) {
  return { position_m: [...position_m], quat_xyzw: [...quat_xyzw], size_m: [...size_m] };
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
