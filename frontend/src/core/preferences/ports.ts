import type { JsonObject } from './json';

/** A person's preferences as the server has them. */
export interface SavedPreferences {
  readonly revision: number;
  /** By section; one that is missing is as it comes. */
  readonly sections: JsonObject;
}

export type PreferencesResult =
  | ({ readonly kind: 'saved' } & SavedPreferences)
  /** Somebody (another tab) was quicker; this is what is there now. */
  | ({ readonly kind: 'stale' } & SavedPreferences)
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'signed_out' }
  | { readonly kind: 'refused'; readonly message: string };

/** The server. Never throws: what can go wrong is in the results. */
export interface PreferencesTransport {
  load(): Promise<PreferencesResult>;
  /** Sets these sections, each whole; null removes one. */
  save(sections: JsonObject, revision: number): Promise<PreferencesResult>;
}

/** What this browser remembers, so that everything looks right before the server has answered, and without it. */
export interface PreferencesCache {
  read(key: string): string | null;
  write(key: string, text: string): void;
}
