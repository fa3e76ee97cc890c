import { stateAt, withPose } from '../../actions/keyframes';
import { withPoseEverywhere } from '../../actions/offsetTrack';
import { withSize } from '../../actions/resizeBox';
import type { LabelId } from '../../document/ids';
import type { CuboidLabel } from '../../document/label';
import type { EditorContext } from '../../editor/context';
import type { Vec3 } from '../../geometry/vec3';
import { moveDrag } from '../drags/move';
import { resizeDrag } from '../drags/resize';
import { rotateDrag } from '../drags/rotate';
import { Gesture } from '../gesture';
import { isSideHandle, type HandleId } from '../handles';
import type { PointerInput } from '../input';
import { dragCursor } from './dragCursor';
import type { Cursor, Home, ToolState } from '../tool';

/** What was grabbed, and where. */
export interface Grab {
  readonly labelId: LabelId;
  readonly handle: HandleId;
  readonly grab_m: Vec3;
}

/** A box being moved, turned or sized: every move is computed from the label as it was at the press. */
export class Dragging implements ToolState {
  readonly name: string;
  readonly cursor: Cursor;
  readonly prompt: string;
  readonly isGesture = true;
  readonly #home: Home;
  readonly #gesture: Gesture;
  readonly #solve: (input: PointerInput) => CuboidLabel | null;

  constructor(context: EditorContext, down: PointerInput, grab: Grab, label: CuboidLabel, home: Home) {
    this.#home = home;
    const kind = isSideHandle(grab.handle) ? 'resizing' : grab.handle === 'heading' ? 'rotating' : 'moving';
    this.name = kind;
    this.cursor = kind === 'moving' ? 'grabbing' : dragCursor(grab.handle);
    this.prompt = PROMPTS[kind];
    this.#gesture = new Gesture(context, TITLES[kind], label.id);
    const { timeNs, editsAllKeyframes } = context.session.get();
    this.#solve = solverOf(timeNs, down, grab, this.#gesture.takeUp() ?? label, editsAllKeyframes);
  }

  pointer(input: PointerInput): ToolState {
    if (input.type === 'cancel') return this.cancel();
    const label = this.#solve(input);
    if (label !== null) this.#gesture.preview(label);
    if (input.type !== 'up') return this;
    this.#gesture.commit();
    return this.#home();
  }

  cancel(): ToolState {
    this.#gesture.bail();
    return this.#home();
  }
}

const TITLES = { moving: 'Move box', rotating: 'Turn box', resizing: 'Resize box' } as const;
const PROMPTS = {
  moving: 'Shift: along its own axis. Alt: up and down. Ctrl: at all times. Esc: take back.',
  rotating: 'Ctrl: steps of 5°. Esc: take back.',
  resizing: 'Alt: about the middle. Esc: take back.',
} as const;

function solverOf(
  timeNs: bigint,
  down: PointerInput,
  grab: Grab,
  label: CuboidLabel,
  editsAllKeyframes: boolean,
): (input: PointerInput) => CuboidLabel | null {
  const start = stateAt(label, timeNs);
  const { handle, grab_m } = grab;
  if (isSideHandle(handle)) {
    const solve = resizeDrag(start, handle, down, grab_m);
    return (input) => {
      const result = solve(input);
      return result === null ? null : withSize(label, timeNs, result.size_m, result.anchor);
    };
  }
  const pivot = down.view.timeNs === undefined ? start : stateAt(label, down.view.timeNs);
  const solve =
    handle === 'heading'
      ? rotateDrag(start, pivot.position_m, down, grab_m)
      : moveDrag(start, grab_m, handle === 'lift');
  return (input) => {
    const state = solve(input);
    if (state === null) return null;
    // Ctrl has its own meaning while turning: steps.
    const isWholeTrack = editsAllKeyframes || (handle !== 'heading' && input.modifiers.ctrl);
    return isWholeTrack ? withPoseEverywhere(label, timeNs, state) : withPose(label, timeNs, state);
  };
}
