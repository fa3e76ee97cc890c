import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel } from '../document/label';
import type { Editor } from '../editor/editor';
import { trackOf } from '../geometry/track';
import { Value, type Readable, type Unsubscribe } from '../observable';
import { pageAt, pageOfTicks, ticksOfLife, timesOverLife, timesWith, type BatchStep } from './cellTimes';

/** The batch view: one label at several times, each in a cell of its own. */
export interface BatchState {
  readonly isOpen: boolean;
  /** The label in the cells; null where no box is selected. */
  readonly labelId: LabelId | null;
  /** The most cells on a page. */
  readonly cellCount: number;
  readonly step: BatchStep;
  readonly timesNs: readonly bigint[];
  readonly pageIndex: number;
  readonly pageCount: number;
  /** The times of the page that comes next, for loading ahead. */
  readonly nextTimesNs: readonly bigint[];
  /** Cells that actions are for; none: the one that the time cursor is at. */
  readonly chosen: ReadonlySet<bigint>;
}

export const CELL_COUNTS: readonly number[] = [4, 6, 8, 12, 16, 24];
export const BATCH_STEPS: readonly BatchStep[] = ['life', 1, 2, 5, 10];

const CLOSED: BatchState = {
  isOpen: false,
  labelId: null,
  cellCount: 8,
  step: 'life',
  timesNs: [],
  pageIndex: 0,
  pageCount: 1,
  nextTimesNs: [],
  chosen: new Set(),
};

/**
 * Which times the batch view shows and which of its cells are chosen. It goes along with the selection and the time
 * cursor: the time that is worked at always has a cell.
 */
export class Batch implements Readable<BatchState> {
  readonly #editor: Editor;
  readonly #state: Value<BatchState>;
  readonly #unsubscribe: readonly Unsubscribe[];
  /** Where a range of cells begins. */
  #rangeFromNs: bigint | null = null;
  /** What the times were made for: while it holds, they stay, whatever is edited. */
  #madeFor = '';

