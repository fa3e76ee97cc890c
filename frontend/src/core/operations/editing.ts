import { deleteLabels } from '../actions/deleteLabels';
import { duplicate } from '../actions/duplicate';
import { flipHeading } from '../actions/flipHeading';
import { useSizeEverywhere } from '../actions/resizeBox';
import { hasOwnSizes } from '../actions/keyframes';
import { toggleStatic } from '../actions/life';
import { labelId } from '../document/ids';
import { operation, type Operation } from './operation';
import {
  all,
  needsEditable,
  needsEditableBox,
  needsSelection,
  selectedBox,
  selectedLabels,
} from './requirements';

/** Undo, redo, and what is done to whole labels. */
export const EDITING: readonly Operation[] = [
  operation({
    id: 'edit.undo',
    title: 'Undo',
    group: 'edit',
    keys: ['ctrl+z'],
    repeats: true,
    disabledReason: ({ history }) =>
      history.state.get().undoTitle === null ? 'There is nothing to undo.' : null,
    run: (context) => context.undo(),
  }),
  operation({
    id: 'edit.redo',
    title: 'Redo',
    group: 'edit',
    keys: ['ctrl+shift+z', 'ctrl+y'],
    repeats: true,
    disabledReason: ({ history }) =>
      history.state.get().redoTitle === null ? 'There is nothing to redo.' : null,
    run: (context) => context.redo(),
  }),
  operation({
    id: 'edit.save',
    title: 'Save now',
    group: 'edit',
    keys: ['ctrl+s'],
    run: (context) => context.flush(),
  }),
  operation({
    id: 'label.delete',
    title: 'Delete label',
    group: 'label',
    keys: ['Delete', 'Backspace'],
    disabledReason: all(needsSelection, needsEditable),
    run: (context) => {
      const labels = selectedLabels(context);
      const title = labels.length === 1 ? 'Delete label' : `Delete ${labels.length} labels`;
      context.edit(
        title,
        deleteLabels(
          context.document,
          labels.map((label) => label.id),
        ),
      );
    },
  }),
  operation({
    id: 'label.duplicate',
    title: 'Duplicate box',
    group: 'label',
    keys: ['ctrl+d'],
    disabledReason: needsEditableBox,
    run: (context) => {
      const box = selectedBox(context);
      if (box === null) return;
      const copy = labelId(context.newId());
      context.edit('Duplicate box', duplicate(context.document, box.id, copy));
      context.session.select(copy);
    },
  }),
  operation({
    id: 'label.flip_heading',
    title: 'Flip heading',
    group: 'label',
    keys: ['t'],
    disabledReason: needsEditableBox,
    run: (context) => {
      const box = selectedBox(context);
      if (box !== null) context.edit('Flip heading', flipHeading(context.document, box.id));
    },
  }),
  operation({
    id: 'label.toggle_static',
    title: 'Static on or off',
    group: 'label',
    keys: ['p'],
    disabledReason: needsEditableBox,
    run: (context) => {
      const box = selectedBox(context);
      if (box === null) return;
      const { clip, document, session } = context;
      const life = { fromNs: clip.startNs, toNs: clip.endNs };
      const title = box.static ? 'Make moving' : 'Make static';
      context.edit(title, toggleStatic(document, box.id, session.get().timeNs, life));
    },
  }),
  operation({
    id: 'label.use_size_everywhere',
    title: 'Use this size at all times',
    group: 'label',
    keys: ['alt+y'],
    disabledReason: all(needsEditableBox, (context) => {
      const box = selectedBox(context);
      return box !== null && hasOwnSizes(box) ? null : 'The size of this box does not change.';
    }),
    run: (context) => {
      const box = selectedBox(context);
      if (box === null) return;
      context.edit(
        'Same size at all times',
        useSizeEverywhere(context.document, box.id, context.session.get().timeNs),
      );
    },
  }),
  operation({
    id: 'label.toggle_lock',
    title: 'Lock or unlock label',
    group: 'label',
    keys: ['l'],
    disabledReason: needsSelection,
    run: ({ session }) => {
      const { selection, locked } = session.get();
      session.set({ locked: toggled(locked, selection) });
    },
  }),
  operation({
    id: 'label.toggle_hidden',
    title: 'Hide or show label',
    group: 'label',
    keys: ['h'],
    disabledReason: needsSelection,
    run: ({ session }) => {
      const { selection, hidden } = session.get();
      session.set({ hidden: toggled(hidden, selection) });
    },
  }),
];

/** All in, unless all are in already: then all out. */
function toggled<T>(set: ReadonlySet<T>, members: readonly T[]): ReadonlySet<T> {
  const next = new Set(set);
  const areAllIn = members.every((member) => set.has(member));
  for (const member of members) {
    if (areAllIn) next.delete(member);
    else next.add(member);
  }
  return next;
}
