import { Value, type Readable, type Unsubscribe } from '../observable';
import type { LabelId } from '../document/ids';
import type { Lint } from './lint';
import type { LintBoard } from './lintBoard';

/** Calls back when nothing more urgent is to be done; the result calls it off. */
export type Later = (act: () => void) => () => void;

/** Begins a piece of work: the result says whether there is time for more of it. */
export type Slice = () => () => boolean;

const ENDLESS: Slice = () => () => true;

/**
 * The lints for the screen: looked for in spare time, never before the first picture and never in the way of a drag. What
 * is read is what was found last.
 */
export class LiveLints implements Readable<readonly Lint[]> {
  readonly #board: LintBoard;
  readonly #later: Later;
  readonly #slice: Slice;
  readonly #value = new Value<readonly Lint[]>([]);
  readonly #byLabel = new Value<ReadonlyMap<LabelId, readonly Lint[]>>(new Map());
  readonly #stopListening: Unsubscribe;
  #callOff: (() => void) | null = null;

  constructor(board: LintBoard, later: Later, slice = ENDLESS) {
    this.#board = board;
    this.#later = later;
    this.#slice = slice;
    this.#stopListening = board.subscribe(this.#plan);
    this.#plan();
  }

  get = (): readonly Lint[] => this.#value.get();

  /** The lints about each label that has any. */
  get byLabel(): Readable<ReadonlyMap<LabelId, readonly Lint[]>> {
    return this.#byLabel;
  }

  subscribe = (listener: () => void): Unsubscribe => this.#value.subscribe(listener);

  dispose(): void {
    this.#stopListening();
    this.#callOff?.();
  }

  #plan = (): void => {
    this.#callOff ??= this.#later(() => {
      this.#callOff = null;
      if (!this.#board.advance(this.#slice())) {
        this.#plan();
        return;
      }
      const lints = this.#board.known;
      if (lints === this.#value.get()) return;
      const byLabel = new Map<LabelId, Lint[]>();
      for (const lint of lints) {
        for (const id of lint.labelIds) {
          const about = byLabel.get(id);
          if (about === undefined) byLabel.set(id, [lint]);
          else about.push(lint);
        }
      }
      this.#byLabel.set(byLabel);
      this.#value.set(lints);
    });
  };
}
