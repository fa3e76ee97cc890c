import { sameJson } from '../document/freeze';
import type { Readable, Unsubscribe } from '../observable';
import { type JsonObject, withDefaults } from './json';
import type { Preferences, SectionName } from './preferences';

/**
 * One section of the preferences as its own screen knows it: every field there, of the kind that its default is. What
 * isn't remembered, or is of another kind (an older version's), is the default.
 */
export class PreferenceSection<T extends object> implements Readable<T> {
  readonly #preferences: Preferences;
  readonly #name: SectionName;
  readonly #defaults: T;
  #kept: JsonObject | null = null;
  #value: T;

  constructor(preferences: Preferences, name: SectionName, defaults: T) {
    this.#preferences = preferences;
    this.#name = name;
    this.#defaults = defaults;
    this.#value = defaults;
  }

  get = (): T => {
    const kept = this.#preferences.read(this.#name);
    if (kept !== this.#kept) {
      this.#kept = kept;
      const value = withDefaults(this.#defaults, kept);
      if (!sameJson(value, this.#value)) this.#value = value;
    }
    return this.#value;
  };

  /** Tells when this section says something else, not when others do. */
  subscribe = (listener: () => void): Unsubscribe => {
    let told = this.get();
    return this.#preferences.subscribe(() => {
      const value = this.get();
      if (value === told) return;
      told = value;
      listener();
    });
  };

  /** Changes some fields; what is remembered beside them (a newer version's) stays. */
  change(patch: Partial<T>): void {
    const kept = this.#preferences.read(this.#name);
    this.#preferences.write(this.#name, { ...kept, ...(patch as JsonObject) });
  }

  /** Takes all fields back to how they come. */
  reset(): void {
    this.#preferences.write(this.#name, null);
  }
}
