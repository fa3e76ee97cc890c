import { deepFreeze, sameJson } from '../document/freeze';
import { Listeners, type Readable, type Unsubscribe, Value } from '../observable';
import type { Clock } from '../sync/ports';
import { isJsonObject, type JsonObject, mergeObjects } from './json';
import type { PreferencesCache, PreferencesResult, PreferencesTransport, SavedPreferences } from './ports';
import { PreferenceSection } from './section';

export const SECTIONS = ['layout', 'keys', 'theme', 'view', 'tour', 'cloud', 'board'] as const;
export type SectionName = (typeof SECTIONS)[number];

/** Changes are sent together, this long after the last one. */
const SAVE_AFTER_MS = 800;
const FIRST_RETRY_MS = 4000;
const LONGEST_RETRY_MS = 120_000;
/** So often a change is merged and sent again at once when others are quicker. */
const PATIENCE = 5;

const NOTHING: SavedPreferences = deepFreeze({ revision: 0, sections: {} });

export interface PreferencesPorts {
  readonly transport: PreferencesTransport;
  readonly cache: PreferencesCache;
  readonly clock: Clock;
}

/**
 * One person's preferences: what this browser remembers at once, what the server has as soon as it answers. Changes hold
 * at once, are remembered here and sent a moment later; two tabs or machines that change different things both keep
 * theirs.
 */
export class Preferences implements Readable<JsonObject> {
  readonly #ports: PreferencesPorts;
  readonly #listeners = new Listeners<undefined>();
  readonly #trouble = new Value<string | null>(null);
  readonly #user = new Value<string | null>(null);
  readonly #isKnown = new Value(false);
  #userId: string | null = null;
  /** What the server is known to have. */
  #saved: SavedPreferences = NOTHING;
  /** What holds here: that, with the changes that are not saved yet. */
  #sections: JsonObject = NOTHING.sections;
  #isBusy = false;
  #isStopped = false;
  #failures = 0;
  #cancelTimer: (() => void) | null = null;

  constructor(ports: PreferencesPorts) {
    this.#ports = ports;
  }

