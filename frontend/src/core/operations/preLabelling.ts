import { deleteLabels } from '../actions/deleteLabels';
import type { LabelId } from '../document/ids';
import { isCuboid } from '../document/label';
import { acceptLabels, isPreLabel, preLabels, scoreOf } from '../document/origin';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import { operation, type Operation } from './operation';

const available = (context: EditorContext): boolean => preLabels(context.document).length > 0;

/** What a model proposed when the task began: going through it, and the person's word on many at once. */
export const PRE_LABELLING: readonly Operation[] = [
  operation({
    id: 'prelabel.accept_above',
    title: 'Accept all proposed labels from the chosen score on',
    group: 'edit',
    keys: ['alt+Enter'],
    available,
    disabledReason: (context) =>
      context.readOnlyReason ??
      (sureOnes(context).length === 0
        ? `No proposed label has a score of ${scoreText(context)} or more.`
        : null),
    run: (context) => {
      const ids = sureOnes(context);
      context.edit(`Accept ${counted(ids.length)}`, acceptLabels(context.document, ids));
    },
  }),
  operation({
    id: 'prelabel.delete_below',
    title: 'Delete all proposed labels below the chosen score',
    group: 'edit',
    available,
    disabledReason: (context) =>
      context.readOnlyReason ??
      (unsureOnes(context).length === 0
        ? `No proposed label has a score below ${scoreText(context)}.`
        : null),
    run: (context) => {
      const ids = unsureOnes(context);
      context.edit(`Delete ${counted(ids.length)}`, deleteLabels(context.document, ids));
    },
  }),
  step('prelabel.next', 'Next proposed label, the least sure first', 'alt+n', 1),
  step('prelabel.previous', 'Proposed label before', 'alt+shift+n', -1),
];

/** The selected labels that wait for a word. */
export function selectedPreLabels(context: EditorContext): LabelId[] {
  return context.session.get().selection.filter((id) => isPreLabel(context.document.get(id)));
}

/** Those of which the model was at least as sure as asked for; without a score it is not sure at all. */
export function sureOnes(context: EditorContext): LabelId[] {
  const { preLabelScore } = context.session.get();
  return unlocked(context)
    .filter((label) => (scoreOf(label) ?? 0) >= preLabelScore)
    .map(({ id }) => id);
}

function unsureOnes(context: EditorContext): LabelId[] {
  const { preLabelScore } = context.session.get();
  return unlocked(context)
    .filter((label) => (scoreOf(label) ?? 0) < preLabelScore)
    .map(({ id }) => id);
}

function unlocked(context: EditorContext) {
  return preLabels(context.document).filter(({ id }) => context.lockedReason(id) === null);
}

function step(id: string, title: string, key: string, by: 1 | -1): Operation {
  return operation({
    id,
    title,
    group: 'edit',
    keys: [key],
    repeats: true,
    available,
    run: (context) => {
      const waiting = preLabels(context.document).sort(
        (a, b) => (scoreOf(a) ?? 0) - (scoreOf(b) ?? 0) || (a.id < b.id ? -1 : 1),
      );
      const at = waiting.findIndex((label) => label.id === context.session.get().selection[0]);
      const start = at < 0 && by < 0 ? 0 : at;
      const next = waiting[(start + by + waiting.length) % waiting.length];
      if (next === undefined) return;
      context.session.select(next.id);
      const { timeNs } = context.session.get();
      const track = isCuboid(next) ? trackOf(next) : null;
      const first = track === null || track.existsAt(timeNs) ? undefined : track.timesNs[0];
      context.session.set({
        ...(first === undefined ? {} : { timeNs: first, isPlaying: false }),
        sought: { labelId: next.id },
      });
    },
  });
}

function scoreText(context: EditorContext): string {
  return `${Math.round(100 * context.session.get().preLabelScore)} %`;
}

function counted(count: number): string {
  return count === 1 ? '1 proposed label' : `${count} proposed labels`;
}
