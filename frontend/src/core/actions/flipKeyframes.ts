import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { ReadableDocument } from '../document/store';
import { editCuboid } from './editCuboid';
import { flipped } from './poseBox';

/** Front becomes back at this keyframe and all later ones: the heading was mixed up from there on. */
export function flipKeyframes(document: ReadableDocument, labelId: LabelId, fromNs: bigint): RecordsDiff {
  return editCuboid(document, labelId, (label) => ({
    ...label,
    keyframes: label.keyframes.map((keyframe) =>
      BigInt(keyframe.time_ns) < fromNs
        ? keyframe
        : { ...keyframe, quat_xyzw: flipped({ ...keyframe, size_m: label.size_m }).quat_xyzw },
    ),
  }));
}
