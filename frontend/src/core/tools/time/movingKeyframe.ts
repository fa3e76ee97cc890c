import { withKeyframeMoved } from '../../actions/keyframes';
import type { CuboidLabel } from '../../document/label';
import type { EditorContext } from '../../editor/context';
import { trackOf } from '../../geometry/track';
import { Gesture } from '../gesture';
import type { Cursor, Home, ToolState } from '../tool';

/** A keyframe being moved in time, as in the timeline; the time that is shown goes along with it. */
export class MovingKeyframe implements ToolState {
  readonly name = 'moving_keyframe';
  readonly cursor: Cursor = 'grabbing';
  readonly prompt =
    'Drag to another time, between the keyframes beside it. Alt: off the ticks. Esc: take back.';
  readonly isGesture = true;
  readonly #context: EditorContext;
  readonly #label: CuboidLabel;
  readonly #fromNs: bigint;
  readonly #gesture: Gesture;
  readonly #home: Home;

  constructor(context: EditorContext, label: CuboidLabel, fromNs: bigint, home: Home) {
    this.#context = context;
    this.#label = label;
    this.#fromNs = fromNs;
    this.#home = home;
    this.#gesture = new Gesture(context, 'Move keyframe in time', label.id);
  }

  /** Shows the keyframe at this time, held between its neighbours: one nanosecond off at the least. */
  to(timeNs: bigint): void {
    const toNs = this.#held(timeNs);
    this.#gesture.preview(withKeyframeMoved(this.#label, this.#fromNs, toNs));
    this.#context.session.set({ timeNs: toNs, isPlaying: false });
  }

  commit(): ToolState {
    this.#gesture.commit();
    return this.#home();
  }

  /** The views' own pointer has nothing to do with it. */
  pointer(): ToolState {
    return this;
  }

  cancel(): ToolState {
    this.#gesture.bail();
    return this.#home();
  }

  #held(timeNs: bigint): bigint {
    const times = trackOf(this.#label).timesNs;
    const index = times.indexOf(this.#fromNs);
    const before = times[index - 1];
    const after = times[index + 1];
    if (before !== undefined && timeNs <= before) return before + 1n;
    if (after !== undefined && timeNs >= after) return after - 1n;
    return timeNs;
  }
}
