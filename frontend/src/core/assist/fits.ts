import { diffOf } from '../document/diff';
import { sameJson } from '../document/freeze';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel, type Label } from '../document/label';
import type { EditorContext } from '../editor/context';
import type { Vec3 } from '../geometry/vec3';
import { answered } from './answered';
import type { BoxFitter, FittedBox, Refusal } from './ports';
import type { FitNote } from './proposal';

/** A box that was made by a click on points, as the machine left it last. */
interface Fit {
  readonly point_m: Vec3;
  readonly label: CuboidLabel;
}

/**
 * Boxes fitted to the points of a click. As long as nobody touched such a box, choosing another class for it fits it
 * anew: a van's points make another box than a car's.
 */
export class Fits {
  readonly #context: EditorContext;
  readonly #fitter: BoxFitter | null;
  readonly #onFitted: (label: CuboidLabel) => void;
  readonly #made = new Map<LabelId, Fit>();
  readonly #stopListening: () => void;
  #isDisposed = false;

  /** @param onFitted told of every box that got its fit. */
  constructor(context: EditorContext, fitter: BoxFitter | null, onFitted: (label: CuboidLabel) => void) {
    this.#context = context;
    this.#fitter = fitter;
    this.#onFitted = onFitted;
    this.#stopListening = context.document.listen(({ diff, source }) => {
      if (source !== 'user') return;
      for (const [id, [from, to]] of diff.updated) this.#touched(id, from, to);
    });
  }

  /** Fits a box that was just made to the points about `point_m`. */
  fit(labelId: LabelId, point_m: Vec3): void {
    const fitter = this.#fitter;
    const { document, session } = this.#context;
    const label = document.get(labelId);
    const keyframe = isCuboid(label) ? label.keyframes[0] : undefined;
    if (fitter === null || !isCuboid(label) || keyframe === undefined) return;
    this.#made.set(labelId, { point_m, label });
    session.set({ fitNote: { labelId, kind: 'running' } });
    const request = { point_m, className: label.class, timeNs: BigInt(keyframe.time_ns) };
    void answered(() => fitter.fit(request)).then((result) => {
      if (!this.#isDisposed) this.#onFit(label, point_m, result);
    });
  }

  /** True as long as a box is as the machine left it: a guess that nobody touched. */
  isGuess(label: CuboidLabel): boolean {
    return this.#made.get(label.id)?.label === label;
  }

  forget(labelId: LabelId): void {
    this.#made.delete(labelId);
    this.dropNote(labelId);
  }

  dropNote(labelId: LabelId): void {
    const { session } = this.#context;
    if (session.get().fitNote?.labelId === labelId) session.set({ fitNote: null });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stopListening();
  }

  /** The class alone was changed: asked again. Anything else: the box is the person's own. */
  #touched(id: LabelId, from: Label, to: Label): void {
    const made = this.#made.get(id);
    if (made === undefined || !isCuboid(from) || !isCuboid(to)) return;
    const isAsLeft =
      from === made.label && sameJson(from.keyframes[0]?.quat_xyzw, to.keyframes[0]?.quat_xyzw);
    if (isAsLeft && from.class !== to.class && !to.static && to.keyframes.length === 1) {
      // After the change is whole: the class's step of undo must be there for the fit to go into.
      queueMicrotask(() => {
        if (!this.#isDisposed && this.#context.document.get(id) === to) this.fit(id, made.point_m);
      });
    } else this.#made.delete(id);
  }

  #onFit(label: CuboidLabel, point_m: Vec3, result: FittedBox | Refusal): void {
    const { document, history } = this.#context;
    const isUntouched = document.get(label.id) === label && this.#context.lockedReason(label.id) === null;
    if (!isUntouched) {
      if (this.#made.get(label.id)?.label === label) this.forget(label.id);
      return;
    }
    if (result.kind === 'refused') {
      this.#tell({ labelId: label.id, kind: 'refused', reason: result.reason });
      return;
    }
    const { box, confidence, isStatic } = result;
    const place = { position_m: box.position_m, quat_xyzw: box.quat_xyzw };
    const fitted: CuboidLabel = {
      ...label,
      size_m: box.size_m,
      keyframes: label.keyframes.map((keyframe) => ({ ...keyframe, ...place })),
    };
    const diff = diffOf(label, fitted);
    if (!history.amend(label.id, diff)) this.#context.edit('Fit box', diff);
    const made = document.get(label.id);
    if (!isCuboid(made)) return;
    this.#made.set(label.id, { point_m, label: made });
    this.#tell({ labelId: label.id, kind: 'fitted', confidence, isStatic });
    this.#onFitted(made);
  }

  /** The note is for the box made last; the fit of an older one just arrives. */
  #tell(note: FitNote): void {
    const { session } = this.#context;
    const current = session.get().fitNote;
    if (current === null || current.labelId === note.labelId) session.set({ fitNote: note });
  }
}
