import type { TrackDirection } from '../actions/withTrack';
import { diffOf, diffOfAll } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel } from '../document/label';
import type { ChangeSource } from '../document/store';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import type { Unsubscribe } from '../observable';
import { Fits } from './fits';
import { otherBoxes } from './otherBoxes';
import type { BoxFitter, BoxTracker, Refusal, TrackedBox } from './ports';
import {
  isProposedAt,
  proposalOf,
  takenUntil,
  withOwnBox,
  type Proposal,
  type ProposedPart,
  type TrackNote,
} from './proposal';
import { answered } from './answered';
import type { Vec3 } from '../geometry/vec3';

/** Who finds boxes and tracks; null where nobody does. */
export interface AssistPorts {
  readonly fitter: BoxFitter | null;
  readonly tracker: BoxTracker | null;
}

/** From where an object is followed: what a part of a proposal is the answer to. */
type Asked = Pick<ProposedPart, 'timeNs' | 'direction' | 'isSure' | 'ownNs'>;

/** An object that is being followed. At most one question per label is on its way. */
interface Question extends Asked {
  readonly abort: AbortController;
  /** The box was changed meanwhile: to be asked again when the answer is there. */
  isOutdated: boolean;
}

/**
 * The machine's part in the work. A fit goes into the step of undo that made the box, as long as nobody touched the box
 * meanwhile; a track is a proposal until the person accepts it. Nothing is decided silently: the prompt tells how sure
 * it is, and why something was refused.
 */
export class Assist {
  readonly #context: EditorContext;
  readonly #ports: AssistPorts;
  readonly #fits: Fits;
  readonly #stopListening: Unsubscribe;
  readonly #questions = new Map<LabelId, Question>();
  /** Parts whose box at the beginning was changed by the person: followed again when the change is done. */
  readonly #outdated = new Map<LabelId, Asked>();
  #isDisposed = false;

