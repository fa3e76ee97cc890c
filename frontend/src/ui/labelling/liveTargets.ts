import type { Editor } from '../../core/editor';
import { Value, type Readable } from '../../core/observable';
import { idleSlice, whenIdle } from './whenIdle';

/** In how many images all labels together are; not complete: some are still being counted. */
export interface TargetCount {
  readonly images: number;
  readonly isComplete: boolean;
}

/** Counts the images that the labels are in, in spare time and bit by bit. */
export class LiveTargets implements Readable<TargetCount> {
  readonly #editor: Editor;
  readonly #value = new Value<TargetCount>({ images: 0, isComplete: true });
  readonly #stops: (() => void)[];
  #callOff: (() => void) | null = null;

  constructor(editor: Editor) {
    this.#editor = editor;
    this.#stops = [
      editor.document.subscribe(this.#plan),
      editor.isGesture.subscribe(this.#plan),
      editor.session.subscribe(() => {
        if (!editor.session.get().isPlaying && !this.#value.get().isComplete) this.#plan();
      }),
    ];
    this.#plan();
  }

  get = (): TargetCount => this.#value.get();

  subscribe = (listener: () => void): (() => void) => this.#value.subscribe(listener);

  dispose(): void {
    for (const stop of this.#stops) stop();
    this.#callOff?.();
  }

  #plan = (): void => {
    this.#callOff ??= whenIdle(() => {
      this.#callOff = null;
      const { document, imageTargets, isGesture, session } = this.#editor;
      if (isGesture.get() || session.get().isPlaying) return;
      const isDone = imageTargets.advance(document.labels(), idleSlice());
      const next = imageTargets.total(document.labels());
      const { images, isComplete } = this.#value.get();
      if (next.images !== images || next.isComplete !== isComplete) this.#value.set(next);
      if (!isDone) this.#plan();
    });
  };
}
