import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { failureOf, unreachable } from './failure';
import type { paths } from './schema.generated';

export type Http = Client<paths>;

export interface HttpOptions {
  /** Where the server is; empty for the page's own. */
  readonly baseUrl?: string;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** The page's cookies, for the CSRF token. */
  readonly cookies?: () => string;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** The typed way to the server: session cookie, CSRF header on everything that changes something. */
export function createHttp(options: HttpOptions = {}): Http {
  const cookies = options.cookies ?? (() => document.cookie);
  const http = createClient<paths>({
    baseUrl: options.baseUrl ?? '',
    credentials: 'same-origin',
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  });
  const csrf: Middleware = {
    onRequest: ({ request }) => {
      const token = SAFE_METHODS.has(request.method) ? null : csrfToken(cookies());
      if (token !== null) request.headers.set('X-CSRFToken', token);
      return request;
    },
  };
  http.use(csrf);
  return http;
}

/** The answer's body; throws an `ApiFailure` for everything but success. */
export async function bodyOf<T>(
  request: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  const { data, error, response } = await answered(request);
  if (!response.ok) throw failureOf(response, error);
  return data as T; // A successful answer has the body that the schema gives it.
}

async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    // Calling a request off is no failure of the connection.
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable(error);
  }
}

function csrfToken(cookies: string): string | null {
  const pair = cookies.split('; ').find((cookie) => cookie.startsWith('csrftoken='));
  return pair === undefined ? null : decodeURIComponent(pair.slice('csrftoken='.length));
}
