import { setPosesAt } from '../../core/actions/keyframesAt';
import { withPoseEverywhere } from '../../core/actions/offsetTrack';
import { editCuboid } from '../../core/actions/editCuboid';
import { movedBy } from '../../core/actions/poseBox';
import { stateAt } from '../../core/actions/keyframes';
import { isCuboid } from '../../core/document/label';
import { scale, type Vec3 } from '../../core/geometry/vec3';
import { operation, type Operation } from '../../core/operations/operation';
import { OrthoView } from '../../render/views/orthoView';
import type { Labelling } from './labelling';

const STEP_M = 0.05;

/** Moving the box by the arrow keys in the plane of the view under the pointer: up is up on the screen. */
export function planeNudging(labelling: Labelling): Operation[] {
  return [
    nudge(labelling, 'right', 'ArrowRight', ({ right }) => right),
    nudge(labelling, 'left', 'ArrowLeft', ({ right }) => scale(right, -1)),
    nudge(labelling, 'up', 'ArrowUp', ({ up }) => up),
    nudge(labelling, 'down', 'ArrowDown', ({ up }) => scale(up, -1)),
  ];
}

function nudge(
  labelling: Labelling,
  way: string,
  key: string,
  direction: (axes: { readonly right: Vec3; readonly up: Vec3 }) => Vec3,
): Operation {
  const { editor } = labelling;
  const viewUnder = (): OrthoView | null => {
    const view = labelling.stage.viewUnderPointer;
    return view instanceof OrthoView && view.hasScene ? view : null;
  };
  const title = `Move ${way} in the view under the pointer`;
  return operation({
    id: `plane.${way}`,
    title,
    group: 'label',
    keys: [`ctrl+shift+${key}`],
    repeats: true,
    takesUp: 'box',
    disabledReason: () => {
      const label = editor.selectedLabel();
      if (!isCuboid(label)) return 'Select one box first.';
      if (viewUnder() === null) return 'Point at a top, side or front view of the box first.';
      return editor.lockedReason(label.id);
    },
    run: () => {
      const view = viewUnder();
      const label = editor.selectedLabel();
      if (view === null || !isCuboid(label)) return;
      // A cell of the batch view is worked in at its own time.
      view.pressOwn();
      const { timeNs, editsAllKeyframes } = editor.session.get();
      const pose = movedBy(stateAt(label, timeNs), scale(direction(view.ortho.axes()), STEP_M));
      editor.edit(
        'Move box',
        editsAllKeyframes
          ? editCuboid(editor.document, label.id, (now) => withPoseEverywhere(now, timeNs, pose))
          : setPosesAt(editor.document, label.id, [{ timeNs, pose }]),
      );
    },
  });
}
