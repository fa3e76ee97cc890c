import type { EditorContext } from '../editor/context';
import type { KeyInput, PointerInput } from './input';

/** What a tool tells the screen: the pointer's shape and one line of what to do next. */
export interface ToolStatus {
  /** The machine's state, as in `select.moving`. */
  readonly path: string;
  readonly cursor: Cursor;
  readonly prompt: string;
  /** The prompt says how the tool is used at all, not what to do now: who knows it may hide it. */
  readonly isHint: boolean;
}

export type Cursor =
  'default' | 'pointer' | 'crosshair' | 'move' | 'grabbing' | 'rotate' | 'resize' | 'not-allowed';

/**
 * One state of a tool. Exactly one is active; an event returns the state to go to, or itself. A gesture marks the
 * history when it is entered, recomputes from its snapshot on every move, and ends in one step of undo or in none.
 */
export interface ToolState {
  readonly name: string;
  readonly cursor: Cursor;
  readonly prompt: string;
  /** True from the press that may change something until it is done: nothing is sent meanwhile. */
  readonly isGesture: boolean;
  pointer(input: PointerInput): ToolState;
  /** Null: this state has no use for the key. */
  key?(input: KeyInput): ToolState | null;
  /** Escape, loss of focus, another tool, the end of the right to edit: as if it had not begun. */
  cancel(): ToolState;
}

export interface ToolDefinition {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
  /** True for tools that only make sense where labels can be changed. */
  readonly edits: boolean;
  /** Why it can't be used here, or null. */
  disabledReason?(context: EditorContext): string | null;
  start(context: EditorContext): ToolState;
}

/** Goes back to where a tool begins; handed to its other states, so that they need not know that state. */
export type Home = () => ToolState;
