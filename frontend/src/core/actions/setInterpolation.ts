import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { editCuboid } from './editCuboid';

/** Straight from keyframe to keyframe, or in a curve through them. */
export function setInterpolation(
  document: ReadableDocument,
  labelId: LabelId,
  interpolation: CuboidLabel['interpolation'],
): RecordsDiff {
  return editCuboid(document, labelId, (label) =>
    label.interpolation === interpolation ? label : { ...label, interpolation },
  );
}
