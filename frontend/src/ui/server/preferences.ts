import { useCallback, useSyncExternalStore } from 'react';

import { browserClock } from '../../api/browserPorts';
import { HttpPreferences } from '../../api/preferencesTransport';
import type { Readable } from '../../core/observable';
import type { PreferencesCache } from '../../core/preferences/ports';
import { Preferences } from '../../core/preferences/preferences';
import { api } from './api';

/** The browser's own store; where it is closed to pages, nothing is remembered between visits. */
const cache: PreferencesCache = {
  read: (key) => {
    try {
      return window.localStorage.getItem(key);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  },
  write: (key, text) => {
    try {
      window.localStorage.setItem(key, text);
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
    }
  },
};

/** The preferences of whoever is logged in on this page; empty for nobody. */
export const preferences = new Preferences({
  transport: new HttpPreferences(api.http),
  cache,
  clock: browserClock,
});

/** Listens to the page's other tabs and to its end; for as long as the page lives. */
export function keepPreferences(): void {
  window.addEventListener('storage', (event) => {
    if (event.key !== null) preferences.rememberedElsewhere(event.key);
  });
  window.addEventListener('pagehide', () => preferences.flush());
}

/** A section's value, drawn anew when it changes. */
export function usePreference<T>(section: Readable<T>): T {
  return useSyncExternalStore(
    useCallback((listener) => section.subscribe(listener), [section]),
    useCallback(() => section.get(), [section]),
  );
}
