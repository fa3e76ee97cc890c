import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { rotate } from '../geometry/quat';
import { add, type Vec3 } from '../geometry/vec3';
import { editCuboid, without } from './editCuboid';
import { changeKeyframe, hasOwnSizes, stateAt } from './keyframes';
import { resized, resizeShift } from './poseBox';

/**
 * The label with another size. A thing doesn't change its size by being looked at later: the new size holds at all
 * times, and at every keyframe the same side stays where it is (`anchor` as in `resized`), so that a rear that was
 * fitted everywhere stays fitted. Only a label whose keyframes hold sizes of their own changes at this time alone.
 */
export function withSize(label: CuboidLabel, timeNs: bigint, size_m: Vec3, anchor: Vec3): CuboidLabel {
  const state = stateAt(label, timeNs);
  const target = resized(state, size_m, anchor);
  if (hasOwnSizes(label)) {
    return changeKeyframe(label, timeNs, (keyframe) => ({
      ...keyframe,
      position_m: target.position_m,
      size_m: target.size_m,
    }));
  }
  const shift = resizeShift(label.size_m, target.size_m, anchor);
  return {
    ...label,
    size_m: target.size_m,
    keyframes: label.keyframes.map((keyframe) => ({
      ...keyframe,
      position_m: add(keyframe.position_m, rotate(keyframe.quat_xyzw, shift)),
    })),
  };
}

export function resizeBox(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  size_m: Vec3,
  anchor: Vec3,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => withSize(label, timeNs, size_m, anchor));
}

/** Makes the size at this time the size at all times: keyframes lose theirs, their bottoms stay where they are. */
export function useSizeEverywhere(document: ReadableDocument, labelId: LabelId, timeNs: bigint): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    if (!hasOwnSizes(label)) return label;
    const { size_m } = stateAt(label, timeNs);
    const keyframes = label.keyframes.map((keyframe) => {
      const shift = resizeShift(keyframe.size_m ?? label.size_m, size_m, [0, 0, -1]);
      return {
        ...without(keyframe, 'size_m'),
        position_m: add(keyframe.position_m, rotate(keyframe.quat_xyzw, shift)),
      };
    });
    return { ...label, size_m, keyframes };
  });
}
