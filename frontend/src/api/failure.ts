/** The one shape of the server's errors. */
export interface ErrorBody {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly request_id: string | null;
}

/** What came instead of an answer: the server's error, or no connection (status 0, code `unreachable`). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** How long the server asks to wait. */
  readonly retryAfter_ms: number | null;

  constructor(status: number, body: ErrorBody, retryAfter_ms: number | null = null) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.details = body.details;
    this.requestId = body.request_id;
    this.retryAfter_ms = retryAfter_ms;
  }

  /** True where asking again may help: no connection, or a server in trouble. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status >= 500 || this.status === 429 || this.status === 408;
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }
}

export function unreachable(cause: unknown): ApiFailure {
  const failure = new ApiFailure(0, {
    code: 'unreachable',
    message: 'The server cannot be reached. Check the network; nothing that was saved is lost.',
    details: {},
    request_id: null,
  });
  failure.cause = cause;
  return failure;
}

/** The failure that an answer tells of, whatever stands between here and the server has made of it. */
export function failureOf(response: Response, body: unknown): ApiFailure {
  const wait_s = Number(response.headers.get('Retry-After') ?? NaN);
  const retryAfter_ms = Number.isFinite(wait_s) ? wait_s * 1000 : null;
  if (isErrorBody(body)) return new ApiFailure(response.status, body, retryAfter_ms);
  const fallback: ErrorBody = {
    code: 'http_error',
    message: `The server answered ${response.status} ${response.statusText}`.trim() + '.',
    details: {},
    request_id: null,
  };
  return new ApiFailure(response.status, fallback, retryAfter_ms);
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null) return false;
  const { code, message, details } = body as Record<string, unknown>;
  return (
    typeof code === 'string' && typeof message === 'string' && typeof details === 'object' && details !== null
  );
}
