import type { Readable, Unsubscribe } from '../../core/observable';
import type { PreferenceSection } from '../../core/preferences/section';
import type { SidePart } from './arrangement';
import { DEFAULT_VIEW_SETTINGS, type ViewSettings } from '../../render/viewSettings';

/** How the labelling screen is laid out: a matter of taste, kept per person. */
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
  /** Where the cameras stand: `left`, `right` or `bottom`; and the properties: `left` or `right`. */
  readonly camerasAt: string;
  readonly propertiesAt: string;
  readonly isCamerasOpen: boolean;
  /** How high they are where they stand below. */
  readonly camerasHeight_px: number;
  /** How the panels at one side share its height. */
  readonly weights: Readonly<Record<SidePart, number>>;
  readonly isLintsOpen: boolean;
  /** New boxes that got their fit are followed through the clip by themselves. */
  readonly followsNewBoxes: boolean;
  /** The batch view: how many cells, and every how many ticks (`life`: over the whole life). */
  readonly batchCells: number;
  readonly batchStep: string;
  readonly settings: ViewSettings;
}

export const DEFAULT_LAYOUT: Layout = {
  leftWidth_px: 232,
  rightWidth_px: 380,
  timelineHeight_px: 176,
  orthoShare: 0.34,
  isLeftOpen: true,
  isRightOpen: true,
  isTimelineOpen: true,
  isOrthoOpen: true,
  camerasAt: 'right',
  propertiesAt: 'right',
  isCamerasOpen: true,
  camerasHeight_px: 210,
  weights: { labels: 0.6, cameras: 0.56, properties: 0.44 },
  isLintsOpen: true,
  followsNewBoxes: true,
  batchCells: 8,
  batchStep: 'life',
  settings: DEFAULT_VIEW_SETTINGS,
};

/** How a screen of this width comes: on a small one the middle is left enough room, a large one is made use of. */
export function defaultLayout(width_px: number): Layout {
  if (width_px >= 2600)
    return {
      ...DEFAULT_LAYOUT,
      leftWidth_px: 320,
      rightWidth_px: 720,
      timelineHeight_px: 190,
      batchCells: 12,
    };
  return width_px < 1500
    ? { ...DEFAULT_LAYOUT, leftWidth_px: 196, rightWidth_px: 300, timelineHeight_px: 144 }
    : DEFAULT_LAYOUT;
}

/** The layout, as the person left it. */
export class LayoutStore implements Readable<Layout> {
  readonly #section: PreferenceSection<Layout>;

  constructor(section: PreferenceSection<Layout>) {
    this.#section = section;
  }

  get = (): Layout => this.#section.get();

  subscribe = (listener: () => void): Unsubscribe => this.#section.subscribe(listener);

  change(patch: Partial<Layout>): void {
    this.#section.change(patch);
  }

  /** Puts all panels back to where they come; what the views show stays. */
  resetArrangement(): void {
    const { settings, followsNewBoxes, batchCells, batchStep } = this.get();
    this.change({ ...defaultLayout(window.innerWidth), settings, followsNewBoxes, batchCells, batchStep });
  }

  changeSettings(patch: Partial<ViewSettings>): void {
    this.change({ settings: { ...this.get().settings, ...patch } });
  }
}
