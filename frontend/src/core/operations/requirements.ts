import { isProposedAt } from '../assist/proposal';
import { isCuboid, type CuboidLabel, type Label } from '../document/label';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';

/** Conditions of operations; each gives the reason why not, in a sentence, or null. */
export type Requirement = (context: EditorContext) => string | null;

/** The first reason of several. */
export function all(...requirements: readonly Requirement[]): Requirement {
  return (context) => {
    for (const requirement of requirements) {
      const reason = requirement(context);
      if (reason !== null) return reason;
    }
    return null;
  };
}

export const needsSelection: Requirement = (context) =>
  context.session.get().selection.length > 0 ? null : 'Select a label first.';

export const needsOneBox: Requirement = (context) =>
  isCuboid(context.selectedLabel()) ? null : 'Select one box first.';

export const needsEditable: Requirement = (context) => {
  if (context.readOnlyReason !== null) return context.readOnlyReason;
  for (const id of context.session.get().selection) {
    const reason = context.lockedReason(id);
    if (reason !== null) return reason;
  }
  return null;
};

export const needsEditableBox = all(needsOneBox, needsEditable);

export const needsMovingBox = all(needsEditableBox, (context) =>
  selectedBox(context)?.static === true ? 'This box is static: it has one pose for all times.' : null,
);

/** Where a track is proposed, the label's own state is not what is seen. */
export const needsOwnBox = all(needsMovingBox, (context) => {
  const box = selectedBox(context);
  const proposal = box === null ? null : context.assist.proposalOf(box.id);
  return proposal !== null && isProposedAt(proposal, context.session.get().timeNs)
    ? 'A track is proposed here: accept or refuse it first.'
    : null;
});

export const needsKeyframeHere = all(needsOwnBox, (context) => {
  const box = selectedBox(context);
  const { timeNs } = context.session.get();
  return box !== null && trackOf(box).keyframeAt(timeNs) !== null
    ? null
    : 'There is no keyframe at this time.';
});

/** The one selected box, or null. */
export function selectedBox(context: EditorContext): CuboidLabel | null {
  const label = context.selectedLabel();
  return isCuboid(label) ? label : null;
}

/** All selected labels that are there. */
export function selectedLabels(context: EditorContext): Label[] {
  return context.session.get().selection.flatMap((id) => {
    const label = context.document.get(id);
    return label === undefined ? [] : [label];
  });
}
