import { Value } from '../../core/observable';
import { DEFAULT_VIEW_SETTINGS, type ViewSettings } from '../../render/viewSettings';

/** How the labelling screen is laid out: a matter of taste, kept in this browser. */
export interface Layout {
  readonly leftWidth_px: number;
  readonly rightWidth_px: number;
  readonly timelineHeight_px: number;
  /** The part of the middle that the three views of the selection take. */
  readonly orthoShare: number;
  readonly isLeftOpen: boolean;
  readonly isRightOpen: boolean;
  readonly isTimelineOpen: boolean;
  readonly isOrthoOpen: boolean;
  /** The part of the right panel that the cameras take; the properties have the rest. */
  readonly camerasShare: number;
  readonly settings: ViewSettings;
}

export const DEFAULT_LAYOUT: Layout = {
  leftWidth_px: 232,
  rightWidth_px: 380,
  timelineHeight_px: 128,
  orthoShare: 0.34,
  isLeftOpen: true,
  isRightOpen: true,
  isTimelineOpen: true,
  isOrthoOpen: true,
  camerasShare: 0.56,
  settings: DEFAULT_VIEW_SETTINGS,
};

const KEY = 'labelapp.layout.1';

/** The layout as it was left; what can't be read is as if it had never been changed. */
export function loadLayout(storage: Pick<Storage, 'getItem'>): Layout {
  const text = storage.getItem(KEY);
  if (text === null) return fitted(DEFAULT_LAYOUT);
  try {
    const kept: unknown = JSON.parse(text);
    return merged(DEFAULT_LAYOUT, kept);
  } catch (error) {
    if (error instanceof SyntaxError) return fitted(DEFAULT_LAYOUT);
    throw error;
  }
}

/** The layout, kept from now on: written when it changes. */
export class LayoutStore extends Value<Layout> {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>;

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>) {
    super(loadLayout(storage));
    this.#storage = storage;
  }

  change(patch: Partial<Layout>): void {
    this.set({ ...this.get(), ...patch });
    this.#storage.setItem(KEY, JSON.stringify(this.get()));
  }

  changeSettings(patch: Partial<ViewSettings>): void {
    this.change({ settings: { ...this.get().settings, ...patch } });
  }
}

/** On a small screen the first layout leaves the middle enough room. */
function fitted(layout: Layout): Layout {
  const isSmall = typeof window !== 'undefined' && window.innerWidth < 1500;
  return isSmall ? { ...layout, leftWidth_px: 196, rightWidth_px: 300, timelineHeight_px: 112 } : layout;
}

/** What was kept where it is of the kind it should be, else the default. */
function merged<T extends object>(defaults: T, kept: unknown): T {
  if (typeof kept !== 'object' || kept === null) return defaults;
  const values = kept as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(defaults).map(([key, value]: [string, unknown]) => {
      const found = values[key];
      if (typeof value === 'object' && value !== null) return [key, merged(value, found)];
      return [key, typeof found === typeof value ? found : value];
    }),
  ) as T;
}
