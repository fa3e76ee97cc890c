import { Value, type Readable } from '../observable';
import {
  EMPTY_DIFF,
  entriesOf,
  diffOfAll,
  isEmptyDiff,
  reverseDiff,
  squashDiffs,
  type RecordsDiff,
} from './diff';
import type { LabelId } from './ids';
import type { DocumentStore } from './store';

/** Where the person was: undo takes them back to it. */
export interface Place {
  readonly selection: readonly LabelId[];
  readonly timeNs: bigint;
}

/** One step of undo. */
export interface HistoryEntry<P extends Place = Place> {
  /** What it did, in words for "Undo ...". */
  readonly title: string;
  readonly diff: RecordsDiff;
  readonly before: P;
  readonly after: P;
}

export interface HistoryState {
  readonly undoTitle: string | null;
  readonly redoTitle: string | null;
}

/** A stopping point made by `mark`. */
export type Mark = symbol;

interface OpenMark<P> {
  readonly mark: Mark;
  readonly title: string;
  readonly before: P;
  pending: RecordsDiff[];
}

/** As many steps as a day's work could want back; older ones are let go. */
const MAX_ENTRIES = 2000;

/**
 * Undo and redo over a document store. Listens to the user's own changes; between `mark` and `squashToMark` they
 * gather into one step, and `bailToMark` takes them back without a trace. Outside of a mark every change is a step.
 */
export class History<P extends Place = Place> {
  readonly #store: DocumentStore;
  readonly #place: () => P;
  readonly #undo: HistoryEntry<P>[] = [];
  readonly #redo: HistoryEntry<P>[] = [];
  #open: OpenMark<P> | null = null;
  readonly #state = new Value<HistoryState>({ undoTitle: null, redoTitle: null });
  readonly dispose: () => void;

  constructor(store: DocumentStore, place: () => P) {
    this.#store = store;
    this.#place = place;
    this.dispose = store.listen(({ diff, source }) => {
      if (source === 'user') this.#record(diff);
      else if (source === 'remote') this.#forget(diff);
    });
  }

  get state(): Readable<HistoryState> {
    return this.#state;
  }

  /** True between `mark` and its end: a gesture is under way. */
  get isOpen(): boolean {
    return this.#open !== null;
  }

  get entries(): readonly HistoryEntry<P>[] {
    return this.#undo;
  }

  /** Begins a step. There is at most one at a time. */
  mark(title: string): Mark {
    if (this.#open !== null)
      throw new Error(`finish or cancel "${this.#open.title}" before "${title}" begins`);
    const mark = Symbol(title);
    this.#open = { mark, title, before: this.#place(), pending: [] };
    return mark;
  }

  /** Ends the step: everything since the mark becomes one entry, or none when nothing changed. */
  squashToMark(mark: Mark, title?: string): void {
    const open = this.#close(mark);
    const diff = squashDiffs(open.pending);
    if (!isEmptyDiff(diff))
      this.#push({ title: title ?? open.title, diff, before: open.before, after: this.#place() });
  }

  /** Takes everything since the mark back, and leaves no trace of it. Returns where the person was. */
  bailToMark(mark: Mark): P {
    const open = this.#close(mark);
    this.#store.apply(reverseDiff(squashDiffs(open.pending)), 'history');
    return open.before;
  }

  /** Takes the last step back. Returns it, or null when there is none or a gesture is under way. */
  undo(): HistoryEntry<P> | null {
    if (this.#open !== null) return null;
    const entry = this.#undo.pop();
    if (entry === undefined) return null;
    this.#store.apply(reverseDiff(entry.diff), 'history');
    this.#redo.push(entry);
    this.#tell();
    return entry;
  }

  /** Does the last undone step again. */
  redo(): HistoryEntry<P> | null {
    if (this.#open !== null) return null;
    const entry = this.#redo.pop();
    if (entry === undefined) return null;
    this.#store.apply(entry.diff, 'history');
    this.#undo.push(entry);
    this.#tell();
    return entry;
  }

  /**
   * Changes one label as part of the newest step that touched it, so that both are undone together; false, changing
   * nothing, where there is no such step. Steps that were undone and touch the label can't be done again then.
   */
  amend(labelId: LabelId, diff: RecordsDiff): boolean {
    const index = this.#undo.findLastIndex((entry) => touches(entry.diff, labelId));
    const entry = this.#undo[index];
    if (entry === undefined) return false;
    this.#store.apply(diff, 'history');
    this.#undo[index] = { ...entry, diff: squashDiffs([entry.diff, diff]) };
    const kept = this.#redo.map((undone) => withoutIds(undone, new Set([labelId])));
    this.#redo.splice(0, this.#redo.length, ...kept.filter((undone) => !isEmptyDiff(undone.diff)));
    this.#tell();
    return true;
  }

  #record(diff: RecordsDiff): void {
    if (this.#open !== null) {
      this.#open.pending.push(diff);
      return;
    }
    const place = this.#place();
    this.#push({ title: 'Edit', diff, before: place, after: place });
  }

  #push(entry: HistoryEntry<P>): void {
    this.#undo.push(entry);
    if (this.#undo.length > MAX_ENTRIES) this.#undo.shift();
    this.#redo.length = 0;
    this.#tell();
  }

  /**
   * Somebody else changed these labels: steps that touched them can no longer be taken back or done again without
   * overwriting that change, so they lose their part about them.
   */
  #forget(remote: RecordsDiff): void {
    const ids = new Set<LabelId>();
    for (const [, , id] of entriesOf(remote)) ids.add(id);
    for (const stack of [this.#undo, this.#redo]) {
      const kept = stack.map((entry) => withoutIds(entry, ids)).filter((entry) => !isEmptyDiff(entry.diff));
      stack.splice(0, stack.length, ...kept);
    }
    if (this.#open !== null) {
      this.#open.pending = this.#open.pending.map((diff) => diffWithoutIds(diff, ids));
    }
    this.#tell();
  }

  #close(mark: Mark): OpenMark<P> {
    const open = this.#expect(mark);
    this.#open = null;
    return open;
  }

  #expect(mark: Mark): OpenMark<P> {
    if (this.#open?.mark !== mark)
      throw new Error('this mark is not open: it was finished or cancelled already');
    return this.#open;
  }

  #tell(): void {
    this.#state.set({
      undoTitle: this.#undo.at(-1)?.title ?? null,
      redoTitle: this.#redo.at(-1)?.title ?? null,
    });
  }
}

function touches(diff: RecordsDiff, id: LabelId): boolean {
  return diff.added.has(id) || diff.updated.has(id) || diff.removed.has(id);
}

function withoutIds<P extends Place>(entry: HistoryEntry<P>, ids: ReadonlySet<LabelId>): HistoryEntry<P> {
  return { ...entry, diff: diffWithoutIds(entry.diff, ids) };
}

function diffWithoutIds(diff: RecordsDiff, ids: ReadonlySet<LabelId>): RecordsDiff {
  const entries = [...entriesOf(diff)];
  if (!entries.some(([, , id]) => ids.has(id))) return diff;
  const kept = entries.filter(([, , id]) => !ids.has(id));
  return kept.length === 0 ? EMPTY_DIFF : diffOfAll(kept.map(([from, to]) => [from, to] as const));
}
