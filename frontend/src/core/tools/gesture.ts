import { diffOf } from '../document/diff';
import type { Mark } from '../document/history';
import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';
import type { EditorContext } from '../editor/context';

/**
 * One continuous edit of one label: marks the history when it begins, shows every intermediate state in the document
 * (so in all views), and ends in one step of undo, or in none.
 */
export class Gesture {
  readonly labelId: LabelId;
  readonly #context: EditorContext;
  readonly #mark: Mark;
  #isDone = false;

  constructor(context: EditorContext, title: string, labelId: LabelId) {
    this.#context = context;
    this.labelId = labelId;
    this.#mark = context.history.mark(title);
  }

  /** Shows the label like this. Made from the snapshot at the gesture's start, never from the last preview. */
  preview(label: Label): void {
    const { document } = this.#context;
    document.apply(diffOf(document.get(this.labelId), label), 'user');
  }

  commit(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#context.history.squashToMark(this.#mark);
  }

  /** As if it had not begun. */
  bail(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const place = this.#context.history.bailToMark(this.#mark);
    this.#context.session.set({ timeNs: place.timeNs });
    this.#context.session.select(...place.selection);
  }
}
