import type { LabelId } from '../../core/document/ids';
import type { Stage } from '../stage';
import { ORTHO_SIDES, type OrthoSide } from '../views/orthoCamera';
import { OrthoView } from '../views/orthoView';
import { CellSpace, type CellPorts } from './cellSpace';

/** The three views of a label at one time. What they made goes with `dispose`. */
export class CellViews {
  readonly space: CellSpace;
  readonly orthos: Readonly<Record<OrthoSide, OrthoView>>;

  constructor(labelId: LabelId, timeNs: bigint, ports: CellPorts & { readonly requestDraw: () => void }) {
    const { editor, requestDraw } = ports;
    const space = new CellSpace(labelId, timeNs, ports);
    this.space = space;
    const ortho = (side: OrthoSide): OrthoView =>
      new OrthoView(side, {
        editor,
        space,
        id: `cell:${timeNs}:${side}`,
        selected: () => space.selected,
        isCompact: true,
        // What is pulled in a cell is pulled at its time.
        onPress: () => editor.session.set({ timeNs, isPlaying: false }),
        requestDraw,
      });
    this.orthos = { top: ortho('top'), side: ortho('side'), front: ortho('front') };
  }

  /** Gives the views their places; the result takes them away again. */
  attach(
    stage: Stage,
    places: Readonly<
      Record<OrthoSide, { readonly element: HTMLElement; readonly overlay: HTMLCanvasElement }>
    >,
  ): () => void {
    const detach = ORTHO_SIDES.map((side) =>
      stage.attach(this.orthos[side], places[side].element, places[side].overlay),
    );
    return () => {
      for (const stop of detach) stop();
    };
  }

  dispose(): void {
    this.space.dispose();
  }
}
