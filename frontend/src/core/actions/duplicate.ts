import { diffOf, EMPTY_DIFF, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { rotate } from '../geometry/quat';
import { add } from '../geometry/vec3';
import { without } from './editCuboid';

/** Room between a box and its copy, metres. */
const CLEARANCE_M = 0.5;

/** A copy of a box under another id, all of its life, standing to the left of it. */
export function duplicate(document: ReadableDocument, labelId: LabelId, newId: LabelId): RecordsDiff {
  const label = document.get(labelId);
  if (!isCuboid(label)) return EMPTY_DIFF;
  const keyframes = label.keyframes.map((keyframe) => ({
    ...keyframe,
    position_m: add(
      keyframe.position_m,
      rotate(keyframe.quat_xyzw, [0, (keyframe.size_m ?? label.size_m)[1] + CLEARANCE_M, 0]),
    ),
  }));
  return diffOf(undefined, { ...without(label, 'origin'), id: newId, keyframes });
}
