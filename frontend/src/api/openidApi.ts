import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

export type Openid = components['schemas']['OpenidOutput'];

/** Logging in at a provider of OpenID Connect. */
export class OpenidApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  async get(): Promise<Openid> {
    return bodyOf(this.http.GET('/api/session/openid'));
  }

  /** The provider's address to go to; one comes out at this page of ours. */
  async begin(page: string): Promise<string> {
    return (await bodyOf(this.http.POST('/api/session/openid', { body: { page } }))).url;
  }
}
