import type { Editor } from '../../core/editor';
import type { Ray } from '../../core/geometry/ray';
import type { Hit, Modifiers, PointerInput, ViewRef } from '../../core/tools/input';

/** What a view lets the pointer do. */
export interface ViewController {
  viewRef(): ViewRef;
  rayThrough(x_px: number, y_px: number): Ray | null;
  /** @param seeksPoints the cloud's points are meant, also where the tool in hand is about labels. */
  hitAt(x_px: number, y_px: number, seeksPoints?: boolean): Hit;
  /** A drag of the view itself. */
  dragView(kind: ViewDrag, dx_px: number, dy_px: number): void;
  /** factor < 1: nearer. */
  zoomAt(factor: number, x_px: number, y_px: number): void;
  doubleClick(x_px: number, y_px: number): void;
  /** True: the view used the press itself (a button drawn in it). */
  pressOwn?(x_px: number, y_px: number): boolean;
  /** The pointer goes over the view without pressing. */
  hovered?(x_px: number, y_px: number): void;
  left?(): void;
  /** The CSS cursor over what is under the pointer, where the tool's own is not precise enough. */
  cursorFor(hit: Hit): string | null;
}

export type ViewDrag = 'turn' | 'pan';

/** A press that moves less than this is a click; the tools use the same number. */
const CLICK_SLOP_PX = 4;
const CURSORS: Readonly<Record<string, string>> = {
  rotate: 'grab',
  resize: 'nwse-resize',
  grabbing: 'grabbing',
};

interface Press {
  readonly pointerId: number;
  /** `edit`: the tools have it; `view`: the view moves; `open`: a click, or the beginning of a view drag. */
  mode: 'edit' | 'view' | 'open';
  readonly drag: ViewDrag;
  readonly down: PointerInput | null;
  readonly x_px: number;
  readonly y_px: number;
  lastX_px: number;
  lastY_px: number;
}

/**
 * The only listener to the pointer in a view. The left button goes to the tool in hand, but a drag on what is not
 * selected moves the view: so nothing is moved by accident. The middle button turns, the right one pans.
 */
export class ViewInput {
  readonly #element: HTMLElement;
  readonly #editor: Editor;
  readonly #controller: ViewController;
  readonly #abort = new AbortController();
  #press: Press | null = null;

