import type { LabelId } from '../../document/ids';
import type { EditorContext } from '../../editor/context';
import type { HandleId } from '../handles';
import type { PointerInput } from '../input';
import type { Cursor, ToolState } from '../tool';
import { clickBox } from '../box/newLabel';
import { classForBox, groundPoint } from '../box/placement';
import { dragCursor } from './dragCursor';
import { Pointing } from './pointing';

/** Nothing pressed: shows what could be grabbed. */
export class Idle implements ToolState {
  readonly name = 'idle';
  readonly prompt =
    'Click a label to select it; drag its faces, edges or heading to fit it. Ctrl+click on points: a new box.';
  readonly isGesture = false;
  readonly cursor: Cursor;
  readonly #context: EditorContext;

  constructor(context: EditorContext, cursor: Cursor = 'default') {
    this.#context = context;
    this.cursor = cursor;
  }

  readonly #home = (): ToolState => new Idle(this.#context);

  pointer(input: PointerInput): ToolState {
    const { session } = this.#context;
    if (input.type === 'move') {
      session.setHover(hoverOf(input));
      const cursor = cursorOf(input, this.#context);
      return cursor === this.cursor ? this : new Idle(this.#context, cursor);
    }
    if (input.type !== 'down' || input.button !== 0) return this;
    return this.#press(input);
  }

  cancel(): ToolState {
    return this;
  }

  #press(input: PointerInput): ToolState {
    const { hit } = input;
    if (hit.kind === 'point' && input.modifiers.ctrl && this.#canBox())
      return new Pointing(this.#context, input, null, this.#home, () => this.#box(input));
    if (hit.kind !== 'handle' && hit.kind !== 'label')
      return new Pointing(this.#context, input, null, this.#home, () => {
        if (!input.modifiers.shift) this.#context.session.select();
      });
    const handle: HandleId = hit.kind === 'handle' ? hit.handle : 'body';
    const { labelId } = hit;
    const togglesOnClick = input.modifiers.shift && handle === 'body';
    if (!togglesOnClick && !this.#context.session.get().selection.includes(labelId)) {
      this.#context.session.select(labelId);
    }
    const grab = { labelId, handle, grab_m: hit.point_m };
    return new Pointing(this.#context, input, grab, this.#home, () => {
      if (togglesOnClick) this.#toggle(labelId);
    });
  }

  #canBox(): boolean {
    return this.#context.readOnlyReason === null && classForBox(this.#context) !== undefined;
  }

  /** A box for the object that was clicked on, without taking the box tool in hand. */
  #box(input: PointerInput): void {
    const ontologyClass = classForBox(this.#context);
    const ground_m = groundPoint(this.#context, input);
    if (ontologyClass !== undefined && ground_m !== null)
      clickBox(this.#context, ontologyClass, ground_m, input.hit);
  }

  #toggle(labelId: LabelId): void {
    const { selection } = this.#context.session.get();
    const others = selection.filter((id) => id !== labelId);
    this.#context.session.select(...(others.length < selection.length ? others : [...others, labelId]));
  }
}

function hoverOf(input: PointerInput): { labelId: LabelId; handle: HandleId | null } | null {
  const { hit } = input;
  if (hit.kind === 'handle') return { labelId: hit.labelId, handle: hit.handle };
  if (hit.kind === 'label') return { labelId: hit.labelId, handle: null };
  return null;
}

function cursorOf(input: PointerInput, context: EditorContext): Cursor {
  const { hit } = input;
  if (hit.kind === 'label') return 'pointer';
  if (hit.kind !== 'handle') return 'default';
  if (context.lockedReason(hit.labelId) !== null) return 'not-allowed';
  return dragCursor(hit.handle);
}
