import { Value, type Readable } from '../../core/observable';

/** A clip's static cloud as the server knows it. */
export interface StaticCloudInfo {
  readonly state:
    | 'queued'
    | 'running'
    | 'done'
    | 'failed'
    | 'cancelled'
    /** Nobody asked for one yet. */
    | 'missing'
    | 'no_sweeps';
  /** Of its tileset; also while a newer one is being made. */
  readonly url: string | null;
  readonly point_count: number;
  readonly message: string;
  readonly progress: { readonly done: number; readonly total: number | null } | null;
}

export type FetchStaticCloud = (signal: AbortSignal) => Promise<StaticCloudInfo>;

/** `info` is null until the server has answered. */
export interface StaticCloudState {
  readonly info: StaticCloudInfo | null;
  readonly failure: string | null;
}

const ASK_AGAIN_MS = 2000;
const AFTER_FAILURE_MS = 8000;

/** Asks for a clip's static cloud while somebody wants it, again and again until it is there. */
export class StaticCloudSource {
  readonly #fetch: FetchStaticCloud;
  readonly #state = new Value<StaticCloudState>({ info: null, failure: null });
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #isWanted = false;

  constructor(fetch: FetchStaticCloud) {
    this.#fetch = fetch;
  }

  get state(): Readable<StaticCloudState> {
    return this.#state;
  }

  /** Somebody looks at it from now on, or nobody any more. */
  want(isWanted: boolean): void {
    if (isWanted === this.#isWanted) return;
    this.#isWanted = isWanted;
    if (!isWanted) this.#stop();
    else if (!isSettled(this.#state.get().info)) void this.#ask();
  }

  /** Asks anew: the version that was known can't be loaded any more. */
  refresh(): void {
    if (this.#isWanted && this.#abort === null) void this.#ask();
  }

  dispose(): void {
    this.#isWanted = false;
    this.#stop();
  }

  async #ask(): Promise<void> {
    this.#stop();
    const abort = new AbortController();
    this.#abort = abort;
    let again_ms: number | null;
    try {
      const info = await this.#fetch(abort.signal);
      if (abort.signal.aborted) return;
      this.#state.set({ info, failure: null });
      again_ms = isSettled(info) ? null : ASK_AGAIN_MS;
    } catch (error) {
      if (abort.signal.aborted) return;
      const failure = error instanceof Error ? error.message : String(error);
      this.#state.set({ ...this.#state.get(), failure });
      again_ms = AFTER_FAILURE_MS;
    }
    this.#abort = null;
    if (again_ms !== null) this.#timer = setTimeout(() => void this.#ask(), again_ms);
  }

  #stop(): void {
    this.#abort?.abort();
    this.#abort = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** True when asking again would say the same. */
function isSettled(info: StaticCloudInfo | null): boolean {
  return info !== null && info.state !== 'queued' && info.state !== 'running';
}
