// @vitest-environment happy-dom
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';

import {
  applyLook,
  colorsOf,
  DEFAULT_LOOK,
  rememberedLook,
  scaleOf,
  type Look,
} from '../../src/ui/look/look';

const firstPaint = readFileSync('public/first-paint.js', 'utf8');
const root = document.documentElement;

/** Runs what the page runs before anything else. */
function paintFirst(path: string): void {
  window.history.replaceState(null, '', path);
  (0, eval)(firstPaint);
}

beforeEach(() => {
  window.localStorage.clear();
  root.removeAttribute('style');
  root.removeAttribute('data-mantine-color-scheme');
});

describe('the look', () => {
  it('is the same before the first paint as afterwards', () => {
    const looks: Look[] = [
      DEFAULT_LOOK,
      { pages: 'light', tool: 'light', scale: 1.25 },
      { pages: 'dark', tool: 'auto', scale: 2 },
      { pages: 'auto', tool: 'light', scale: 99 },
    ];
    for (const look of looks) {
      applyLook(look, window.localStorage);
      const applied = root.getAttribute('style');
      for (const [path, choice] of [
        ['/', look.pages],
        ['/projects/demo', look.pages],
        ['/projects/demo/clips/1?t=3', look.tool],
      ] as const) {
        root.removeAttribute('style');
        paintFirst(path);
        expect(root.getAttribute('style')).toBe(applied);
        const system = window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
        expect(root.getAttribute('data-mantine-color-scheme')).toBe(colorsOf(choice, system));
      }
    }
  });

  it.each(['', 'null', '3', '{', '{"scale": "big", "tool": 3, "pages": "pink"}'])(
    'is as it comes where %s was remembered, also before the first paint',
    (text) => {
      window.localStorage.setItem('labelapp.look.1', text);
      expect(rememberedLook(window.localStorage)).toEqual(DEFAULT_LOOK);
      paintFirst('/projects/demo/clips/1');
      expect(root.getAttribute('data-mantine-color-scheme')).toBe('dark');
      expect(root.style.fontSize).toBe('100%');
    },
  );

  it('is larger on a screen of 4K that the system does not scale, unless somebody chose', () => {
    expect(scaleOf(DEFAULT_LOOK, 1366)).toBe(1);
    expect(scaleOf(DEFAULT_LOOK, 2560)).toBe(1);
    expect(scaleOf(DEFAULT_LOOK, 3840)).toBe(1.5);
    expect(scaleOf({ ...DEFAULT_LOOK, scale: 1 }, 3840)).toBe(1);
  });
});
