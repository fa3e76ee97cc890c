import { Value } from '../../core/observable';
import { isJsonObject } from '../../core/preferences/json';
import { setOverlayScale } from '../../render/overlay/marks';
import { preferences } from '../server/preferences';

export type SchemeChoice = 'auto' | 'dark' | 'light';

/** How everything looks: the section `theme` of the preferences. `public/first-paint.js` reads the same. */
export interface Look {
  /** The pages around the tool; auto: as the system has it. */
  readonly pages: SchemeChoice;
  /** The labelling screen. */
  readonly tool: SchemeChoice;
  /** The size of everything, 1 for the usual one; 0: by the screen. */
  readonly scale: number;
}

export const DEFAULT_LOOK: Look = { pages: 'auto', tool: 'dark', scale: 0 };
export const SCALES = [0.875, 1, 1.125, 1.25, 1.5, 1.75, 2] as const;
const LEAST_SCALE = 0.75;
const LARGEST_SCALE = 2.5;
/** A screen of so many CSS pixels across shows the usual size too small to read: 4K without scaling by the system. */
const WIDE_SCREEN_PX = 3400;
const WIDE_SCREEN_SCALE = 1.5;
const KEY = 'labelapp.look.1';

export const lookSection = preferences.section('theme', DEFAULT_LOOK);

/** The scale of the whole interface, for what is measured in pixels by a program: rows, panels, canvases. */
export const uiScale = new Value(1);

/** Whether the settings are on the screen. */
export const isSettingsOpen = new Value(false);

export function isScheme(value: string): value is SchemeChoice {
  return value === 'auto' || value === 'dark' || value === 'light';
}

export function colorsOf(choice: SchemeChoice, system: 'dark' | 'light'): 'dark' | 'light' {
  return choice === 'auto' ? system : choice;
}

/** The scale that a look asks for on a screen of this width in CSS pixels. */
export function scaleOf(look: Look, screenWidth_px: number): number {
  if (look.scale >= LEAST_SCALE && look.scale <= LARGEST_SCALE) return look.scale;
  return screenWidth_px >= WIDE_SCREEN_PX ? WIDE_SCREEN_SCALE : 1;
}

/** What this browser showed last: for the login page, and until it is known who is there. */
export function rememberedLook(storage: Pick<Storage, 'getItem'>): Look {
  const text = storage.getItem(KEY);
  if (text === null) return DEFAULT_LOOK;
  try {
    const kept: unknown = JSON.parse(text);
    if (!isJsonObject(kept)) return DEFAULT_LOOK;
    const { pages, tool, scale } = kept;
    return {
      pages: typeof pages === 'string' && isScheme(pages) ? pages : DEFAULT_LOOK.pages,
      tool: typeof tool === 'string' && isScheme(tool) ? tool : DEFAULT_LOOK.tool,
      scale: typeof scale === 'number' ? scale : DEFAULT_LOOK.scale,
    };
  } catch (error) {
    if (error instanceof SyntaxError) return DEFAULT_LOOK;
    throw error;
  }
}

/** Shows everything at the look's scale, and remembers the look for the next first paint. */
export function applyLook(look: Look, storage: Pick<Storage, 'setItem'>): void {
  const scale = scaleOf(look, window.screen.width);
  const { style } = document.documentElement;
  style.fontSize = `${100 * scale}%`;
  style.setProperty('--ui-scale', String(scale));
  setOverlayScale(scale);
  uiScale.set(scale);
  storage.setItem(KEY, JSON.stringify(look));
}
