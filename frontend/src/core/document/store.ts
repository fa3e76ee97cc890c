import { Listeners, type Unsubscribe } from '../observable';
import { entriesOf, isEmptyDiff, type RecordsDiff } from './diff';
import { deepFreeze } from './freeze';
import type { LabelId } from './ids';
import type { Label } from './label';
import { takenUp } from './origin';

/** Who changed the document: the person here, their undo and redo, or somebody else through the server. */
export type ChangeSource = 'user' | 'history' | 'remote';

export interface DocumentChange {
  readonly diff: RecordsDiff;
  readonly source: ChangeSource;
}

/** What reads the labels. */
export interface ReadableDocument {
  get(id: LabelId): Label | undefined;
  /** All labels, in the order they came. The same object until something changes. */
  labels(): ReadonlyMap<LabelId, Label>;
  readonly size: number;
}

/** The labels of one label set: frozen records that change by diffs only. */
export class DocumentStore implements ReadableDocument {
  readonly #records = new Map<LabelId, Label>();
  readonly #listeners = new Listeners<DocumentChange>();
  #snapshot: ReadonlyMap<LabelId, Label> | null = null;

  constructor(labels: Iterable<Label> = []) {
    for (const label of labels) this.#records.set(label.id, deepFreeze(label));
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: LabelId): Label | undefined {
    return this.#records.get(id);
  }

  labels = (): ReadonlyMap<LabelId, Label> => {
    this.#snapshot ??= new Map(this.#records);
    return this.#snapshot;
  };

  /**
   * Applies a diff whole, then tells the listeners. Throws, changing nothing, when the diff was not made for the
   * document as it stands (an undo or a message that comes too late must not overwrite what it has not seen). What the
   * person changes about a proposal makes it theirs.
   */
  apply(wanted: RecordsDiff, source: ChangeSource): void {
    const diff = source === 'user' ? takenUp(wanted) : wanted;
    if (isEmptyDiff(diff)) return;
    for (const [from, , id] of entriesOf(diff)) {
      if (this.#records.get(id) !== from) {
        throw new Error(`label ${id} is not in the state that the change was made for`);
      }
    }
    for (const [, to, id] of entriesOf(diff)) {
      if (to === undefined) this.#records.delete(id);
      else this.#records.set(id, deepFreeze(to));
    }
    this.#snapshot = null;
    this.#listeners.tell({ diff, source });
  }

  /** Hears every change with its diff. */
  listen(listener: (change: DocumentChange) => void): Unsubscribe {
    return this.#listeners.add(listener);
  }

  /** For `useSyncExternalStore(store.subscribe, store.labels)`. */
  subscribe = (listener: () => void): Unsubscribe => this.#listeners.add(listener);
}
