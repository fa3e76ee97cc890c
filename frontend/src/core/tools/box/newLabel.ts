import { newBox } from '../../actions/createBox';
import { labelId } from '../../document/ids';
import type { CuboidLabel } from '../../document/label';
import type { OntologyClass } from '../../document/ontology';
import type { EditorContext } from '../../editor/context';
import type { BoxState } from '../../geometry/box';
import type { Vec3 } from '../../geometry/vec3';
import { Gesture } from '../gesture';
import type { Hit } from '../input';
import { clickedBox } from './placement';

/** The new label of a box, at the current time, with a life of the whole clip. */
export function labelOf(context: EditorContext, ontologyClass: OntologyClass, state: BoxState): CuboidLabel {
  const { clip, session } = context;
  return newBox({
    id: labelId(context.newId()),
    ontologyClass,
    state,
    timeNs: session.get().timeNs,
    life: { fromNs: clip.startNs, toNs: clip.endNs },
  });
}

/** Selects the new box and goes back to the select tool, where its faces can be pulled. */
export function finish(context: EditorContext, gesture: Gesture): void {
  context.session.select(gesture.labelId);
  gesture.commit();
  context.setTool('select');
}

/**
 * A click on an object's points, or on the ground: a box of the class's usual size there, which fits itself to the points
 * that were clicked on.
 */
export function clickBox(
  context: EditorContext,
  ontologyClass: OntologyClass,
  ground_m: Vec3,
  hit: Hit,
): void {
  const label = labelOf(context, ontologyClass, clickedBox(context, ontologyClass, ground_m));
  const gesture = new Gesture(context, `New ${ontologyClass.title.toLowerCase()}`, label.id);
  gesture.preview(label);
  finish(context, gesture);
  if (hit.kind === 'point') context.assist.fit(label.id, hit.point_m);
}
