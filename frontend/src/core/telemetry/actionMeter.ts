import { entriesOf, type RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { SessionState } from '../session/session';
import type { Effort } from './effort';

/**
 * Decides what counts as an action: whatever the person does between the beginning and the end of one (a press and its
 * release, a key press, a button) is one, if it changed anything: labels, selection, time, tool. What happens outside of
 * any, as when a field of a panel is filled in, counts by itself when it changes labels.
 */
export class ActionMeter {
  readonly #effort: Effort;
  readonly #session: () => SessionState;
  readonly #changed = new Set<LabelId>();
  #before: SessionState | null = null;
  #depth = 0;
  #hasActed = false;

  constructor(effort: Effort, session: () => SessionState) {
    this.#effort = effort;
    this.#session = session;
  }

  /** @param counts false: whatever happens is part of an action before, as when a key is held down. */
  begin(counts = true): void {
    this.#depth += 1;
    if (this.#depth > 1) return;
    this.#changed.clear();
    this.#hasActed = false;
    this.#before = counts ? this.#session() : null;
  }

  end(): void {
    if (this.#depth === 0) return;
    this.#depth -= 1;
    if (this.#depth > 0) return;
    const before = this.#before;
    this.#before = null;
    if (before === null) return;
    if (this.#hasActed || this.#changed.size > 0 || didSomething(before, this.#session())) this.#count();
  }

  /** Everything within counts as one action. */
  within<T>(act: () => T, counts = true): T {
    this.begin(counts);
    try {
      return act();
    } finally {
      this.end();
    }
  }

  /** Something was done that can't be seen in labels and session, as in the views. */
  did(): void {
    this.#hasActed = true;
  }

  /** The person changed labels. */
  changed(diff: RecordsDiff): void {
    for (const [, , id] of entriesOf(diff)) this.#changed.add(id);
  }

  #count(): void {
    this.#effort.acted(this.#changed.size > 0 ? [...this.#changed] : this.#session().selection);
    this.#changed.clear();
  }
}

/** Whatever a press can do besides changing labels; hovering and the like is none of it. */
const COUNTED: readonly (keyof SessionState)[] = [
  'selection',
  'timeNs',
  'isPlaying',
  'toolId',
  'activeClass',
  'hidden',
  'locked',
  'copied',
  'editsAllKeyframes',
  'proposals',
  'trackNotes',
  'followsNewBoxes',
  'playbackRate',
  'largeViewId',
  'isHelpOpen',
  'isPaletteOpen',
  'layout',
];

function didSomething(before: SessionState, after: SessionState): boolean {
  return COUNTED.some((key) => !Object.is(before[key], after[key]));
}