  constructor(context: EditorContext, ports: AssistPorts) {
    this.#context = context;
    this.#ports = ports;
    this.#fits = new Fits(context, ports.fitter, (label) => this.#followNew(label));
    this.#stopListening = context.document.listen(({ diff, source }) => {
      for (const id of diff.removed.keys()) this.#forget(id);
      for (const [id, [from, to]] of diff.updated) {
        if (source !== 'history') this.#dropNotes(id);
        if (isCuboid(from) && isCuboid(to)) this.#changed(from, to, source);
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
    this.#fits.fit(labelId, point_m);
  }

  /** The proposal for a label, if one waits. */
  proposalOf(labelId: LabelId): Proposal | null {
    return this.#context.session.get().proposals.find((proposal) => proposal.labelId === labelId) ?? null;
  }

  /** True while the object of a label is being followed. */
  isFollowing(labelId: LabelId): boolean {
    return this.#questions.has(labelId);
  }

  /** Follows the object of a label through the clip from a time on and proposes what was found. */
  track(label: CuboidLabel, direction: TrackDirection, timeNs = this.#context.session.get().timeNs): void {
    const isSure = !this.#fits.isGuess(label);
    this.#setParts(label.id, this.#partsBeside(label.id, direction));
    this.#ask(label, { timeNs, direction, isSure, ownNs: [] });
  }

  /** Makes the proposals for these labels part of them, in one step of undo. */
  accept(labelIds: readonly LabelId[]): void {
    const { document, session } = this.#context;
    const accepted = session.get().proposals.filter(({ labelId }) => labelIds.includes(labelId));
    const diff = diffOfAll(accepted.map(({ labelId, label }) => [document.get(labelId), label] as const));
    const title = accepted.length === 1 ? 'Accept track' : `Accept ${accepted.length} tracks`;
    this.#context.edit(title, diff, () => this.#drop(labelIds));
    this.#drop(labelIds);
  }

  /** Makes the proposal part of the label up to the current time, in one step of undo; the rest stays proposed. */
  acceptUntilHere(labelId: LabelId): void {
    const taken = this.#takenHere(labelId);
    if (taken === null) return;
    const { from, label, rest } = taken;
    this.#context.edit('Accept track up to here', diffOf(from, label), () => this.#leave(labelId, rest));
  }

  /**
   * Before the person changes a proposed box at the current time: what they see there becomes theirs, within the step
   * that is open. The rest stays proposed, and is solved anew through the changed box (see `settle`).
   */
  takeUp(labelId: LabelId): void {
    const { document, session } = this.#context;
    const proposal = this.proposalOf(labelId);
    const from = document.get(labelId);
    if (proposal === null || !isCuboid(from)) return;
    const { timeNs } = session.get();
    const own = withOwnBox(from, proposal, timeNs);
    if (own === null) {
      this.takeUpUntilHere(labelId);
      return;
    }
    document.apply(diffOf(from, own.label), 'user');
    this.#setParts(labelId, own.parts);
    const part = own.parts.find(({ ownNs }) => ownNs.includes(timeNs));
    if (part !== undefined) this.#outdated.set(labelId, part);
  }

  /** As `takeUp`, for a change of where the label begins or ends: all that is proposed up to there becomes theirs. */
  takeUpUntilHere(labelId: LabelId): void {
    const taken = this.#takenHere(labelId);
    if (taken === null) return;
    const { from, label, rest } = taken;
    this.#context.document.apply(diffOf(from, label), 'user');
    this.#leave(labelId, rest);
  }

  /** A change is done: what was followed from a box that is another one now is followed again. */
  settle(): void {
    for (const [labelId, asked] of [...this.#outdated]) {
      const label = this.#context.document.get(labelId);
      this.#outdated.delete(labelId);
      if (!isCuboid(label) || label.static) this.#setParts(labelId, []);
      else this.#ask(label, asked);
    }
    for (const [labelId, question] of this.#questions) {
      const label = this.#context.document.get(labelId);
      if (question.isOutdated && isCuboid(label) && label.static) this.refuse([labelId]);
    }
  }

  /** Back to what was proposed for these labels at another time. */
  restore(labelIds: Iterable<LabelId>, proposals: readonly Proposal[]): void {
    for (const labelId of labelIds) {
      const parts = proposals.find((proposal) => proposal.labelId === labelId)?.parts ?? [];
      this.#outdated.delete(labelId);
      if (!this.#questions.has(labelId)) this.#setParts(labelId, parts);
    }
  }

  /** Drops the proposals for these labels, and searches under way. */
  refuse(labelIds: readonly LabelId[]): void {
    this.#drop(labelIds);
  }

  /** True when there is something to refuse about a label. */
  hasAny(labelId: LabelId): boolean {
    return this.#questions.has(labelId) || this.proposalOf(labelId) !== null;
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const { abort } of this.#questions.values()) abort.abort();
    this.#fits.dispose();
    this.#stopListening();
  }

  /** Asks for the track of a label. Until the answer is there, what is proposed stays. */
  #ask(label: CuboidLabel, { timeNs, direction, isSure, ownNs }: Asked): void {
    const { tracker } = this.#ports;
    if (tracker === null) return;
    this.#questions.get(label.id)?.abort.abort();
    const abort = new AbortController();
    const question: Question = { abort, timeNs, direction, isSure, ownNs, isOutdated: false };
    this.#questions.set(label.id, question);
    this.#setNote(label.id, { kind: 'running' });
    const box = trackOf(label).extended(timeNs);
    const { signal } = abort;
    const others = otherBoxes(label, timeNs, direction, ownNs, this.#context.clip);
    const request = { className: label.class, timeNs, box, isSure, others, signal };
    void answered(() => tracker.track(request)).then((result) => {
      if (this.#isDisposed || this.#questions.get(label.id) !== question) return;
      this.#questions.delete(label.id);
      this.#onTrack(label.id, question, result);
    });
  }

  #followNew(label: CuboidLabel): void {
    const [keyframe] = label.keyframes;
    if (keyframe === undefined || !this.#context.session.get().followsNewBoxes) return;
    this.track(label, 'both', BigInt(keyframe.time_ns));
  }

  #onTrack(labelId: LabelId, question: Question, result: TrackedBox | Refusal): void {
    const label = this.#context.document.get(labelId);
    if (!isCuboid(label) || label.static) {
      this.#setNote(labelId, null);
      return;
    }
    if (question.isOutdated) {
      this.#ask(label, question);
      return;
    }
    if (result.kind === 'refused') {
      this.#setParts(labelId, this.#partsBeside(labelId, question.direction));
      this.#setNote(labelId, { kind: 'refused', reason: result.reason });
      return;
    }
    const { timeNs, direction, isSure, ownNs } = question;
    this.#setNote(labelId, null);
    this.#setParts(labelId, [
      ...this.#partsBeside(labelId, direction),
      { timeNs, direction, isSure, ownNs, tracked: result },
    ]);
  }

  /** The parts that a new search in this direction leaves. */
  #partsBeside(labelId: LabelId, direction: TrackDirection): readonly ProposedPart[] {
    if (direction === 'both') return [];
    const left = direction === 'forward' ? 'back' : 'forward';
    return (this.proposalOf(labelId)?.parts ?? []).flatMap((part) => {
      if (part.direction === direction || (part.tracked.label.static && part.direction === 'both')) return [];
      return [{ ...part, direction: left }];
    });
  }

