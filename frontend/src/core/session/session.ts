import type { CopiedBox } from '../actions/pasteBox';
import type { FitNote, Proposal, TrackNote } from '../assist/proposal';
import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';
import type { Vec3 } from '../geometry/vec3';
import type { PersonHere } from '../presence/presence';
import type { Pin } from '../work/pins';
import { Listeners, type Readable, type Unsubscribe } from '../observable';
import type { HandleId } from '../tools/handles';

/** What the pointer is over, in whatever view: all views light it up. */
export interface Hover {
  readonly labelId: LabelId;
  readonly handle: HandleId | null;
}

/**
 * What the person sees and does now. Not part of the document: not undone, not sent. `layout` is the one part that
 * is kept per user between visits.
 */
export interface SessionState {
  readonly selection: readonly LabelId[];
  readonly hover: Hover | null;
  /** A point pointed at, lit in all views. */
  readonly cursor_m: Vec3 | null;
  readonly timeNs: bigint;
  readonly isPlaying: boolean;
  readonly playbackRate: number;
  /** The class that the next label gets. */
  readonly activeClass: string | null;
  readonly toolId: string;
  readonly hidden: ReadonlySet<LabelId>;
  readonly locked: ReadonlySet<LabelId>;
  /** Moving and turning a box acts on all of its keyframes alike. */
  readonly editsAllKeyframes: boolean;
  /** The box that was copied last. */
  readonly copied: CopiedBox | null;
  /** The last operation on labels, for doing it again. */
  readonly lastOperationId: string | null;
  /** Tracks that wait for the person's word. */
  readonly proposals: readonly Proposal[];
  /** Others' versions of labels that were changed here too, as long as that is undecided: shown beside one's own. */
  readonly ghosts: readonly Label[];
  /** In which colour a ghost is drawn; others call for attention. */
  readonly ghostColors: ReadonlyMap<LabelId, string>;
  /** Labels that the views leave out because their ghosts stand for them. */
  readonly undrawn: ReadonlySet<LabelId>;
  /** From this score on, 0 to 1, proposed labels are accepted together. */
  readonly preLabelScore: number;
  /** Open comments that have a place; the one that was gone to last; and one that is being written. */
  readonly pins: readonly Pin[];
  readonly pinId: string | null;
  readonly draftPin: Pin | null;
  readonly fitNote: FitNote | null;
  /** What becomes of the searches for tracks. */
  readonly trackNotes: ReadonlyMap<LabelId, TrackNote>;
  /** A new box that got its fit is followed through the clip at once. */
  readonly followsNewBoxes: boolean;
  /** The warning that was gone to last. */
  readonly lintId: string | null;
  /** A label that was gone to, a new object every time: the views bring it to the middle. */
  readonly sought: { readonly labelId: LabelId } | null;
  /** Who else has the clip open, and what they have selected. */
  readonly others: readonly PersonHere[];
  /** Why nothing can be changed, or null; the editor's own, for whoever shows it. */
  readonly readOnlyReason: string | null;
  readonly isHelpOpen: boolean;
  readonly isPaletteOpen: boolean;
  /** The view that fills the middle, or null for the usual arrangement. */
  readonly largeViewId: string | null;
  /** Free to the user interface: panel sizes, toggles; kept per user. */
  readonly layout: Readonly<Record<string, unknown>>;
}

export type SessionPatch = Partial<SessionState>;

export const INITIAL_SESSION: SessionState = {
  selection: [],
  hover: null,
  cursor_m: null,
  timeNs: 0n,
  isPlaying: false,
  playbackRate: 1,
  activeClass: null,
  toolId: 'select',
  hidden: new Set(),
  locked: new Set(),
  editsAllKeyframes: false,
  copied: null,
  lastOperationId: null,
  proposals: [],
  ghosts: [],
  ghostColors: new Map(),
  undrawn: new Set(),
  pins: [],
  pinId: null,
  draftPin: null,
  preLabelScore: 0.8,
  fitNote: null,
  trackNotes: new Map(),
  followsNewBoxes: false,
  lintId: null,
  sought: null,
  others: [],
  readOnlyReason: null,
  isHelpOpen: false,
  isPaletteOpen: false,
  largeViewId: null,
  layout: {},
};

/** Holds the session state; a new frozen object for every change. */
export class Session implements Readable<SessionState> {
  #state: SessionState;
  readonly #listeners = new Listeners<undefined>();

  constructor(initial: SessionPatch = {}) {
    this.#state = Object.freeze({ ...INITIAL_SESSION, ...initial });
  }

  get = (): SessionState => this.#state;

  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);

  /** Changes some parts; tells nobody when all of them are what they were. */
  set(patch: SessionPatch): void {
    const current = this.#state as unknown as Record<string, unknown>;
    if (Object.entries(patch).every(([key, value]) => Object.is(current[key], value))) return;
    this.#state = Object.freeze({ ...this.#state, ...patch });
    this.#listeners.tell(undefined);
  }

  select(...labelIds: readonly LabelId[]): void {
    const current = this.#state.selection;
    if (current.length === labelIds.length && current.every((id, index) => id === labelIds[index])) return;
    this.set({ selection: Object.freeze([...labelIds]) });
  }

  setHover(hover: Hover | null): void {
    const current = this.#state.hover;
    if (current?.labelId === hover?.labelId && current?.handle === hover?.handle) return;
    this.set({ hover });
  }
}
