import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { Attributes, CuboidLabel, Keyframe } from '../document/label';
import type { ReadableDocument } from '../document/store';
import type { BoxState } from '../geometry/box';
import type { RigidTransform } from '../geometry/rigid';
import { trackOf } from '../geometry/track';
import { attributeKeyframes, withRiding } from './attributeKeyframes';
import { editCuboid, without } from './editCuboid';

/** The box of a label at a time, whether it exists then or not. */
export function stateAt(label: CuboidLabel, timeNs: bigint): BoxState {
  return trackOf(label).extended(timeNs);
}

/**
 * The label with a keyframe at this time that holds its interpolated state, and that keyframe's index. A static label
 * has its one keyframe for all times. A keyframe put into a gap stands there alone: the gap goes on after it.
 */
export function withKeyframeAt(label: CuboidLabel, timeNs: bigint): readonly [CuboidLabel, number] {
  if (label.static) return [label, 0];
  const track = trackOf(label);
  const present = track.keyframeAt(timeNs);
  if (present !== null) return [label, present];
  const state = track.extended(timeNs);
  const isInGap = !track.existsAt(timeNs) && isBetweenKeyframes(track.timesNs, timeNs);
  const keyframe: Keyframe = {
    time_ns: timeNs.toString(),
    position_m: state.position_m,
    quat_xyzw: state.quat_xyzw,
    ...(hasOwnSizes(label) ? { size_m: state.size_m } : {}),
    ...(isInGap ? { gap_after: true } : {}),
  };
  const index = track.timesNs.filter((time) => time < timeNs).length;
  const keyframes = [...label.keyframes.slice(0, index), keyframe, ...label.keyframes.slice(index)];
  return [{ ...label, keyframes }, index];
}

/**
 * The label with this pose at this time: auto-key, a keyframe is made where there was none. Keyframes that are there for
 * their attributes alone go along with the others.
 */
export function withPose(label: CuboidLabel, timeNs: bigint, pose: RigidTransform): CuboidLabel {
  const riding = attributeKeyframes(label, timeNs);
  const posed = changeKeyframe(label, timeNs, (keyframe) => ({
    ...keyframe,
    position_m: pose.position_m,
    quat_xyzw: pose.quat_xyzw,
  }));
  return withRiding(posed, riding);
}

/** The label with its keyframe at this time changed; made first where there is none. */
export function changeKeyframe(
  label: CuboidLabel,
  timeNs: bigint,
  change: (keyframe: Keyframe) => Keyframe,
): CuboidLabel {
  const [keyed, index] = withKeyframeAt(label, timeNs);
  return {
    ...keyed,
    keyframes: keyed.keyframes.map((keyframe, i) => (i === index ? change(keyframe) : keyframe)),
  };
}

/** True when the size changes over time, so that keyframes hold their own. */
export function hasOwnSizes(label: CuboidLabel): boolean {
  return label.keyframes.some((keyframe) => keyframe.size_m !== undefined);
}

export function setKeyframe(document: ReadableDocument, labelId: LabelId, timeNs: bigint): RecordsDiff {
  return editCuboid(document, labelId, (label) => withKeyframeAt(label, timeNs)[0]);
}

export function setPose(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  pose: RigidTransform,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => withPose(label, timeNs, pose));
}

/** The label without its keyframe at this time; an absence after it begins at the one before. The last one stays. */
export function withoutKeyframe(label: CuboidLabel, timeNs: bigint): CuboidLabel {
  const index = trackOf(label).keyframeAt(timeNs);
  if (index === null || label.keyframes.length === 1) return label;
  const removed = label.keyframes[index];
  const keyframes = label.keyframes
    .map((keyframe, i) =>
      i === index - 1 && removed?.gap_after === true ? { ...keyframe, gap_after: true } : keyframe,
    )
    .filter((_, i) => i !== index);
  return { ...label, keyframes };
}

/** Removes the keyframe at this time. The last one stays: a box without a pose is nothing. */
export function deleteKeyframe(document: ReadableDocument, labelId: LabelId, timeNs: bigint): RecordsDiff {
  return editCuboid(document, labelId, (label) => withoutKeyframe(label, timeNs));
}

/** Moves a keyframe in time, between its neighbours; a time beyond them changes nothing. */
export function moveKeyframe(
  document: ReadableDocument,
  labelId: LabelId,
  fromNs: bigint,
  toNs: bigint,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => withKeyframeMoved(label, fromNs, toNs));
}

/**
 * The label with its keyframe at one time at another one between its neighbours. A life that began or ended at the
 * keyframe goes along; so do keyframes that are there for their attributes alone.
 */
export function withKeyframeMoved(label: CuboidLabel, fromNs: bigint, toNs: bigint): CuboidLabel {
  const times = trackOf(label).timesNs;
  const index = times.indexOf(fromNs);
  const before = times[index - 1];
  const after = times[index + 1];
  const fits = (before === undefined || before < toNs) && (after === undefined || toNs < after);
  if (index < 0 || fromNs === toNs || !fits) return label;
  const [fromText, time_ns] = [fromNs.toString(), toNs.toString()];
  const moved: CuboidLabel = {
    ...label,
    ...(label.from_ns === fromText ? { from_ns: time_ns } : {}),
    ...(label.to_ns === fromText ? { to_ns: time_ns } : {}),
    keyframes: label.keyframes.map((keyframe, i) => (i === index ? { ...keyframe, time_ns } : keyframe)),
  };
  return withRiding(moved, attributeKeyframes(label, fromNs));
}

/** The keyframe with these attributes; without any, without the key. */
export function withAttributes(keyframe: Keyframe, attributes: Attributes): Keyframe {
  if (Object.keys(attributes).length === 0) return without(keyframe, 'attributes');
  return { ...keyframe, attributes };
}

function isBetweenKeyframes(times: readonly bigint[], timeNs: bigint): boolean {
  const first = times[0];
  const last = times.at(-1);
  return first !== undefined && last !== undefined && first < timeNs && timeNs < last;
}
