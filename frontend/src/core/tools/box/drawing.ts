import type { CuboidLabel } from '../../document/label';
import type { OntologyClass } from '../../document/ontology';
import type { EditorContext } from '../../editor/context';
import { MIN_SIZE_M } from '../../actions/poseBox';
import { rotate } from '../../geometry/quat';
import { dot, subtract, type Vec3 } from '../../geometry/vec3';
import { Gesture } from '../gesture';
import type { PointerInput } from '../input';
import type { Cursor, Home, ToolState } from '../tool';
import { drawnBox, groundPoint } from './placement';
import { finish, labelOf } from './newLabel';

/** A box being drawn from its rear to its front. */
export class Drawing implements ToolState {
  readonly name = 'drawing';
  readonly cursor: Cursor = 'crosshair';
  readonly prompt = 'Release at the front; with Shift, the next click sets the width. Esc: take back.';
  readonly isGesture = true;
  readonly #context: EditorContext;
  readonly #class: OntologyClass;
  readonly #rear_m: Vec3;
  readonly #gesture: Gesture;
  readonly #first: CuboidLabel;
  readonly #home: Home;

  constructor(context: EditorContext, ontologyClass: OntologyClass, rear_m: Vec3, home: Home) {
    this.#home = home;
    this.#context = context;
    this.#class = ontologyClass;
    this.#rear_m = rear_m;
    this.#first = labelOf(context, ontologyClass, drawnBox(ontologyClass, rear_m, rear_m));
    this.#gesture = new Gesture(context, `New ${ontologyClass.title.toLowerCase()}`, this.#first.id);
  }

  pointer(input: PointerInput): ToolState {
    if (input.type === 'cancel') return this.cancel();
    const front_m = groundPoint(this.#context, { ...input, hit: withoutOwn(input, this.#first) });
    const label = front_m === null ? null : this.#labelTo(front_m);
    if (label !== null) this.#gesture.preview(label);
    if (input.type !== 'up') return this;
    if (this.#context.document.get(this.#first.id) === undefined) return this.cancel();
    if (input.modifiers.shift && label !== null)
      return new Widening(this.#context, this.#gesture, label, this.#home);
    finish(this.#context, this.#gesture);
    return this.#home();
  }

  cancel(): ToolState {
    this.#gesture.bail();
    return this.#home();
  }

  #labelTo(front_m: Vec3): CuboidLabel {
    const state = drawnBox(this.#class, this.#rear_m, front_m);
    const keyframes = this.#first.keyframes.map((keyframe) => ({
      ...keyframe,
      position_m: state.position_m,
      quat_xyzw: state.quat_xyzw,
    }));
    return { ...this.#first, size_m: state.size_m, keyframes };
  }
}

/** Length and heading are drawn: the pointer sets the width to both sides until it is clicked. */
class Widening implements ToolState {
  readonly name = 'widening';
  readonly cursor: Cursor = 'resize';
  readonly prompt = 'Click at the side of the object. Esc: take back.';
  readonly isGesture = true;
  readonly #context: EditorContext;
  readonly #gesture: Gesture;
  readonly #label: CuboidLabel;
  readonly #home: Home;

  constructor(context: EditorContext, gesture: Gesture, label: CuboidLabel, home: Home) {
    this.#home = home;
    this.#context = context;
    this.#gesture = gesture;
    this.#label = label;
  }

  pointer(input: PointerInput): ToolState {
    if (input.type === 'cancel') return this.cancel();
    const point_m = groundPoint(this.#context, { ...input, hit: withoutOwn(input, this.#label) });
    if (point_m !== null) this.#gesture.preview(this.#widened(point_m));
    if (input.type !== 'down' || input.button !== 0) return this;
    finish(this.#context, this.#gesture);
    return this.#home();
  }

  cancel(): ToolState {
    this.#gesture.bail();
    return this.#home();
  }

  #widened(point_m: Vec3): CuboidLabel {
    const keyframe = this.#label.keyframes[0];
    if (keyframe === undefined) return this.#label;
    const left = rotate(keyframe.quat_xyzw, [0, 1, 0]);
    const width = 2 * Math.abs(dot(subtract(point_m, keyframe.position_m), left));
    const [length, , height] = this.#label.size_m;
    return { ...this.#label, size_m: [length, Math.max(width, MIN_SIZE_M), height] };
  }
}

/** What the pointer hits but for the box being drawn, which always lies under it. */
function withoutOwn(input: PointerInput, label: CuboidLabel): PointerInput['hit'] {
  const { hit } = input;
  const isOwn = (hit.kind === 'label' || hit.kind === 'handle') && hit.labelId === label.id;
  return isOwn ? { kind: 'none' } : hit;
}
