import type { EditorContext } from '../editor/context';
import { operation, type Operation } from './operation';
import { needsSelection, selectedLabels } from './requirements';

/** Choosing labels by keys, and what opens over the screen. */
export const SELECTING: readonly Operation[] = [
  operation({
    id: 'select.none',
    title: 'Refuse what is proposed, leave the tool, select nothing',
    group: 'edit',
    keys: ['Escape'],
    run: (context) => {
      const { selection, toolId } = context.session.get();
      if (toolId === 'select' && selection.some((id) => context.assist.hasAny(id)))
        context.assist.refuse(selection);
      else if (toolId === 'select') context.session.select();
      else context.setTool('select');
    },
  }),
  operation({
    id: 'select.all',
    title: 'Select all labels',
    group: 'edit',
    keys: ['ctrl+a'],
    run: ({ document, session }) => session.select(...document.labels().keys()),
  }),
  operation({
    id: 'select.same_class',
    title: 'Select all of this class',
    group: 'edit',
    keys: ['ctrl+shift+a'],
    disabledReason: needsSelection,
    run: (context) => {
      const classes = new Set(selectedLabels(context).map((label) => label.class));
      const { document, session } = context;
      const { hidden } = session.get();
      const alike = [...document.labels().values()].filter(
        (label) => classes.has(label.class) && !hidden.has(label.id),
      );
      session.select(...alike.map((label) => label.id));
    },
  }),
  operation({
    id: 'select.next',
    title: 'Next label',
    group: 'edit',
    keys: ['n'],
    repeats: true,
    disabledReason: needsLabels,
    run: (context) => cycle(context, 1),
  }),
  operation({
    id: 'select.previous',
    title: 'Previous label',
    group: 'edit',
    keys: ['shift+n'],
    repeats: true,
    disabledReason: needsLabels,
    run: (context) => cycle(context, -1),
  }),
  operation({
    id: 'help.keys',
    title: 'Show all keys',
    group: 'help',
    keys: ['?'],
    run: ({ session }) => session.set({ isHelpOpen: !session.get().isHelpOpen }),
  }),
  operation({
    id: 'help.palette',
    title: 'Find an operation',
    group: 'help',
    keys: ['ctrl+k'],
    run: ({ session }) => session.set({ isPaletteOpen: !session.get().isPaletteOpen }),
  }),
];

function needsLabels({ document }: EditorContext): string | null {
  return document.size === 0 ? 'There are no labels yet.' : null;
}

function cycle({ document, session }: EditorContext, step: 1 | -1): void {
  const { selection, hidden } = session.get();
  const ids = [...document.labels().keys()].filter((id) => !hidden.has(id));
  const current = selection[0] === undefined ? -1 : ids.indexOf(selection[0]);
  const start = current < 0 && step < 0 ? 0 : current;
  const next = ids[(start + step + ids.length) % ids.length];
  if (next !== undefined) session.select(next);
}
