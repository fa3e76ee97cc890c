import { withKeyframeAt } from '../actions/keyframes';
import { withTrack, type TrackDirection } from '../actions/withTrack';
import type { Clip } from '../clip/clip';
import type { LabelId } from '../document/ids';
import type { CuboidLabel, Keyframe } from '../document/label';
import { trackOf } from '../geometry/track';
import type { TrackedBox } from './ports';

/** What was found from one time on, in one direction or both. */
export interface ProposedPart {
  /** From where it was followed. */
  readonly timeNs: bigint;
  readonly direction: TrackDirection;
  /** Somebody set the box that was followed; otherwise its size and place are proposed as well. */
  readonly isSure: boolean;
  /** Where the person has corrected it: the boxes there are their own, and it goes through them. */
  readonly ownNs: readonly bigint[];
  readonly tracked: TrackedBox;
}

/** A track that was found for a label and waits for the person's word: shown dashed, saved nowhere. */
export interface Proposal {
  readonly labelId: LabelId;
  /** At least one; two where the parts before and after were followed from different times. */
  readonly parts: readonly ProposedPart[];
  /** The label as it will be when this is accepted: what is drawn. */
  readonly label: CuboidLabel;
}

/** What became of the fit of a new box. */
export type FitNote =
  | { readonly labelId: LabelId; readonly kind: 'running' }
  | {
      readonly labelId: LabelId;
      readonly kind: 'fitted';
      readonly confidence: number;
      readonly isStatic: boolean;
    }
  | { readonly labelId: LabelId; readonly kind: 'refused'; readonly reason: string };

/** What the search for a track does, or why it ended without one. */
export type TrackNote = { readonly kind: 'running' } | { readonly kind: 'refused'; readonly reason: string };

/** Where the machine is less sure than this, a person should look. */
export const DOUBTFUL = 0.5;

/** A place of a proposed track that is worth a look. */
export interface Doubt {
  readonly labelId: LabelId;
  readonly timeNs: bigint;
  /** 0 to 1. */
  readonly confidence: number;
}

/** The label as it is, with what was found put in. */
export function proposalOf(label: CuboidLabel, parts: readonly ProposedPart[], clip: Clip): Proposal {
  return { labelId: label.id, parts, label: parts.reduce((to, part) => withPart(to, part, clip), label) };
}

/** True where the proposed label is the machine's, not the person's. */
export function isProposedAt(proposal: Proposal, timeNs: bigint): boolean {
  return proposal.parts.some((part) => covers(part, timeNs));
}

/** How sure the machine is of the box at a time, 0 to 1; null where the box is the person's own. */
export function confidenceAt(proposal: Proposal, timeNs: bigint): number | null {
  const part = proposal.parts.find((candidate) => covers(candidate, timeNs));
  if (part === undefined) return null;
  const { confidence, label } = part.tracked;
  const times = trackOf(label).timesNs;
  const after = times.findIndex((time) => time >= timeNs);
  if (after < 0) return confidence.at(-1) ?? null;
  const there = confidence[after] ?? null;
  if (times[after] === timeNs || after === 0 || there === null) return there;
  return Math.min(confidence[after - 1] ?? there, there);
}

/** How sure the machine is where it is least so, 0 to 1. */
export function leastConfidence(proposal: Proposal): number {
  return Math.min(1, ...proposal.parts.flatMap((part) => sureness(part).map(({ confidence }) => confidence)));
}

/** The least sure place of every doubtful stretch, in time; where nothing is doubtful, none. */
export function doubtsOf(proposal: Proposal): Doubt[] {
  const places = proposal.parts
    .flatMap(sureness)
    .sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  const doubts: Doubt[] = [];
  let isInside = false;
  for (const { timeNs, confidence } of places) {
    const last = doubts.at(-1);
    if (confidence >= DOUBTFUL) isInside = false;
    else if (!isInside || last === undefined) {
      doubts.push({ labelId: proposal.labelId, timeNs, confidence });
      isInside = true;
    } else if (confidence < last.confidence) {
      doubts[doubts.length - 1] = { ...last, timeNs, confidence };
    }
  }
  return doubts;
}