  constructor(editor: Editor, kept: Partial<Pick<BatchState, 'cellCount' | 'step'>> = {}) {
    this.#editor = editor;
    this.#state = new Value<BatchState>({ ...CLOSED, ...kept });
    this.#unsubscribe = [
      editor.session.subscribe(() => this.#follow()),
      editor.document.subscribe(() => this.#follow()),
      editor.isGesture.subscribe(() => this.#follow()),
    ];
  }

  get = (): BatchState => this.#state.get();

  subscribe = (listener: () => void): Unsubscribe => this.#state.subscribe(listener);

  open(): void {
    if (this.get().isOpen) return;
    this.#editor.cancelGesture();
    this.#editor.setTool('select');
    this.#editor.session.set({ isPlaying: false });
    this.#patch({ isOpen: true });
    this.#madeFor = '';
    this.#follow();
  }

  close(): void {
    this.#editor.cancelGesture();
    this.#patch({ isOpen: false, timesNs: [], nextTimesNs: [], labelId: null, chosen: new Set() });
  }

  /** The label in the cells as it is now. */
  label(): CuboidLabel | null {
    const { labelId } = this.get();
    const label = labelId === null ? undefined : this.#editor.document.get(labelId);
    return isCuboid(label) ? label : null;
  }

  setCellCount(cellCount: number): void {
    this.#patch({ cellCount });
    this.#follow();
  }

  setStep(step: BatchStep): void {
    this.#patch({ step });
    this.#follow();
  }

  /** Goes on by a page (+1) or back (-1); the time cursor goes to its nearest end. */
  turnPage(by: 1 | -1): void {
    const { step, pageIndex, cellCount } = this.get();
    const label = this.label();
    if (label === null || step === 'life') return;
    const page = pageAt(this.#ticks(label), step, cellCount, pageIndex + by);
    this.goTo(by > 0 ? page.timesNs[0] : page.timesNs.at(-1));
  }

  /** Goes to the next cell, or back; from the last one on to the next page. */
  step(by: number): void {
    const { timesNs, pageIndex, pageCount } = this.get();
    const at = timesNs.indexOf(this.#editor.session.get().timeNs);
    const cell = at < 0 ? 0 : at + by;
    if (cell >= timesNs.length && pageIndex + 1 < pageCount) this.turnPage(1);
    else if (cell < 0 && pageIndex > 0) this.turnPage(-1);
    else this.goTo(timesNs[Math.min(Math.max(cell, 0), timesNs.length - 1)]);
  }

  goTo(timeNs: bigint | undefined): void {
    if (timeNs === undefined) return;
    this.#rangeFromNs = timeNs;
    this.#editor.session.set({ timeNs, isPlaying: false });
  }

  /** Takes a cell into the choice, or out of it. */
  toggle(timeNs: bigint): void {
    const chosen = new Set(this.get().chosen);
    // The first cell to be added joins the one that is worked at.
    if (chosen.size === 0) this.#addCurrent(chosen);
    if (!chosen.delete(timeNs)) chosen.add(timeNs);
    this.#rangeFromNs = timeNs;
    this.#patch({ chosen });
  }

  /** Chooses all cells from the last one that was gone to, up to this one. */
  chooseTo(timeNs: bigint): void {
    const from = this.#rangeFromNs ?? this.#editor.session.get().timeNs;
    const [low, high] = from < timeNs ? [from, timeNs] : [timeNs, from];
    this.#patch({ chosen: new Set(this.get().timesNs.filter((time) => time >= low && time <= high)) });
  }

  chooseAll(): void {
    this.#patch({ chosen: new Set(this.get().timesNs) });
  }

  chooseNone(): void {
    if (this.get().chosen.size > 0) this.#patch({ chosen: new Set() });
  }

  /** The times that an action is for: the chosen cells, else the one that the time cursor is at. */
  targetsNs(): readonly bigint[] {
    const { chosen, timesNs } = this.get();
    if (chosen.size > 0) return timesNs.filter((time) => chosen.has(time));
    const { timeNs } = this.#editor.session.get();
    return timesNs.includes(timeNs) ? [timeNs] : [];
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #follow(): void {
    const state = this.get();
    if (!state.isOpen || this.#editor.isGesture.get()) return;
    const { timeNs, isPlaying } = this.#editor.session.get();
    const selected = this.#editor.selectedLabel();
    const label = isCuboid(selected) ? selected : null;
    if (label === null) {
      this.#madeFor = '';
      if (state.labelId !== null)
        this.#patch({ labelId: null, timesNs: [], nextTimesNs: [], chosen: new Set() });
      return;
    }
    const life = this.#life(label);
    const madeFor = `${label.id} ${life.fromNs} ${life.toNs} ${state.cellCount} ${state.step}`;
    const isKnown = madeFor === this.#madeFor && state.timesNs.length > 0;
    if (isKnown && (isPlaying || state.timesNs.includes(timeNs))) return;
    if (isKnown && (timeNs < life.fromNs || timeNs > life.toNs)) return;
    this.#madeFor = madeFor;
    this.#show(label, timeNs, isKnown && state.step === 'life' ? state.timesNs : null);
  }

  /** Makes the page of a time; `kept`: the times that are shown stay but for the one nearest to it. */
  #show(label: CuboidLabel, timeNs: bigint, kept: readonly bigint[] | null): void {
    const { step, cellCount, chosen, labelId } = this.get();
    const ticks = this.#ticks(label);
    const life = this.#life(label);
    const isWithin = timeNs >= life.fromNs && timeNs <= life.toNs;
    const page =
      step === 'life'
        ? { timesNs: kept ?? timesOverLife(ticks, trackOf(label).timesNs, cellCount), index: 0, count: 1 }
        : pageOfTicks(ticks, step, cellCount, timeNs);
    const timesNs = isWithin ? timesWith(page.timesNs, timeNs) : page.timesNs;
    const next = page.index + 1 < page.count && step !== 'life';
    this.#patch({
      labelId: label.id,
      timesNs,
      pageIndex: page.index,
      pageCount: page.count,
      nextTimesNs: next ? pageAt(ticks, step, cellCount, page.index + 1).timesNs : [],
      chosen: labelId === label.id ? new Set(timesNs.filter((time) => chosen.has(time))) : new Set(),
    });
  }

  #ticks(label: CuboidLabel): readonly bigint[] {
    return ticksOfLife(this.#editor.clip.ticksNs, this.#life(label));
  }

  /** The label's life, and that of what is proposed for it. */
  #life(label: CuboidLabel): { readonly fromNs: bigint; readonly toNs: bigint } {
    const { clip, session } = this.#editor;
    const proposed = session.get().proposals.filter(({ labelId }) => labelId === label.id);
    const tracks = [label, ...proposed.map((proposal) => proposal.label)].map(trackOf);
    const from = tracks.map((track) => track.fromNs ?? clip.startNs);
    const to = tracks.map((track) => track.toNs ?? clip.endNs);
    return {
      fromNs: from.reduce((a, b) => (a < b ? a : b)),
      toNs: to.reduce((a, b) => (a > b ? a : b)),
    };
  }

  #addCurrent(chosen: Set<bigint>): void {
    const { timeNs } = this.#editor.session.get();
    if (this.get().timesNs.includes(timeNs)) chosen.add(timeNs);
  }

  #patch(patch: Partial<BatchState>): void {
    this.#state.set({ ...this.get(), ...patch });
  }
}
