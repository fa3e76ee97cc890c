import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { Track, trackOf } from '../geometry/track';
import { editCuboid, without } from './editCuboid';

/** The pose of the keyframe at this time becomes what its neighbours say; what it says of attributes stays. */
export function interpolatePose(document: ReadableDocument, labelId: LabelId, timeNs: bigint): RecordsDiff {
  return changeHere(document, labelId, timeNs, (label, index) => {
    if (label.keyframes.length < 2) return label;
    const others = label.keyframes.filter((_, i) => i !== index);
    const state = new Track({ ...label, keyframes: others }).extended(timeNs);
    return {
      ...label,
      keyframes: label.keyframes.map((keyframe, i) =>
        i !== index
          ? keyframe
          : {
              ...keyframe,
              position_m: state.position_m,
              quat_xyzw: state.quat_xyzw,
              ...(keyframe.size_m === undefined ? {} : { size_m: state.size_m }),
            },
      ),
    };
  });
}

/** The keyframe at this time says nothing of attributes any more: those from before hold on; its pose stays. */
export function interpolateAttributes(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
): RecordsDiff {
  return changeHere(document, labelId, timeNs, (label, index) => ({
    ...label,
    keyframes: label.keyframes.map((keyframe, i) =>
      i === index ? without(keyframe, 'attributes') : keyframe,
    ),
  }));
}

function changeHere(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  change: (label: CuboidLabel, index: number) => CuboidLabel,
): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    const index = trackOf(label).keyframeAt(timeNs);
    return index === null ? label : change(label, index);
  });
}