/** The place that the machine is least sure of; none where one pose holds for all times. */
export function leastSure(proposal: Proposal): Doubt[] {
  const places = proposal.parts.flatMap(sureness);
  const [least] = places.toSorted((a, b) => a.confidence - b.confidence);
  return least === undefined ? [] : [{ labelId: proposal.labelId, ...least }];
}

/**
 * The label with the proposed track up to a time (from where it was followed), and what stays proposed. Where one pose
 * holds for all times, and where the track has ended before, that part is taken whole.
 */
export function takenUntil(
  label: CuboidLabel,
  proposal: Proposal,
  timeNs: bigint,
  clip: Clip,
): { readonly label: CuboidLabel; readonly rest: readonly ProposedPart[] } {
  const found = proposal.parts.find((candidate) => covers(candidate, timeNs));
  if (found === undefined) return { label, rest: proposal.parts };
  const others = proposal.parts.filter((candidate) => candidate !== found);
  if (found.isSure) return takenOfSure(label, found, others, timeNs, clip);
  const settled = withFollowed(label, found);
  const part = { ...found, isSure: true };
  return timeNs === part.timeNs && !part.tracked.label.static
    ? { label: settled, rest: [...others, part] }
    : takenOfSure(settled, part, others, timeNs, clip);
}

function takenOfSure(
  label: CuboidLabel,
  part: ProposedPart,
  others: readonly ProposedPart[],
  timeNs: bigint,
  clip: Clip,
): { readonly label: CuboidLabel; readonly rest: readonly ProposedPart[] } {
  if (part.tracked.label.static && part.direction === 'both')
    return { label: withPart(label, part, clip), rest: others };
  const isAfter = timeNs > part.timeNs;
  const [taken, left] = isAfter ? (['forward', 'back'] as const) : (['back', 'forward'] as const);
  const whole = withPart(label, { ...part, direction: taken }, clip);
  const side = { ...part, direction: left };
  const rest = part.direction === 'both' && holdsAny(side) ? [...others, side] : others;
  const { fromNs, toNs } = trackOf(whole);
  const isPastEnd = isAfter ? toNs !== null && timeNs >= toNs : fromNs !== null && timeNs <= fromNs;
  if (isPastEnd) return { label: whole, rest };
  const cut = isAfter ? upTo(label, whole, timeNs) : from(label, whole, timeNs);
  return { label: cut, rest: [...rest, { ...part, direction: taken, timeNs }] };
}

/**
 * The label with the box that is proposed at a time as a keyframe of the person's own, and the parts that go through it.
 * A guess becomes what was found of it. Null where the box is the person's own, or one pose for all times is proposed.
 */
export function withOwnBox(
  label: CuboidLabel,
  proposal: Proposal,
  timeNs: bigint,
): { readonly label: CuboidLabel; readonly parts: readonly ProposedPart[] } | null {
  const found = proposal.parts.find((candidate) => covers(candidate, timeNs));
  if (found === undefined || found.tracked.label.static || found.timeNs === timeNs) return null;
  const { position_m, quat_xyzw } = trackOf(proposal.label).extended(timeNs);
  const settled = found.isSure ? label : withFollowed(label, found);
  const [keyed, index] = withKeyframeAt(settled, timeNs);
  const keyframes = keyed.keyframes.map((frame, i) =>
    i === index ? { ...frame, position_m, quat_xyzw } : frame,
  );
  const corrected = { ...found, ownNs: [...found.ownNs, timeNs] };
  return {
    label: { ...keyed, keyframes },
    parts: proposal.parts.map((part) => (part === found ? corrected : part)),
  };
}

function withPart(label: CuboidLabel, part: ProposedPart, clip: Clip): CuboidLabel {
  const { ticksNs, startNs, endNs } = clip;
  const whole = withTrack(part.isSure ? label : withFollowed(label, part), part.tracked.label, {
    timeNs: part.timeNs,
    direction: part.direction,
    ticks: { fromNs: ticksNs[0] ?? startNs, toNs: ticksNs.at(-1) ?? endNs },
    clip: { fromNs: startNs, toNs: endNs },
  });
  return withOwnBoxes(whole, label, part);
}

