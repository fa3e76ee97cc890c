import { isJsonObject, type JsonObject } from '../core/preferences/json';
import type { PreferencesResult, PreferencesTransport } from '../core/preferences/ports';
import { ApiFailure } from './failure';
import { bodyOf, type Http } from './http';

const TIMEOUT_MS = 20_000;
const KEEPALIVE_LENGTH = 16_000;

/** The preferences of whoever is logged in. */
export class HttpPreferences implements PreferencesTransport {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  load(): Promise<PreferencesResult> {
    return answered(
      bodyOf(this.#http.GET('/api/me/preferences', { signal: AbortSignal.timeout(TIMEOUT_MS) })),
    );
  }

  save(sections: JsonObject, revision: number): Promise<PreferencesResult> {
    return answered(
      bodyOf(
        this.#http.PATCH('/api/me/preferences', {
          params: { header: { 'If-Match': `"${revision}"` } },
          body: sections as never, // Sections are objects or null, as the schema has them.
          // Goes on when the page is left meanwhile; browsers do that for small bodies only.
          keepalive: JSON.stringify(sections).length < KEEPALIVE_LENGTH,
          signal: AbortSignal.timeout(TIMEOUT_MS),
        }),
      ),
    );
  }
}

async function answered(
  request: Promise<{ readonly revision: number; readonly preferences: unknown }>,
): Promise<PreferencesResult> {
  try {
    const { revision, preferences } = await request;
    return { kind: 'saved', revision, sections: sectionsOf(preferences) };
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.isTemporary) return { kind: 'unreachable' };
    if (error.isSignedOut) return { kind: 'signed_out' };
    const { revision, preferences } = error.details;
    if (error.code === 'stale_preferences' && typeof revision === 'number') {
      return { kind: 'stale', revision, sections: sectionsOf(preferences) };
    }
    return { kind: 'refused', message: error.message };
  }
}

function sectionsOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}
