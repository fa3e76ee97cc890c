import { createBox, newBox, type Life } from './createBox';
import { withPose } from './keyframes';
import { editCuboid } from './editCuboid';
import { withSize } from './resizeBox';
import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import { isCuboid, type Attributes, type Label } from '../document/label';
import type { OntologyClass } from '../document/ontology';
import type { ReadableDocument } from '../document/store';
import type { BoxState } from '../geometry/box';
import { trackOf } from '../geometry/track';

/** What a copied box says: how it was at one time. */
export interface CopiedBox {
  readonly class: string;
  readonly attributes: Attributes;
  readonly static: boolean;
  readonly state: BoxState;
}

export function copyBox(label: Label, timeNs: bigint): CopiedBox | null {
  if (!isCuboid(label)) return null;
  const track = trackOf(label);
  return {
    class: label.class,
    attributes: track.attributesAt(timeNs),
    static: label.static,
    state: track.extended(timeNs),
  };
}

/** A new box like the copied one, in its place in the world, with a keyframe at this time. */
export function pasteBox(options: {
  readonly copied: CopiedBox;
  readonly id: LabelId;
  readonly ontologyClass: OntologyClass;
  readonly timeNs: bigint;
  readonly life: Life;
}): RecordsDiff {
  const { copied, ...rest } = options;
  const label = newBox({ ...rest, state: copied.state });
  return createBox({ ...label, attributes: copied.attributes, static: copied.static });
}

/** The box gets the copied one's size and, at this time, its pose. */
export function pastePose(
  document: ReadableDocument,
  labelId: LabelId,
  timeNs: bigint,
  state: BoxState,
): RecordsDiff {
  return editCuboid(document, labelId, (label) =>
    withPose(withSize(label, timeNs, state.size_m, [0, 0, -1]), timeNs, state),
  );
}
