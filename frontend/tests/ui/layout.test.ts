import { describe, expect, it } from 'vitest';

import { DEFAULT_LAYOUT, LayoutStore, loadLayout } from '../../src/ui/labelling/layout';

function storageOf(initial: string | null) {
  let text = initial;
  return {
    getItem: () => text,
    setItem: (_key: string, value: string) => {
      text = value;
    },
  };
}

describe('the layout of the screen', () => {
  it('is as it was left', () => {
    const storage = storageOf(null);
    const store = new LayoutStore(storage);
    store.change({ leftWidth_px: 301 });
    store.changeSettings({ pointColor: 'intensity' });
    const again = new LayoutStore(storage).get();
    expect(again.leftWidth_px).toBe(301);
    expect(again.settings.pointColor).toBe('intensity');
    expect(again.rightWidth_px).toBe(DEFAULT_LAYOUT.rightWidth_px);
  });

  it.each(['not json', '[]', 'null', '{"leftWidth_px": "wide", "settings": 3}'])(
    'is the usual one where %s was kept',
    (text) => {
      expect(loadLayout(storageOf(text))).toEqual(DEFAULT_LAYOUT);
    },
  );

  it('tells who listens', () => {
    const store = new LayoutStore(storageOf(null));
    let count = 0;
    store.subscribe(() => (count += 1));
    store.change({ isLeftOpen: false });
    expect(count).toBe(1);
  });
});
