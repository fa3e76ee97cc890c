import { isCuboid, type Label } from '../document/label';
import { isPreLabel, scoreOf } from '../document/origin';
import { trackOf } from '../geometry/track';
import { lint, type Lint } from './lint';

/** A part of a clip; null: all of it. */
export interface PartOfClip {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/**
 * The proposals that keep a task from being handed in: of a part of a clip, those that are there in it. Only asked for
 * then; while one works they are in the list of labels, not among the warnings.
 */
export function preLabelLints(labels: Iterable<Label>, part: PartOfClip | null): Lint[] {
  const waiting = [...labels].filter(
    (label) => isPreLabel(label) && (part === null || isWithin(label, part)),
  );
  return waiting.map((label) => {
    const score = scoreOf(label);
    const by = label.origin?.name ?? '';
    const who = by === '' ? 'a machine' : by;
    const sure = score === null ? '' : `, ${Math.round(100 * score)} % sure`;
    return lint({
      rule: 'proposed',
      severity: 'error',
      labelIds: [label.id],
      timeNs: isCuboid(label) ? BigInt(label.keyframes[0]?.time_ns ?? 0) : null,
      message: `Proposed by ${who}${sure}: accept, correct or delete it.`,
      fixes: [],
    });
  });
}

function isWithin(label: Label, part: PartOfClip): boolean {
  if (!isCuboid(label)) return true;
  const { fromNs, toNs } = trackOf(label);
  return (fromNs === null || fromNs < part.toNs) && (toNs === null || toNs >= part.fromNs);
}