  constructor(element: HTMLElement, editor: Editor, controller: ViewController) {
    this.#element = element;
    this.#editor = editor;
    this.#controller = controller;
    const options = { signal: this.#abort.signal };
    element.addEventListener('pointerdown', this.#down, options);
    element.addEventListener('pointermove', this.#move, options);
    element.addEventListener('pointerup', this.#up, options);
    element.addEventListener('pointercancel', this.#cancel, options);
    element.addEventListener('pointerleave', this.#leave, options);
    element.addEventListener('dblclick', this.#doubleClick, options);
    element.addEventListener('wheel', this.#wheel, { ...options, passive: false });
    element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
  }

  dispose(): void {
    if (this.#press?.mode === 'edit') this.#editor.cancelGesture();
    this.#abort.abort();
  }

  #down = (event: PointerEvent): void => {
    if (this.#press !== null) return;
    const [x, y] = this.#at(event);
    if (event.button === 0 && this.#controller.pressOwn?.(x, y) === true) return;
    // Typing in a field ends where the work goes on in a view.
    if (document.activeElement instanceof HTMLElement && document.activeElement !== document.body) {
      document.activeElement.blur();
    }
    event.preventDefault();
    this.#element.setPointerCapture(event.pointerId);
    const drag: ViewDrag = event.button === 2 || event.shiftKey ? 'pan' : 'turn';
    const down =
      event.button === 0
        ? this.#input(event, 'down', this.#controller.hitAt(x, y, seeksPoints(event)))
        : null;
    const mode = down === null ? 'view' : this.#isOpen(down) ? 'open' : 'edit';
    this.#press = {
      pointerId: event.pointerId,
      mode,
      drag,
      down,
      x_px: x,
      y_px: y,
      lastX_px: x,
      lastY_px: y,
    };
    if (mode === 'edit' && down !== null) this.#editor.pointer(down);
    this.#showCursor(down?.hit ?? { kind: 'none' });
  };

  #move = (event: PointerEvent): void => {
    // The mouse is caught: there is no pointer that could be over anything.
    if (document.pointerLockElement === this.#element) return;
    const [x, y] = this.#at(event);
    const press = this.#press;
    if (press === null) {
      const hit = this.#controller.hitAt(x, y, seeksPoints(event));
      const input = this.#input(event, 'move', hit);
      if (input !== null) this.#editor.pointer(input);
      this.#controller.hovered?.(x, y);
      this.#showCursor(hit);
      return;
    }
    if (press.pointerId !== event.pointerId) return;
    if (press.mode === 'edit') {
      const input = this.#input(event, 'move', { kind: 'none' });
      if (input !== null) this.#editor.pointer(input);
      return;
    }
    if (press.mode === 'open') {
      if (Math.hypot(x - press.x_px, y - press.y_px) < CLICK_SLOP_PX) return;
      press.mode = 'view';
      this.#element.style.cursor = 'grabbing';
    }
    this.#controller.dragView(press.drag, x - press.lastX_px, y - press.lastY_px);
    press.lastX_px = x;
    press.lastY_px = y;
  };

  #up = (event: PointerEvent): void => {
    const press = this.#press;
    if (press?.pointerId !== event.pointerId) return;
    this.#press = null;
    const [x, y] = this.#at(event);
    const hit = this.#controller.hitAt(x, y);
    const input = this.#input(event, 'up', press.mode === 'edit' ? { kind: 'none' } : hit);
    if (press.mode === 'open' && press.down !== null) {
      this.#editor.pointer(press.down);
      this.#editor.pointer({ ...press.down, type: 'up' });
    } else if (press.mode === 'edit') {
      if (input === null) this.#editor.cancelGesture();
      else this.#editor.pointer(input);
    }
    this.#showCursor(hit);
  };

  #cancel = (event: PointerEvent): void => {
    if (this.#press?.pointerId !== event.pointerId) return;
    if (this.#press.mode === 'edit') this.#editor.cancelGesture();
    this.#press = null;
  };

  #leave = (): void => {
    this.#controller.left?.();
    if (this.#press !== null) return;
    this.#editor.session.setHover(null);
    this.#editor.session.set({ cursor_m: null });
  };

  #doubleClick = (event: MouseEvent): void => {
    const [x, y] = this.#at(event);
    this.#controller.doubleClick(x, y);
  };

  #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const [x, y] = this.#at(event);
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 30;
    this.#controller.zoomAt(Math.exp(Math.max(-120, Math.min(120, pixels)) * 0.0016), x, y);
  };

  /** True where a drag shall move the view and not a label. */
  #isOpen(down: PointerInput): boolean {
    if (this.#editor.session.get().toolId !== 'select') return false;
    const { hit } = down;
    return hit.kind !== 'handle';
  }

  #input(event: PointerEvent, type: PointerInput['type'], hit: Hit): PointerInput | null {
    const [x, y] = this.#at(event);
    const ray = this.#controller.rayThrough(x, y);
    if (ray === null) return null;
    return {
      type,
      button: Math.max(event.button, 0),
      view: this.#controller.viewRef(),
      screen_px: [x, y],
      ray,
      hit,
      modifiers: modifiersOf(event),
    };
  }

  #at(event: MouseEvent): readonly [number, number] {
    const rect = this.#element.getBoundingClientRect();
    return [event.clientX - rect.left, event.clientY - rect.top];
  }

  #showCursor(hit: Hit): void {
    const { cursor } = this.#editor.tool.get();
    this.#element.style.cursor = this.#controller.cursorFor(hit) ?? CURSORS[cursor] ?? cursor;
  }
}

/** Ctrl without Shift, whose drags pan: a click makes a box of the points under it. */
function seeksPoints(event: PointerEvent): boolean {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
}

export function modifiersOf(event: MouseEvent | KeyboardEvent): Modifiers {
  return { shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey };
}
