import type { Readable, Unsubscribe } from '../../core/observable';
import type { PreferenceSection } from '../../core/preferences/section';
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
  /** The part of the right panel that the cameras take; the properties have the rest. */
  readonly camerasShare: number;
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
  camerasShare: 0.56,
  isLintsOpen: true,
  followsNewBoxes: true,
  batchCells: 8,
  batchStep: 'life',
  settings: DEFAULT_VIEW_SETTINGS,
};

/** How a screen of this width comes: on a small one the middle is left enough room. */
export function defaultLayout(width_px: number): Layout {
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

  changeSettings(patch: Partial<ViewSettings>): void {
    this.change({ settings: { ...this.get().settings, ...patch } });
  }
}
