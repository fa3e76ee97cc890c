import type { LabelId } from '../core/document/ids';
import type { PresenceAnswer } from '../core/presence/presence';
import { ApiFailure } from './failure';
import { bodyOf, type Http } from './http';

const TIMEOUT_MS = 10_000;

/** Tells the server what a tab shows. */
export class HttpPresence {
  readonly #http: Http;
  readonly #labelSetId: string;
  readonly #tabId: string;

  constructor(http: Http, labelSetId: string, tabId: string) {
    this.#http = http;
    this.#labelSetId = labelSetId;
    this.#tabId = tabId;
  }

  tell = async (selected: readonly LabelId[]): Promise<PresenceAnswer | null> => {
    try {
      return await this.#send({ selected: [...selected], leaves: false });
    } catch (error) {
      // Whatever it is, saving meets it too, and says it.
      if (error instanceof ApiFailure) return null;
      throw error;
    }
  };

  leave = (): void => {
    this.#send({ selected: [], leaves: true }).catch((error: unknown) => {
      // Without it the tab counts as gone a little later.
      if (!(error instanceof ApiFailure)) throw error;
    });
  };

  #send(body: { selected: string[]; leaves: boolean }): Promise<PresenceAnswer> {
    return bodyOf(
      this.#http.POST('/api/label-sets/{label_set_id}/presence', {
        params: { path: { label_set_id: this.#labelSetId } },
        body: { tab_id: this.#tabId, ...body },
        // Goes on when the page is left meanwhile.
        keepalive: true,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
  }
}
