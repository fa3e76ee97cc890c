import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { Track, trackOf } from '../geometry/track';
import { editCuboid } from './editCuboid';
import { changeKeyframe, withKeyframeAt, withoutKeyframe, withPose } from './keyframes';
import { flipped } from './poseBox';
import type { RigidTransform } from '../geometry/rigid';

/** Fixes what a label is at each of these times; where it isn't there, it stays away. */
export function setKeyframesAt(
  document: ReadableDocument,
  labelId: LabelId,
  timesNs: readonly bigint[],
): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    const present = timesNs.filter((timeNs) => trackOf(label).existsAt(timeNs));
    return present.reduce((current, timeNs) => withKeyframeAt(current, timeNs)[0], label);
  });
}

/** Removes the keyframes at these times; of all of them the first stays, as a box needs one. */
export function deleteKeyframesAt(
  document: ReadableDocument,
  labelId: LabelId,
  timesNs: readonly bigint[],
): RecordsDiff {
  return editCuboid(document, labelId, (label) =>
    [...timesNs].sort((a, b) => (a < b ? 1 : -1)).reduce(withoutKeyframe, label),
  );
}

/**
 * Fixes the label at both times and lets it go evenly between them: keyframes between go, those that say something of
 * attributes or of an absence stay, with the pose that the others give them.
 */
export function interpolateBetween(
  document: ReadableDocument,
  labelId: LabelId,
  fromNs: bigint,
  toNs: bigint,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    if (label.static || fromNs >= toNs) return label;
    const [begun] = withKeyframeAt(label, fromNs);
    const [fixed] = withKeyframeAt(begun, toNs);
    const isBetween = (timeNs: bigint): boolean => fromNs < timeNs && timeNs < toNs;
    const straight = new Track({
      ...fixed,
      keyframes: fixed.keyframes.filter(({ time_ns }) => !isBetween(BigInt(time_ns))),
    });
    return {
      ...fixed,
      keyframes: fixed.keyframes.flatMap((keyframe) => {
        const timeNs = BigInt(keyframe.time_ns);
        if (!isBetween(timeNs)) return [keyframe];
        if (keyframe.attributes === undefined && keyframe.gap_after !== true) return [];
        const { position_m, quat_xyzw, size_m } = straight.extended(timeNs);
        const ownSize = keyframe.size_m === undefined ? {} : { size_m };
        return [{ ...keyframe, position_m, quat_xyzw, ...ownSize }];
      }),
    };
  });
}

/** Front becomes back at these times alone; made keyframes where there were none. */
export function flipAt(
  document: ReadableDocument,
  labelId: LabelId,
  timesNs: readonly bigint[],
): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    const flip = (current: CuboidLabel, timeNs: bigint): CuboidLabel =>
      changeKeyframe(current, timeNs, (keyframe) => ({
        ...keyframe,
        quat_xyzw: flipped({ ...keyframe, size_m: label.size_m }).quat_xyzw,
      }));
    if (label.static) return flip(label, timesNs[0] ?? 0n);
    // First all keyframes, then the flips: a flipped neighbour must not bend the pose of the next one.
    const keyed = timesNs.reduce((current, timeNs) => withKeyframeAt(current, timeNs)[0], label);
    return timesNs.reduce(flip, keyed);
  });
}

/** The label with these poses at these times. */
export function setPosesAt(
  document: ReadableDocument,
  labelId: LabelId,
  poses: readonly { readonly timeNs: bigint; readonly pose: RigidTransform }[],
): RecordsDiff {
  return editCuboid(document, labelId, (label) =>
    poses.reduce((current, { timeNs, pose }) => withPose(current, timeNs, pose), label),
  );
}