  get = (): JsonObject => this.#sections;

  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);

  /** Whose they are; null: nobody is known to be there. */
  get user(): Readable<string | null> {
    return this.#user;
  }

  /** False until the server or this browser has said what the person's preferences are. */
  get isKnown(): Readable<boolean> {
    return this.#isKnown;
  }

  /** Why the server doesn't take what was changed, in a sentence; null when all is well or just not there yet. */
  get trouble(): Readable<string | null> {
    return this.#trouble;
  }

  /** A section as a value of its own, complete with its defaults. */
  section<T extends object>(name: SectionName, defaults: T): PreferenceSection<T> {
    return new PreferenceSection(this, name, defaults);
  }

  /** A section as it is kept; empty where nothing is. */
  read(name: SectionName): JsonObject {
    const section = this.#sections[name];
    return isJsonObject(section) ? section : {};
  }

  /** Sets a section whole; null takes it back to how it comes. */
  write(name: SectionName, section: JsonObject | null): void {
    const { [name]: before, ...others } = this.#sections;
    if (section === null ? before === undefined : sameJson(before, section)) return;
    this.#set(section === null ? others : { ...others, [name]: section });
    this.#isStopped = false;
    this.#schedule(SAVE_AFTER_MS);
  }

  /** Whose preferences hold from now on; null: nobody's, so that all is as it comes. */
  use(userId: string | null): void {
    if (userId === this.#userId) return;
    this.#cancel();
    this.#userId = userId;
    this.#failures = 0;
    this.#isStopped = false;
    this.#trouble.set(null);
    const remembered = userId === null ? null : this.#remembered();
    this.#isKnown.set(remembered !== null);
    this.#saved = remembered?.saved ?? NOTHING;
    this.#set(remembered?.sections ?? this.#saved.sections);
    this.#user.set(userId);
    if (userId !== null) void this.#load();
  }

  /** Sends at once what waits: the page is about to go. */
  flush(): void {
    if (this.#cancelTimer === null) return;
    this.#cancel();
    void this.#pump();
  }

  /** Another tab of this browser has remembered something: takes over what it knows to be saved. */
  rememberedElsewhere(key: string): void {
    if (this.#userId === null || key !== keyOf(this.#userId)) return;
    const theirs = this.#remembered();
    if (theirs !== null && theirs.saved.revision > this.#saved.revision) this.#take(theirs.saved);
  }

  async #load(): Promise<void> {
    const userId = this.#userId;
    const result = await this.#ports.transport.load();
    if (userId !== this.#userId) return;
    if (result.kind === 'saved' || result.kind === 'stale') {
      this.#failures = 0;
      this.#take(result);
      if (this.#unsaved() !== null) this.#schedule(0);
      return;
    }
    this.#fail(result, () => void this.#load());
  }

  async #pump(): Promise<void> {
    if (this.#isBusy || this.#isStopped) return;
    this.#isBusy = true;
    try {
      for (let attempt = 0; attempt < PATIENCE; attempt += 1) {
        const patch = this.#unsaved();
        const userId = this.#userId;
        if (patch === null || userId === null) return;
        const result = await this.#ports.transport.save(patch, this.#saved.revision);
        if (userId !== this.#userId) return;
        if (result.kind !== 'saved' && result.kind !== 'stale') {
          this.#fail(result, () => void this.#pump());
          return;
        }
        this.#failures = 0;
        this.#trouble.set(null);
        // What was sent is there: what was put back since then is a change to that, not to what was before.
        this.#take(result, result.kind === 'saved' ? patched(this.#saved.sections, patch) : undefined);
      }
      if (this.#unsaved() !== null) this.#schedule(FIRST_RETRY_MS);
    } finally {
      this.#isBusy = false;
      // A change that came while the answer was on its way has waited behind it.
      if (this.#isForgotten()) this.#schedule(SAVE_AFTER_MS);
    }
  }

  /** The server has something newer: what was changed here since `base`, both sides' last, stays changed. */
  #take(saved: SavedPreferences, base: JsonObject = this.#saved.sections): void {
    const sections = mergeObjects(base, this.#sections, saved.sections);
    this.#saved = { revision: saved.revision, sections: saved.sections };
    this.#set(sections);
    this.#isKnown.set(true);
  }

  #fail(result: Exclude<PreferencesResult, SavedPreferences>, again: () => void): void {
    switch (result.kind) {
      case 'unreachable': {
        const delay_ms = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
        this.#failures += 1;
        this.#cancel();
        this.#cancelTimer = this.#ports.clock.after(delay_ms, () => {
          this.#cancelTimer = null;
          again();
        });
        return;
      }
      case 'signed_out':
        this.#isStopped = true;
        return;
      case 'refused':
        this.#isStopped = true;
        this.#trouble.set(result.message);
    }
  }

  /** True when something is unsaved that nothing will send. */
  #isForgotten(): boolean {
    return !this.#isStopped && this.#cancelTimer === null && this.#unsaved() !== null;
  }

  /** The sections that differ from what the server has; null for none. */
  #unsaved(): JsonObject | null {
    const patch: Record<string, JsonObject | null> = {};
    for (const name of SECTIONS) {
      const here = this.#sections[name];
      if (sameJson(here, this.#saved.sections[name])) continue;
      patch[name] = isJsonObject(here) ? here : null;
    }
    return Object.keys(patch).length === 0 ? null : patch;
  }

  #set(sections: JsonObject): void {
    const isSame = sameJson(sections, this.#sections);
    if (!isSame) this.#sections = deepFreeze(structuredClone(sections));
    this.#remember();
    if (!isSame) this.#listeners.tell(undefined);
  }

  #remember(): void {
    if (this.#userId === null) return;
    const text = JSON.stringify({ saved: this.#saved, sections: this.#sections });
    this.#ports.cache.write(keyOf(this.#userId), text);
  }

  #remembered(): { readonly saved: SavedPreferences; readonly sections: JsonObject } | null {
    const text = this.#userId === null ? null : this.#ports.cache.read(keyOf(this.#userId));
    const value = text === null ? null : parsed(text);
    if (!isJsonObject(value) || !isJsonObject(value['saved']) || !isJsonObject(value['sections']))
      return null;
    const { revision, sections } = value['saved'];
    if (typeof revision !== 'number' || !isJsonObject(sections)) return null;
    return { saved: { revision, sections }, sections: value['sections'] };
  }

  #schedule(delay_ms: number): void {
    this.#cancel();
    if (this.#userId === null) return;
    this.#cancelTimer = this.#ports.clock.after(delay_ms, () => {
      this.#cancelTimer = null;
      void this.#pump();
    });
  }

  #cancel(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}

/** Sections with those of a patch set whole; null takes one away. */
function patched(sections: JsonObject, patch: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries({ ...sections, ...patch }).filter(([, section]) => section !== null),
  );
}

/** What is remembered for one person; the number is the form's. */
function keyOf(userId: string): string {
  return `labelapp.preferences.1.${userId}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null; // Somebody else's, or half written: as if it weren't there.
    throw error;
  }
}
