import type { Clip } from '../clip/clip';
import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';
import type { OntologyLayer } from '../document/ontology';
import type { ReadableDocument } from '../document/store';
import type { Ground } from '../editor/ground';
import type { BoxState } from '../geometry/box';

/** What could be done about it, made for the document as it is when it is chosen. */
export interface LintFix {
  readonly title: string;
  diff(document: ReadableDocument): RecordsDiff;
}

/** Something that looks wrong, as data: for lists, the timeline, and jumping to it. */
export interface Lint {
  /** The same for the same thing: from rule, labels and time. */
  readonly id: string;
  readonly rule: string;
  /** `error`: finished work can't have it; `warning`: it may be right. */
  readonly severity: 'error' | 'warning';
  readonly labelIds: readonly LabelId[];
  /** When to look at it; null: at any time. */
  readonly timeNs: bigint | null;
  /** A sentence. */
  readonly message: string;
  /** The likeliest first: it has the key. */
  readonly fixes: readonly LintFix[];
}

/** Counts the points of the sweep nearest to a time in a box; null where that sweep isn't there (yet). */
export interface PointCounter {
  count(box: BoxState, timeNs: bigint): number | null;
}

/** What rules may look at besides the label. */
export interface LintSurroundings {
  readonly clip: Clip;
  readonly layer: OntologyLayer;
  readonly document: ReadableDocument;
  readonly ground: Ground;
  readonly points: PointCounter | null;
}

/** What a rule's answers hang on besides its label: they are asked again when it changes. */
export type LintInput = 'ground' | 'points' | 'others';

/** One kind of mistake. Pure; where it looks at other labels, its answer is the same from either side. */
export interface LintRule {
  readonly id: string;
  readonly title: string;
  readonly inputs: readonly LintInput[];
  check(label: Label, around: LintSurroundings): readonly Lint[];
}

/** A lint with its id made from what it is about. */
export function lint(source: Omit<Lint, 'id'>, isAtTime = false): Lint {
  const { rule, labelIds, timeNs } = source;
  const parts = [rule, labelIds.join('+'), ...(isAtTime && timeNs !== null ? [timeNs.toString()] : [])];
  return { id: parts.join(':'), ...source };
}
