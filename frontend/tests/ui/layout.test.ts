import { describe, expect, it } from 'vitest';

import { Preferences } from '../../src/core/preferences/preferences';
import { DEFAULT_LAYOUT, defaultLayout, LayoutStore } from '../../src/ui/labelling/layout';

const idleClock = { now: () => 0, after: () => () => undefined };

/** A browser that remembers this text about the one person who uses it, without a server. */
function preferencesOf(texts = new Map<string, string>()): Preferences {
  const unreachable = () => Promise.resolve({ kind: 'unreachable' as const });
  const preferences = new Preferences({
    transport: { load: unreachable, save: unreachable },
    cache: { read: (key) => texts.get(key) ?? null, write: (key, text) => void texts.set(key, text) },
    clock: idleClock,
  });
  preferences.use('anna');
  return preferences;
}

const storeOf = (preferences: Preferences) => new LayoutStore(preferences.section('layout', DEFAULT_LAYOUT));

describe('the layout of the screen', () => {
  it('is as it was left', () => {
    const texts = new Map<string, string>();
    const store = storeOf(preferencesOf(texts));
    store.change({ leftWidth_px: 301 });
    store.changeSettings({ follow: 'none' });
    const again = storeOf(preferencesOf(texts)).get();
    expect(again.leftWidth_px).toBe(301);
    expect(again.settings.follow).toBe('none');
    expect(again.rightWidth_px).toBe(DEFAULT_LAYOUT.rightWidth_px);
  });

  it('is the usual one where something else was kept', () => {
    const preferences = preferencesOf();
    preferences.write('layout', { leftWidth_px: 'wide', settings: 3 });
    expect(storeOf(preferences).get()).toEqual(DEFAULT_LAYOUT);
  });

  it('leaves the middle room on a small screen', () => {
    expect(defaultLayout(1366).rightWidth_px).toBeLessThan(defaultLayout(1920).rightWidth_px);
  });

  it('tells who listens', () => {
    const store = storeOf(preferencesOf());
    let count = 0;
    store.subscribe(() => (count += 1));
    store.change({ isLeftOpen: false });
    expect(count).toBe(1);
  });
});
