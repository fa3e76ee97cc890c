import { bodyOf, type Http } from './http';
import type { components } from './schema.generated';

type Schemas = components['schemas'];

export type SecondFactor = Schemas['SecondFactorOutput'];
export type SecondFactorSecret = Schemas['SecondFactorSecretOutput'];

/** One's own second factor. All throw an `ApiFailure`. */
export class SecondFactorApi {
  readonly http: Http;

  constructor(http: Http) {
    this.http = http;
  }

  async get(): Promise<SecondFactor> {
    return bodyOf(this.http.GET('/api/me/mfa'));
  }

  /** What an app is set up with; it counts once a code of it was sent. */
  async begin(): Promise<SecondFactorSecret> {
    return bodyOf(this.http.POST('/api/me/mfa'));
  }

  /** The recovery codes, which nobody sees ever again. */
  async start(code: string): Promise<readonly string[]> {
    return (await bodyOf(this.http.PUT('/api/me/mfa', { body: { code } }))).codes;
  }

  async end(code: string): Promise<void> {
    await bodyOf(this.http.POST('/api/me/mfa/off', { body: { code } }));
  }

  async renewRecoveryCodes(code: string): Promise<readonly string[]> {
    return (await bodyOf(this.http.POST('/api/me/mfa/recovery-codes', { body: { code } }))).codes;
  }
}
