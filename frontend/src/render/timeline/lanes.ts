import { confidenceAt, DOUBTFUL, type Proposal } from '../../core/assist/proposal';
import type { LabelId } from '../../core/document/ids';
import { isCuboid, type CuboidLabel, type Label } from '../../core/document/label';
import { isPreLabel } from '../../core/document/origin';
import { trackOf } from '../../core/geometry/track';
import type { Lint } from '../../core/lints/lint';
import type { SessionState } from '../../core/session/session';

/** A stretch of a label's life. */
export interface LaneSpan {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** `gap`: it is gone for the while. */
  readonly kind: 'own' | 'proposed' | 'gap';
}

export interface LaneKeyframe {
  readonly timeNs: bigint;
  readonly isProposed: boolean;
  /** Proposed, and the machine is not sure. */
  readonly isDoubtful: boolean;
  /** What changes here, as in "brake lights: on"; null where nothing does. */
  readonly says: string | null;
}

/** What the timeline shows of one label; made once per label, proposal and list of lints. */
export interface LaneContent {
  readonly spans: readonly LaneSpan[];
  readonly keyframes: readonly LaneKeyframe[];
}

export interface Lane {
  readonly labelId: LabelId;
  readonly label: CuboidLabel;
  readonly name: string;
  readonly color: string;
  readonly isSelected: boolean;
  readonly isHidden: boolean;
  readonly proposal: Proposal | null;
  readonly lints: readonly Lint[];
}

export interface LaneSource {
  readonly labels: ReadonlyMap<LabelId, Label>;
  readonly session: Pick<SessionState, 'selection' | 'hidden' | 'proposals'>;
  readonly lints: ReadonlyMap<LabelId, readonly Lint[]>;
  readonly nameOf: (label: Label) => string;
  readonly colorOf: (className: string) => string;
  /** Classes in the ontology's order. */
  readonly classOrder: readonly string[];
}

/** A lane per box, by class and name, so that a label keeps its place. */
export function lanesOf(source: LaneSource): Lane[] {
  const { session } = source;
  const proposals = new Map(session.proposals.map((proposal) => [proposal.labelId, proposal]));
  const rank = new Map(source.classOrder.map((name, index) => [name, index]));
  const selected = new Set(session.selection);
  const lanes: Lane[] = [];
  for (const own of source.labels.values()) {
    const proposal = proposals.get(own.id) ?? null;
    const label = proposal?.label ?? own;
    if (!isCuboid(label)) continue;
    lanes.push({
      labelId: own.id,
      label,
      name: source.nameOf(own),
      color: source.colorOf(own.class),
      isSelected: selected.has(own.id),
      isHidden: session.hidden.has(own.id),
      proposal,
      lints: source.lints.get(own.id) ?? [],
    });
  }
  const place = (lane: Lane): number => rank.get(lane.label.class) ?? source.classOrder.length;
  return lanes.sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const contents = new WeakMap<CuboidLabel, { readonly of: Proposal | null; readonly content: LaneContent }>();

/** What a lane shows, within a clip. */
export function contentOf(lane: Pick<Lane, 'label' | 'proposal'>, clip: ClipSpan): LaneContent {
  const known = contents.get(lane.label);
  if (known?.of === lane.proposal) return known.content;
  const content = { spans: spansOf(lane, clip), keyframes: keyframesOf(lane) };
  contents.set(lane.label, { of: lane.proposal, content });
  return content;
}

export interface ClipSpan {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

function spansOf({ label, proposal }: Pick<Lane, 'label' | 'proposal'>, clip: ClipSpan): LaneSpan[] {
  const track = trackOf(label);
  const begin = track.fromNs ?? clip.startNs;
  const end = track.toNs ?? clip.endNs;
  // The life is cut where gaps begin and end, and where the person's own part ends.
  const cuts = [begin, end, ...(proposal?.parts.map((part) => part.timeNs) ?? [])];
  label.keyframes.forEach((keyframe, i) => {
    const [from, to] = [track.timesNs[i], track.timesNs[i + 1] ?? end];
    if (!label.static && keyframe.gap_after === true && from !== undefined) cuts.push(from, to);
  });
  const times = [...new Set(cuts)]
    .filter((time) => time >= begin && time <= end)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const spans: LaneSpan[] = [];
  for (let i = 0; i + 1 < times.length; i += 1) {
    const [fromNs, toNs] = [times[i]!, times[i + 1]!];
    const middle = fromNs + (toNs - fromNs) / 2n;
    const isProposed = proposal === null ? isPreLabel(label) : confidenceAt(proposal, middle) !== null;
    spans.push({ fromNs, toNs, kind: !track.existsAt(middle) ? 'gap' : isProposed ? 'proposed' : 'own' });
  }
  return spans;
}

function keyframesOf({ label, proposal }: Pick<Lane, 'label' | 'proposal'>): LaneKeyframe[] {
  let before = label.attributes;
  return trackOf(label).timesNs.map((timeNs, i) => {
    const confidence = proposal === null ? null : confidenceAt(proposal, timeNs);
    const own = label.keyframes[i]?.attributes ?? {};
    const changes = Object.entries(own).filter(([name, value]) => before[name] !== value);
    before = { ...before, ...own };
    return {
      timeNs,
      isProposed: confidence !== null || isPreLabel(label),
      isDoubtful: confidence !== null && confidence < DOUBTFUL,
      says: changes.length === 0 ? null : changes.map(([name, value]) => wordsOf(name, value)).join(', '),
    };
  });
}

function wordsOf(name: string, value: unknown): string {
  const words = name.replaceAll('_', ' ');
  return typeof value === 'boolean' ? `${words}: ${value ? 'on' : 'off'}` : `${words}: ${String(value)}`;
}
