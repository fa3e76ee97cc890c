import { isCuboid } from '../../document/label';
import type { EditorContext } from '../../editor/context';
import type { PointerInput } from '../input';
import type { Cursor, Home, ToolState } from '../tool';
import { Dragging, type Grab } from './dragging';

/** A press that moves less than this is a click. */
export const CLICK_SLOP_PX = 4;

/** Pressed, not yet moved: a click or the beginning of a drag. */
export class Pointing implements ToolState {
  readonly name = 'pointing';
  readonly cursor: Cursor = 'default';
  readonly prompt = '';
  readonly isGesture = false;
  readonly #context: EditorContext;
  readonly #down: PointerInput;
  readonly #grab: Grab | null;
  readonly #home: Home;
  readonly #click: () => void;

  constructor(context: EditorContext, down: PointerInput, grab: Grab | null, home: Home, click: () => void) {
    this.#click = click;
    this.#context = context;
    this.#home = home;
    this.#down = down;
    this.#grab = grab;
  }

  pointer(input: PointerInput): ToolState {
    if (input.type === 'cancel') return this.cancel();
    if (input.type === 'up') {
      this.#click();
      return this.#home();
    }
    if (input.type !== 'move' || !hasMoved(this.#down, input)) return this;
    return this.#drag(input);
  }

  cancel(): ToolState {
    return this.#home();
  }

  #drag(input: PointerInput): ToolState {
    const grab = this.#grab;
    const label = grab === null ? undefined : this.#context.document.get(grab.labelId);
    if (grab === null || !isCuboid(label) || this.#context.lockedReason(grab.labelId) !== null) return this;
    if (!this.#context.session.get().selection.includes(grab.labelId))
      this.#context.session.select(grab.labelId);
    return new Dragging(this.#context, this.#down, grab, label, this.#home).pointer(input);
  }
}

export function hasMoved(down: PointerInput, input: PointerInput): boolean {
  const du = input.screen_px[0] - down.screen_px[0];
  const dv = input.screen_px[1] - down.screen_px[1];
  return Math.hypot(du, dv) >= CLICK_SLOP_PX;
}
