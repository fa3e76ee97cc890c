import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';
import { Value, type Readable, type Unsubscribe } from '../observable';
import type { Session } from '../session/session';

/** What became of a label since one looked last; `before` is null where it was not there yet. */
export interface ChangedLabel {
  readonly labelId: LabelId;
  readonly before: Label | null;
}

/** `now`: as it is. `both`: what changed also as it was, beside it. `before`: only as it was. */
export type BeforeMode = 'now' | 'both' | 'before';

interface Ports {
  readonly session: Session;
  /** Tells when a label is changed here: nobody edits what they don't see. */
  readonly document: { subscribe(listener: () => void): Unsubscribe };
}

/** Shows what changed as it was, in all views: beside the present or in its place, and flips between them. */
export class BeforeView {
  readonly mode: Readable<BeforeMode>;
  readonly #mode = new Value<BeforeMode>('now');
  readonly #session: Session;
  readonly #unsubscribe: Unsubscribe;
  #changes: readonly ChangedLabel[] = [];
  #back: BeforeMode = 'now';
  #isShown = false;

  constructor({ session, document }: Ports) {
    this.#session = session;
    this.mode = this.#mode;
    this.#unsubscribe = document.subscribe(() => {
      if (this.#mode.get() === 'before') this.set('both');
    });
  }

  /** What there is to compare with; nothing takes the past from the views. */
  setChanges(changes: readonly ChangedLabel[]): void {
    this.#changes = changes;
    if (changes.length === 0) this.#mode.set('now');
    this.#show();
  }

  /** Whether something changed. */
  get hasChanges(): boolean {
    return this.#changes.length > 0;
  }

  set(mode: BeforeMode): void {
    if (!this.hasChanges && mode !== 'now') return;
    this.#mode.set(mode);
    this.#show();
  }

  /** From the present, however it is shown, to how it was, and back. */
  flip(): void {
    const mode = this.#mode.get();
    if (mode !== 'before') this.#back = mode;
    this.set(mode === 'before' ? this.#back : 'before');
  }

  dispose(): void {
    this.#unsubscribe();
  }

  #show(): void {
    const mode = this.#mode.get();
    // Others show ghosts as well; they are left alone where none of these are on the screen.
    if (mode === 'now' && !this.#isShown) return;
    this.#isShown = mode !== 'now';
    this.#session.set({
      ghosts: mode === 'now' ? [] : this.#changes.flatMap(({ before }) => before ?? []),
      undrawn: new Set(mode === 'before' ? this.#changes.map(({ labelId }) => labelId) : []),
    });
  }
}
