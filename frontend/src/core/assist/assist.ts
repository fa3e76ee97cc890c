import { withTrack, type TrackDirection } from '../actions/withTrack';
import { diffOf, diffOfAll } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel } from '../document/label';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import type { Vec3 } from '../geometry/vec3';
import type { Unsubscribe } from '../observable';
import type { BoxFitter, BoxTracker, FittedBox, Refusal, TrackedBox } from './ports';
import type { FitNote, Proposal } from './proposal';

/** Who finds boxes and tracks; null where nobody does. */
export interface AssistPorts {
  readonly fitter: BoxFitter | null;
  readonly tracker: BoxTracker | null;
}

/**
 * The machine's part in the work. A fit goes into the step of undo that made the box, as long as nobody touched the box
 * meanwhile; a track is a proposal until the person accepts it. Nothing is decided silently: the prompt tells how sure
 * it is, and why something was refused.
 */
export class Assist {
  readonly #context: EditorContext;
  readonly #ports: AssistPorts;
  readonly #stopListening: Unsubscribe;
  /** Rises with every search for a track: an answer to an older question is not wanted any more. */
  #question = 0;
  #isDisposed = false;

  constructor(context: EditorContext, ports: AssistPorts) {
    this.#context = context;
    this.#ports = ports;
    this.#stopListening = context.document.listen(({ diff, source }) => {
      for (const id of diff.removed.keys()) this.#forget(id);
      for (const [id, [, to]] of diff.updated) {
        if (source !== 'history') this.#dropNotes(id);
        if (isCuboid(to)) this.#repropose(to);
      }
    });
  }

  get canFit(): boolean {
    return this.#ports.fitter !== null;
  }

  get canTrack(): boolean {
    return this.#ports.tracker !== null;
  }

  /** Fits a box that was just made to the points about `point_m`. */
  fit(labelId: LabelId, point_m: Vec3): void {
    const { fitter } = this.#ports;
    const { document, session } = this.#context;
    const label = document.get(labelId);
    const keyframe = isCuboid(label) ? label.keyframes[0] : undefined;
    if (fitter === null || !isCuboid(label) || keyframe === undefined) return;
    session.set({ fitNote: { labelId, kind: 'running' } });
    const request = { point_m, className: label.class, timeNs: BigInt(keyframe.time_ns) };
    void answered(() => fitter.fit(request)).then((result) => {
      if (!this.#isDisposed) this.#onFit(label, result);
    });
  }

  /** Follows the object of a label through the clip and proposes what was found. */
  track(label: CuboidLabel, direction: TrackDirection): void {
    const { tracker } = this.#ports;
    if (tracker === null) return;
    const { session } = this.#context;
    const { timeNs } = session.get();
    this.#question += 1;
    const question = this.#question;
    session.set({ trackNote: { labelId: label.id, kind: 'running' }, proposals: [] });
    const request = { className: label.class, timeNs, box: trackOf(label).extended(timeNs) };
    void answered(() => tracker.track(request)).then((result) => {
      if (!this.#isDisposed && question === this.#question)
        this.#onTrack(label.id, timeNs, direction, result);
    });
  }

  /** Makes the proposals part of the labels, in one step of undo. */
  accept(): void {
    const { document, session } = this.#context;
    const { proposals } = session.get();
    const diff = diffOfAll(proposals.map(({ labelId, label }) => [document.get(labelId), label] as const));
    session.set({ proposals: [], trackNote: null });
    this.#context.edit('Accept track', diff);
  }

  refuse(): void {
    this.#question += 1;
    this.#context.session.set({ proposals: [], trackNote: null });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#stopListening();
  }

  #onFit(label: CuboidLabel, result: FittedBox | Refusal): void {
    const { document, session, history } = this.#context;
    const isUntouched = document.get(label.id) === label && this.#context.lockedReason(label.id) === null;
    const note = session.get().fitNote;
    if (!isUntouched) {
      if (note?.labelId === label.id) session.set({ fitNote: null });
      return;
    }
    if (result.kind === 'refused') {
      this.#tellFit({ labelId: label.id, kind: 'refused', reason: result.reason });
      return;
    }
    const { box, confidence, isStatic } = result;
    const fitted: CuboidLabel = {
      ...label,
      size_m: box.size_m,
      keyframes: label.keyframes.map((keyframe) => ({
        ...keyframe,
        position_m: box.position_m,
        quat_xyzw: box.quat_xyzw,
      })),
    };
    const diff = diffOf(label, fitted);
    if (!history.amend(label.id, diff)) this.#context.edit('Fit box', diff);
    this.#tellFit({ labelId: label.id, kind: 'fitted', confidence, isStatic });
  }

  /** The note is for the box made last; the fit of an older one just arrives. */
  #tellFit(note: FitNote): void {
    const { session } = this.#context;
    const current = session.get().fitNote;
    if (current === null || current.labelId === note.labelId) session.set({ fitNote: note });
  }

  #onTrack(labelId: LabelId, timeNs: bigint, direction: TrackDirection, result: TrackedBox | Refusal): void {
    const { document, session } = this.#context;
    const label = document.get(labelId);
    if (!isCuboid(label)) return;
    if (result.kind === 'refused') {
      session.set({ trackNote: { labelId, kind: 'refused', reason: result.reason } });
      return;
    }
    const question = { labelId, timeNs, direction, tracked: result };
    const proposal = { ...question, label: this.#proposed(label, question) };
    session.set({ proposals: [proposal], trackNote: null });
  }

  #proposed(label: CuboidLabel, question: Omit<Proposal, 'label'>): CuboidLabel {
    const { ticksNs, startNs, endNs } = this.#context.clip;
    return withTrack(label, question.tracked.label, {
      timeNs: question.timeNs,
      direction: question.direction,
      ticks: { fromNs: ticksNs[0] ?? startNs, toNs: ticksNs.at(-1) ?? endNs },
      clip: { fromNs: startNs, toNs: endNs },
    });
  }

  /** A proposal stays one for the label as it is now. */
  #repropose(label: CuboidLabel): void {
    const { session } = this.#context;
    const { proposals } = session.get();
    if (!proposals.some(({ labelId }) => labelId === label.id)) return;
    session.set({
      proposals: proposals.map((proposal) =>
        proposal.labelId === label.id ? { ...proposal, label: this.#proposed(label, proposal) } : proposal,
      ),
    });
  }

  #dropNotes(id: LabelId): void {
    const { session } = this.#context;
    const { fitNote, trackNote } = session.get();
    if (fitNote?.labelId === id) session.set({ fitNote: null });
    if (trackNote?.labelId === id && trackNote.kind === 'refused') session.set({ trackNote: null });
  }

  #forget(id: LabelId): void {
    const { session } = this.#context;
    const { fitNote, trackNote, proposals } = session.get();
    session.set({
      ...(fitNote?.labelId === id ? { fitNote: null } : {}),
      ...(trackNote?.labelId === id ? { trackNote: null } : {}),
      ...(proposals.some(({ labelId }) => labelId === id)
        ? { proposals: proposals.filter(({ labelId }) => labelId !== id) }
        : {}),
    });
  }
}

/** The answer, whatever happens: a failure is a refusal with its message. */
async function answered<T>(ask: () => Promise<T | Refusal>): Promise<T | Refusal> {
  try {
    return await ask();
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : 'The search failed.' };
  }
}
