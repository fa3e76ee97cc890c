import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { ReadableDocument } from '../document/store';
import { flipped } from './poseBox';
import { editCuboid } from './editCuboid';

/** Front becomes back at every keyframe: a heading that is wrong is wrong all along. */
export function flipHeading(document: ReadableDocument, labelId: LabelId): RecordsDiff {
  return editCuboid(document, labelId, (label) => ({
    ...label,
    keyframes: label.keyframes.map((keyframe) => ({
      ...keyframe,
      quat_xyzw: flipped({ ...keyframe, size_m: label.size_m }).quat_xyzw,
    })),
  }));
}
