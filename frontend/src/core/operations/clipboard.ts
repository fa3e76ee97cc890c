import { stateAt, withPose } from '../actions/keyframes';
import { editCuboid } from '../actions/editCuboid';
import { copyBox, pasteBox, pastePose } from '../actions/pasteBox';
import { labelId } from '../document/ids';
import { classNamed } from '../document/ontology';
import type { EditorContext } from '../editor/context';
import { operation, type Operation } from './operation';
import { all, needsEditableBox, needsMovingBox, needsOneBox, selectedBox } from './requirements';

/** Taking a box, as it is at one time, to another time or another label. */
export const CLIPBOARD: readonly Operation[] = [
  operation({
    id: 'label.copy',
    title: 'Copy box as it is here',
    group: 'edit',
    keys: ['ctrl+c'],
    disabledReason: needsOneBox,
    run: (context) => {
      const box = selectedBox(context);
      if (box === null) return;
      const { session } = context;
      session.set({ copied: copyBox(box, session.get().timeNs) });
    },
  }),
  operation({
    id: 'label.paste',
    title: 'Paste as a new box, in its place',
    group: 'edit',
    keys: ['ctrl+v'],
    disabledReason: all(
      (context) => context.readOnlyReason,
      needsCopied,
      (context) => {
        const copied = context.session.get().copied;
        const isKnown = copied === null || classNamed(context.layer, copied.class) !== undefined;
        return isKnown ? null : 'The ontology does not know the class of the copied box.';
      },
    ),
    run: (context) => {
      const { clip, session } = context;
      const { copied, timeNs } = session.get();
      const ontologyClass = copied === null ? undefined : classNamed(context.layer, copied.class);
      if (copied === null || ontologyClass === undefined) return;
      const id = labelId(context.newId());
      const life = { fromNs: clip.startNs, toNs: clip.endNs };
      context.edit('Paste box', pasteBox({ copied, id, ontologyClass, timeNs, life }));
      session.select(id);
    },
  }),
  operation({
    id: 'label.paste_pose',
    title: 'Paste pose and size onto the selected box',
    group: 'edit',
    keys: ['ctrl+shift+v'],
    disabledReason: all(needsEditableBox, needsCopied),
    run: (context) => {
      const box = selectedBox(context);
      const { copied, timeNs } = context.session.get();
      if (box === null || copied === null) return;
      context.edit('Paste pose', pastePose(context.document, box.id, timeNs, copied.state));
    },
  }),
  operation({
    id: 'keyframe.duplicate_next',
    title: 'Same pose at the next tick',
    group: 'keyframes',
    keys: ['shift+j'],
    repeats: true,
    disabledReason: all(needsMovingBox, (context) =>
      nextTick(context) === undefined ? 'This is the last tick of the clip.' : null,
    ),
    run: (context) => {
      const box = selectedBox(context);
      const next = nextTick(context);
      if (box === null || next === undefined) return;
      const { timeNs } = context.session.get();
      context.edit(
        'Same pose at the next tick',
        editCuboid(context.document, box.id, (label) => withPose(label, next, stateAt(label, timeNs))),
      );
      context.session.set({ timeNs: next, isPlaying: false });
    },
  }),
];

function needsCopied(context: EditorContext): string | null {
  return context.session.get().copied === null ? 'Copy a box first.' : null;
}

function nextTick({ clip, session }: EditorContext): bigint | undefined {
  const { timeNs } = session.get();
  return clip.ticksNs.find((tick) => tick > timeNs);
}
