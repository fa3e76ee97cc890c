import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel, Keyframe } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { trackOf } from '../geometry/track';
import type { Life } from './createBox';
import { editCuboid, without } from './editCuboid';
import { changeKeyframe, stateAt, withAttributes, withKeyframeAt } from './keyframes';

/** The label exists from this time on: keyframes before it are dropped, its state then becomes the first one. */
export function startHere(document: ReadableDocument, labelId: LabelId, timeNs: bigint): RecordsDiff {
  return editCuboid(document, labelId, (label) => startedAt(label, timeNs));
}

/** The label exists up to this time: keyframes after it are dropped, its state then becomes the last one. */
export function endHere(document: ReadableDocument, labelId: LabelId, timeNs: bigint): RecordsDiff {
  return editCuboid(document, labelId, (label) => endedAt(label, timeNs));
}

/** The label from this time on. */
export function startedAt(label: CuboidLabel, timeNs: bigint): CuboidLabel {
  const from_ns = timeNs.toString();
  if (label.static) return { ...label, from_ns };
  const attributes = trackOf(label).attributesAt(timeNs);
  const [keyed, index] = withKeyframeAt(label, timeNs);
  const own = Object.fromEntries(
    Object.entries(attributes).filter(([name, value]) => label.attributes[name] !== value),
  );
  const keyframes = keyed.keyframes
    .slice(index)
    .map((keyframe, i) => (i === 0 ? withAttributes(keyframe, own) : keyframe));
  return { ...keyed, from_ns, keyframes };
}

/** The label up to this time. */
export function endedAt(label: CuboidLabel, timeNs: bigint): CuboidLabel {
  const to_ns = timeNs.toString();
  if (label.static) return { ...label, to_ns };
  const [keyed, index] = withKeyframeAt(label, timeNs);
  const keyframes = keyed.keyframes
    .slice(0, index + 1)
    .map((keyframe, i) => (i === index ? without(keyframe, 'gap_after') : keyframe));
  return { ...keyed, to_ns, keyframes };
}

/** Sets when the label begins and ends; null: at its first and last keyframe (a static one: at the clip's). */
export function setLife(
  document: ReadableDocument,
  labelId: LabelId,
  fromNs: bigint | null,
  toNs: bigint | null,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    const bare = without(without(label, 'from_ns'), 'to_ns');
    return {
      ...bare,
      ...(fromNs === null ? {} : { from_ns: fromNs.toString() }),
      ...(toNs === null ? {} : { to_ns: toNs.toString() }),
    };
  });
}

/** The label is gone (or is there again) between this time and the next keyframe. */
export function setGapAfter(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  isGone: boolean,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    if (label.static) return label;
    return changeKeyframe(label, timeNs, (keyframe): Keyframe => {
      return isGone ? { ...keyframe, gap_after: true } : without(keyframe, 'gap_after');
    });
  });
}

/** A static label stands where it is now for its whole life; a moving one starts from there with one keyframe. */
export function toggleStatic(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  life: Life,
): RecordsDiff {
  return editCuboid(document, labelId, (label) =>
    label.static ? toMoving(label, life) : toStatic(label, timeNs),
  );
}

function toStatic(label: CuboidLabel, timeNs: bigint): CuboidLabel {
  const state = stateAt(label, timeNs);
  return {
    ...label,
    static: true,
    attributes: trackOf(label).attributesAt(timeNs),
    size_m: state.size_m,
    keyframes: [{ time_ns: timeNs.toString(), position_m: state.position_m, quat_xyzw: state.quat_xyzw }],
  };
}

function toMoving(label: CuboidLabel, life: Life): CuboidLabel {
  return {
    ...label,
    static: false,
    from_ns: label.from_ns ?? life.fromNs.toString(),
    to_ns: label.to_ns ?? life.toNs.toString(),
  };
}