/** The label with the boxes that the person has set on the way, as they are in another state of it. */
function withOwnBoxes(whole: CuboidLabel, label: CuboidLabel, part: ProposedPart): CuboidLabel {
  const texts = new Set(part.ownNs.filter((time) => isBeside(part, time)).map(String));
  const own = label.keyframes.filter(({ time_ns }) => texts.has(time_ns));
  const [first, last] = [own[0], own.at(-1)];
  if (whole.static || first === undefined || last === undefined) return whole;
  const others = whole.keyframes.filter(({ time_ns }) => !texts.has(time_ns));
  const keyframes = [...others, ...own].sort((a, b) => (BigInt(a.time_ns) < BigInt(b.time_ns) ? -1 : 1));
  return {
    ...whole,
    ...(whole.from_ns === undefined ? {} : { from_ns: earlier(whole.from_ns, BigInt(first.time_ns)) }),
    ...(whole.to_ns === undefined ? {} : { to_ns: later(whole.to_ns, BigInt(last.time_ns)) }),
    keyframes,
  };
}

/** The label with the box that was followed as it was found: its size, and where it is at that time. */
function withFollowed(label: CuboidLabel, { timeNs, tracked, ownNs }: ProposedPart): CuboidLabel {
  const found = trackOf(tracked.label).extended(timeNs);
  const { position_m, quat_xyzw } = found;
  const [keyed, index] = withKeyframeAt(label, timeNs);
  // Boxes that the person has corrected have the size that they want.
  const size_m = ownNs.length === 0 ? found.size_m : label.size_m;
  const keyframes = keyed.keyframes.map((frame, i) =>
    i === index
      ? { ...frame, position_m, quat_xyzw, ...(frame.size_m === undefined ? {} : { size_m }) }
      : frame,
  );
  return { ...keyed, size_m, keyframes };
}

function covers(part: ProposedPart, timeNs: bigint): boolean {
  if (part.ownNs.includes(timeNs)) return false;
  return timeNs === part.timeNs ? !part.isSure : isBeside(part, timeNs);
}

/** True for times on a part's side of the time from which it was followed. */
function isBeside({ timeNs: fromNs, direction }: ProposedPart, timeNs: bigint): boolean {
  return (direction !== 'back' && timeNs > fromNs) || (direction !== 'forward' && timeNs < fromNs);
}

/** True when something was found on the part's side of the time from which it was followed. */
function holdsAny(part: ProposedPart): boolean {
  const { fromNs, toNs, timesNs } = trackOf(part.tracked.label);
  return [fromNs, toNs, ...timesNs].some((timeNs) => timeNs !== null && covers(part, timeNs));
}

function sureness(part: ProposedPart): { readonly timeNs: bigint; readonly confidence: number }[] {
  const { label, confidence } = part.tracked;
  return trackOf(label).timesNs.flatMap((timeNs, i) =>
    covers(part, timeNs) ? [{ timeNs, confidence: confidence[i] ?? 1 }] : [],
  );
}

/** The whole's keyframes up to a time, the label's own after it. */
function upTo(label: CuboidLabel, whole: CuboidLabel, timeNs: bigint): CuboidLabel {
  const [keyed, index] = withKeyframeAt(whole, timeNs);
  const own = label.keyframes.filter((frame) => BigInt(frame.time_ns) > timeNs);
  const { to_ns: _, ...bare } = keyed;
  const end = label.to_ns === undefined ? {} : { to_ns: later(label.to_ns, timeNs) };
  return { ...bare, ...end, keyframes: [...keyed.keyframes.slice(0, index + 1), ...own] };
}

/** The label's own keyframes before a time, the whole's from it on. */
function from(label: CuboidLabel, whole: CuboidLabel, timeNs: bigint): CuboidLabel {
  const [keyed, index] = withKeyframeAt(whole, timeNs);
  const own: Keyframe[] = label.keyframes.filter((frame) => BigInt(frame.time_ns) < timeNs);
  const { from_ns: _, ...bare } = keyed;
  const begin = label.from_ns === undefined ? {} : { from_ns: earlier(label.from_ns, timeNs) };
  return { ...bare, ...begin, keyframes: [...own, ...keyed.keyframes.slice(index)] };
}

function later(text: string, timeNs: bigint): string {
  return BigInt(text) > timeNs ? text : timeNs.toString();
}

function earlier(text: string, timeNs: bigint): string {
  return BigInt(text) < timeNs ? text : timeNs.toString();
}
