import { newBox } from '../../actions/createBox';
import { labelId } from '../../document/ids';
import type { CuboidLabel } from '../../document/label';
import type { OntologyClass } from '../../document/ontology';
import type { EditorContext } from '../../editor/context';
import type { BoxState } from '../../geometry/box';
import type { Gesture } from '../gesture';

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