  #takenHere(labelId: LabelId): (ReturnType<typeof takenUntil> & { readonly from: CuboidLabel }) | null {
    const { document, session, clip } = this.#context;
    const { timeNs } = session.get();
    const proposal = this.proposalOf(labelId);
    const from = document.get(labelId);
    if (proposal === null || !isCuboid(from) || !isProposedAt(proposal, timeNs)) return null;
    return { from, ...takenUntil(from, proposal, timeNs, clip) };
  }

  /** A proposal stays one for the label as it is now, unless a box that it goes through is another. */
  #changed(from: CuboidLabel, to: CuboidLabel, source: ChangeSource): void {
    const isBoxMoved = ({ timeNs, isSure }: Asked): boolean =>
      !isSamePlace(from, to, timeNs) || (!isSure && !isSameSize(from, to, timeNs));
    const isMoved = (asked: Asked): boolean =>
      isBoxMoved(asked) || asked.ownNs.some((timeNs) => !isSamePlace(from, to, timeNs));
    const question = this.#questions.get(to.id);
    const isAsked = question !== undefined && isMoved(question);
    if (isAsked) {
      if (source === 'user') question.isOutdated = true;
      else this.#callOff(to.id);
    }
    const proposal = this.proposalOf(to.id);
    if (proposal === null) return;
    const moved = proposal.parts.filter(isMoved);
    const [first, second] = moved;
    if (source !== 'user' || to.static) {
      this.#outdated.delete(to.id);
      this.#setParts(to.id, to.static ? [] : proposal.parts.filter((part) => !moved.includes(part)));
      return;
    }
    if (first !== undefined && this.canTrack && !isAsked) {
      const ownNs = moved.flatMap((part) => part.ownNs);
      this.#outdated.set(to.id, {
        ...first,
        ownNs,
        direction: second === undefined ? first.direction : 'both',
        // The box of a click stays a guess where only other boxes are corrected.
        isSure: first.isSure || ownNs.length === 0 || this.#context.session.get().timeNs === first.timeNs,
      });
    }
    this.#setParts(to.id, proposal.parts);
  }

  /** A part was taken: the rest goes on from the box that was taken with it. */
  #leave(labelId: LabelId, rest: readonly ProposedPart[]): void {
    this.#outdated.delete(labelId);
    this.#setParts(labelId, rest);
  }

  #setParts(labelId: LabelId, parts: readonly ProposedPart[]): void {
    const { document, session, clip } = this.#context;
    const label = document.get(labelId);
    const { proposals } = session.get();
    const next = isCuboid(label) && parts.length > 0 ? proposalOf(label, parts, clip) : null;
    if (next === null && this.proposalOf(labelId) === null) return;
    const others = proposals.filter((proposal) => proposal.labelId !== labelId);
    session.set({ proposals: next === null ? others : [...others, next] });
  }

  #setNote(labelId: LabelId, note: TrackNote | null): void {
    const { session } = this.#context;
    const { trackNotes } = session.get();
    if (note === null && !trackNotes.has(labelId)) return;
    const next = new Map(trackNotes);
    if (note === null) next.delete(labelId);
    else next.set(labelId, note);
    session.set({ trackNotes: next });
  }

  #dropNotes(id: LabelId): void {
    this.#fits.dropNote(id);
    if (this.#context.session.get().trackNotes.get(id)?.kind === 'refused') this.#setNote(id, null);
  }

  #drop(labelIds: readonly LabelId[]): void {
    for (const labelId of labelIds) {
      this.#callOff(labelId);
      this.#outdated.delete(labelId);
      this.#setParts(labelId, []);
    }
  }

  #callOff(labelId: LabelId): void {
    this.#questions.get(labelId)?.abort.abort();
    this.#questions.delete(labelId);
    this.#setNote(labelId, null);
  }

  #forget(id: LabelId): void {
    this.#fits.forget(id);
    this.#drop([id]);
  }
}

/** True when a label's box at a time is where it was: a followed object is the same one then. */
function isSamePlace(from: CuboidLabel, to: CuboidLabel, timeNs: bigint): boolean {
  const before = trackOf(from).extended(timeNs);
  const after = trackOf(to).extended(timeNs);
  return isSame(before.position_m, after.position_m) && isSame(before.quat_xyzw, after.quat_xyzw);
}

function isSameSize(from: CuboidLabel, to: CuboidLabel, timeNs: bigint): boolean {
  return isSame(trackOf(from).extended(timeNs).size_m, trackOf(to).extended(timeNs).size_m);
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => Math.abs(value - (b[i] ?? 0)) < 1e-9);
}
