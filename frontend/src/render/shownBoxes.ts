import { COLORS } from './colors';
import { confidenceAt } from '../core/assist/proposal';
import type { LabelId } from '../core/document/ids';
import { isCuboid, type Label } from '../core/document/label';
import { isPreLabel } from '../core/document/origin';
import { trackOf, type Track } from '../core/geometry/track';
import type { SessionState } from '../core/session/session';
import type { PickableBox } from './picking/pickLabel';
import type { ShownBox } from './layers/boxesLayer';

/** A box in the views: what is drawn and what can be picked. */
export type VisibleBox = ShownBox &
  PickableBox & {
    /** The label in time: pictures show it at each line's own moment. */
    readonly track: Track;
    /** How sure the machine is of a proposed box, 0 to 1; null for a person's own. */
    readonly confidence: number | null;
  };

/** The colour of a class on the dark views. */
export type ColorOfClass = (className: string) => string;

/** The boxes that exist and are not hidden at a time: of labels with a proposed track the proposed ones. */
export function visibleBoxes(
  labels: ReadonlyMap<LabelId, Label>,
  session: SessionState,
  timeNs: bigint,
  colorOf: ColorOfClass,
): VisibleBox[] {
  const boxes: VisibleBox[] = [];
  const proposals = new Map(session.proposals.map((proposal) => [proposal.labelId, proposal]));
  for (const own of labels.values()) {
    const proposal = proposals.get(own.id);
    const label = proposal?.label ?? own;
    if (!isCuboid(label) || session.hidden.has(label.id) || session.undrawn.has(label.id)) continue;
    const track = trackOf(label);
    const confidence = proposal === undefined ? null : confidenceAt(proposal, timeNs);
    const state = track.at(timeNs);
    if (state === null) continue;
    boxes.push({
      labelId: label.id,
      track,
      state,
      color: colorOf(label.class),
      isSelected: session.selection.includes(label.id),
      isHovered: session.hover?.labelId === label.id,
      isProposed: confidence !== null || isPreLabel(label),
      confidence,
    });
  }
  for (const ghost of session.ghosts) {
    const track = isCuboid(ghost) ? trackOf(ghost) : null;
    const state = track?.at(timeNs) ?? null;
    if (track === null || state === null) continue;
    const isHovered = session.hover?.labelId === ghost.id;
    boxes.push({
      labelId: ghost.id,
      track,
      state,
      color: session.ghostColors.get(ghost.id) ?? COLORS.attention,
      isSelected: false,
      isHovered,
      isProposed: true,
      confidence: null,
    });
  }
  return boxes;
}
