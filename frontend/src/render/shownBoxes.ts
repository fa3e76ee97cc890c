import type { LabelId } from '../core/document/ids';
import { isCuboid, type Label } from '../core/document/label';
import { trackOf, type Track } from '../core/geometry/track';
import type { SessionState } from '../core/session/session';
import type { PickableBox } from './picking/pickLabel';
import type { ShownBox } from './layers/boxesLayer';

/** A box in the views: what is drawn and what can be picked. */
export type VisibleBox = ShownBox &
  PickableBox & {
    /** The label in time: pictures show it at each line's own moment. */
    readonly track: Track;
  };

/** The colour of a class on the dark views. */
export type ColorOfClass = (className: string) => string;

/** The boxes that exist and are not hidden at a time. */
export function visibleBoxes(
  labels: ReadonlyMap<LabelId, Label>,
  session: SessionState,
  timeNs: bigint,
  colorOf: ColorOfClass,
): VisibleBox[] {
  const boxes: VisibleBox[] = [];
  for (const label of labels.values()) {
    if (!isCuboid(label) || session.hidden.has(label.id)) continue;
    const track = trackOf(label);
    const state = track.at(timeNs);
    if (state === null) continue;
    boxes.push({
      labelId: label.id,
      track,
      state,
      color: colorOf(label.class),
      isSelected: session.selection.includes(label.id),
      isHovered: session.hover?.labelId === label.id,
    });
  }
  return boxes;
}
