import { useCallback, useSyncExternalStore } from 'react';

import { browserClock } from '../../api/browserPorts';
import { HttpPreferences } from '../../api/preferencesTransport';
import type { Readable } from '../../core/observable';
import { Preferences } from '../../core/preferences/preferences';
import { api } from './api';
import { pageStorage } from './pageStorage';

/** Who was here last: their look and keys hold until the server has said who is here now. */
const LAST_USER_KEY = 'labelapp.last_user.1';

/** The preferences of whoever is logged in on this page; empty for nobody. */
export const preferences = new Preferences({
  transport: new HttpPreferences(api.http),
  cache: { read: pageStorage.getItem, write: pageStorage.setItem },
  clock: browserClock,
});

/** From now on this person is here; null: nobody. */
export function preferencesOf(userId: string | null): void {
  preferences.use(userId);
  if (userId !== null) pageStorage.setItem(LAST_USER_KEY, userId);
}

/** Listens to the page's other tabs and to its end; for as long as the page lives. */
export function keepPreferences(): void {
  preferences.use(pageStorage.getItem(LAST_USER_KEY));
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
