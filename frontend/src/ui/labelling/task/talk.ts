import { labelId } from '../../../core/document/ids';
import { isCuboid } from '../../../core/document/label';
import { trackOf } from '../../../core/geometry/track';
import type { Vec3 } from '../../../core/geometry/vec3';
import { operation, type Operation } from '../../../core/operations/operation';
import { stepFrom, type Said } from '../../../core/work/pins';
import type { Labelling } from '../labelling';

/** What was said and changed about the task on the screen, as the keys go through it. */
export interface Talk {
  /** Open comments, in the order of the clip's time. */
  readonly open: readonly Said[];
  /** Labels that changed since one looked last. */
  readonly changed: readonly string[];
}

export const NO_TALK: Talk = { open: [], changed: [] };

/** Where a label is at a time, for a comment that names the label only. */
export function placeOf(labelling: Labelling, id: string, timeNs: bigint | null): Vec3 | null {
  const label = labelling.editor.document.get(labelId(id));
  if (!isCuboid(label)) return null;
  const { timeNs: now } = labelling.editor.session.get();
  const state = trackOf(label).at(timeNs ?? now);
  return state === null ? null : state.position_m;
}

/** Shows what a comment is about: its time, its label, its pin. */
export function goToComment(labelling: Labelling, comment: Said): void {
  const { session } = labelling.editor;
  session.set({
    pinId: comment.id,
    ...(comment.from_ns === null ? {} : { timeNs: BigInt(comment.from_ns), isPlaying: false }),
  });
  if (comment.label_id !== '') goToLabel(labelling, comment.label_id);
}

export function goToLabel(labelling: Labelling, id: string): void {
  const { document, session } = labelling.editor;
  if (document.get(labelId(id)) === undefined) return;
  session.select(labelId(id));
  session.set({ sought: { labelId: labelId(id) } });
}

/** Going through what was said and what changed without leaving the keys. */
export function talkOperations(labelling: Labelling): Operation[] {
  const { session } = labelling.editor;
  const comment = (id: string, title: string, step: 1 | -1, key: string): Operation =>
    operation({
      id,
      title,
      group: 'task',
      keys: [key],
      disabledReason: () => (labelling.talk.get().open.length === 0 ? 'There is no open comment' : null),
      run: () => {
        const { open } = labelling.talk.get();
        const { pinId } = session.get();
        const next = stepFrom(open, open.find(({ id: one }) => one === pinId) ?? null, step);
        if (next !== null) goToComment(labelling, next);
      },
    });
  const change = (id: string, title: string, step: 1 | -1, key: string): Operation =>
    operation({
      id,
      title,
      group: 'task',
      keys: [key],
      disabledReason: () =>
        labelling.talk.get().changed.length === 0 ? 'Nothing changed since it was looked at last' : null,
      run: () => {
        // What was removed can't be gone to.
        const there = labelling.talk
          .get()
          .changed.filter((one) => labelling.editor.document.get(labelId(one)) !== undefined);
        const next = stepFrom(there, session.get().selection[0] ?? null, step);
        if (next !== null) goToLabel(labelling, next);
      },
    });
  return [
    comment('comment.next', 'Next open comment', 1, 'alt+k'),
    comment('comment.previous', 'Previous open comment', -1, 'alt+shift+k'),
    change('change.next', 'Next changed label', 1, 'alt+j'),
    change('change.previous', 'Previous changed label', -1, 'alt+shift+j'),
    operation({
      id: 'change.before',
      title: 'Flip what changed to as it was, and back',
      group: 'task',
      keys: ['alt+b'],
      disabledReason: () =>
        labelling.before.hasChanges ? null : 'Nothing changed since it was looked at last',
      run: () => labelling.before.flip(),
    }),
  ];
}
