import type { EditorContext } from '../editor/context';
import type { Lint } from '../lints/lint';
import { operation, type Operation } from './operation';

/** Labels: some milliseconds. */
const LOOKED_AT_ONCE = 20;

/** Going through what looks wrong, and putting it right by a key. */
export const LINTING: readonly Operation[] = [
  operation({
    id: 'lint.next',
    title: 'Next warning',
    group: 'time',
    keys: ['F8'],
    repeats: true,
    disabledReason: needsLints,
    run: (context) => step(context, 1),
  }),
  operation({
    id: 'lint.previous',
    title: 'Previous warning',
    group: 'time',
    keys: ['shift+F8'],
    repeats: true,
    disabledReason: needsLints,
    run: (context) => step(context, -1),
  }),
  operation({
    id: 'lint.fix',
    title: 'Put right what is warned of here',
    group: 'edit',
    keys: ['ctrl+.'],
    disabledReason: (context) => {
      if (context.readOnlyReason !== null) return context.readOnlyReason;
      const lint = lintHere(context);
      if (lint === undefined) return 'There is no warning about the selected label.';
      if (lint.fixes.length === 0) return `${lint.message} Only you can tell what is right.`;
      return lint.labelIds.map((id) => context.lockedReason(id)).find((reason) => reason !== null) ?? null;
    },
    run: (context) => {
      const lint = lintHere(context);
      const fix = lint?.fixes[0];
      if (fix !== undefined) context.edit(fix.title, fix.diff(context.document));
    },
  }),
];

/** Selects what a lint is about and goes to its time. */
export function goToLint({ session }: EditorContext, lint: Lint): void {
  session.select(...lint.labelIds.slice(0, 1));
  session.set({
    lintId: lint.id,
    ...(lint.labelIds[0] === undefined ? {} : { sought: { labelId: lint.labelIds[0] } }),
    ...(lint.timeNs === null ? {} : { timeNs: lint.timeNs, isPlaying: false }),
  });
}

/** The lint that was gone to, as long as its label is selected; else the first about the selected label. */
export function lintHere(context: EditorContext): Lint | undefined {
  const { selection, lintId } = context.session.get();
  const about = context.lints.about(selection);
  return about.find((lint) => lint.id === lintId) ?? about[0];
}

/** Asked with every change of anything: it looks on for a little only, and while it isn't known the key may be tried. */
function needsLints({ lints }: EditorContext): string | null {
  if (lints.known.length > 0) return null;
  let left = LOOKED_AT_ONCE;
  const isKnown = lints.advance(() => left-- > 0);
  return isKnown && lints.known.length === 0 ? 'Nothing looks wrong.' : null;
}

function step(context: EditorContext, by: 1 | -1): void {
  const lints = context.lints.get();
  const at = lints.findIndex((lint) => lint.id === context.session.get().lintId);
  const start = at < 0 && by < 0 ? 0 : at;
  const next = lints[(start + by + lints.length) % lints.length];
  if (next !== undefined) goToLint(context, next);
}
