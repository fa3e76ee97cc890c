import { diffOf } from '../document/diff';
import type { Mark } from '../document/history';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel, type Label } from '../document/label';
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

  /**
   * The box as the person sees it, as their own: what is proposed up to the current time is taken into this step.
   */
  takeUp(): CuboidLabel | null {
    this.#context.assist.takeUp(this.labelId);
    const label = this.#context.document.get(this.labelId);
    return isCuboid(label) ? label : null;
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
    this.#context.returnTo(place, [this.labelId]);
  }
}
