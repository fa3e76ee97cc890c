import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { ReadableDocument } from '../document/store';
import { boxPoint } from '../geometry/box';
import { add } from '../geometry/vec3';
import { editCuboid } from './editCuboid';

/** Sets the middle of the box's bottom on the ground at every keyframe where its height is known. */
export function putOnGround(
  document: ReadableDocument,
  labelId: LabelId,
  zAt: (x_m: number, y_m: number) => number | null,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => ({
    ...label,
    keyframes: label.keyframes.map((keyframe) => {
      const [x, y, z] = boxPoint({ ...keyframe, size_m: keyframe.size_m ?? label.size_m }, [0, 0, -1]);
      const groundZ = zAt(x, y);
      if (groundZ === null) return keyframe;
      return { ...keyframe, position_m: add(keyframe.position_m, [0, 0, groundZ - z]) };
    }),
  }));
}
