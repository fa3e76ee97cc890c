import type { OntologyClass } from '../../document/ontology';
import type { EditorContext } from '../../editor/context';
import type { Vec3 } from '../../geometry/vec3';
import type { PointerInput } from '../input';
import { hasMoved } from '../select/pointing';
import type { Cursor, Home, ToolState } from '../tool';
import { Drawing } from './drawing';
import { clickBox } from './newLabel';
import { classForBox, groundPoint } from './placement';

/** Waiting for the press that begins a box. */
export class Ready implements ToolState {
  readonly name = 'ready';
  readonly cursor: Cursor = 'crosshair';
  readonly prompt = 'Click the points of an object, or drag from rear to front.';
  readonly isGesture = false;
  readonly #context: EditorContext;

  constructor(context: EditorContext) {
    this.#context = context;
  }

  pointer(input: PointerInput): ToolState {
    if (input.type === 'move') this.#context.session.set({ cursor_m: groundPoint(this.#context, input) });
    if (input.type !== 'down' || input.button !== 0) return this;
    const ontologyClass = classForBox(this.#context);
    const ground_m = groundPoint(this.#context, input);
    if (ontologyClass === undefined || ground_m === null || this.#context.readOnlyReason !== null)
      return this;
    return new Pressed(this.#context, input, ontologyClass, ground_m, () => new Ready(this.#context));
  }

  cancel(): ToolState {
    return this;
  }
}

/** Pressed on the ground: a click or the beginning of a drawn box. */
class Pressed implements ToolState {
  readonly name = 'pressed';
  readonly cursor: Cursor = 'crosshair';
  readonly prompt = 'Drag to the front of the object.';
  readonly isGesture = false;
  readonly #context: EditorContext;
  readonly #down: PointerInput;
  readonly #class: OntologyClass;
  readonly #ground_m: Vec3;
  readonly #home: Home;

  constructor(
    context: EditorContext,
    down: PointerInput,
    ontologyClass: OntologyClass,
    ground_m: Vec3,
    home: Home,
  ) {
    this.#home = home;
    this.#context = context;
    this.#down = down;
    this.#class = ontologyClass;
    this.#ground_m = ground_m;
  }

  pointer(input: PointerInput): ToolState {
    if (input.type === 'cancel') return this.cancel();
    if (input.type === 'move' && hasMoved(this.#down, input)) {
      return new Drawing(this.#context, this.#class, this.#ground_m, this.#home).pointer(input);
    }
    if (input.type !== 'up') return this;
    clickBox(this.#context, this.#class, this.#ground_m, this.#down.hit);
    return this.#home();
  }

  cancel(): ToolState {
    return this.#home();
  }
}
