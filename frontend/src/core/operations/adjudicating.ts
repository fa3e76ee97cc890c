import type { Adjudication } from '../adjudication/adjudication';
import { operation, type Operation } from './operation';

const NO_AGREED = 'Nothing that is left is agreed on by all.';

/** Deciding between versions by keys; they hold while there is something to decide. */
export function adjudicating(adjudication: Adjudication): Operation[] {
  return [
    ...adjudication.versions.map(({ position, letter }) =>
      operation({
        id: `adjudicate.pick_${position}`,
        title: `Take version ${letter}`,
        group: 'task',
        mode: 'adjudicate',
        keys: position < 10 ? [String(position)] : [],
        disabledReason: () => adjudication.pickRefusal(position),
        run: () => adjudication.pick(position),
      }),
    ),
    operation({
      id: 'adjudicate.merge',
      title: 'Take the mean of all versions',
      group: 'task',
      mode: 'adjudicate',
      keys: ['0'],
      disabledReason: () => adjudication.mergeRefusal(),
      run: () => adjudication.merge(),
    }),
    operation({
      id: 'adjudicate.none',
      title: 'Take none: there is no such thing',
      group: 'task',
      mode: 'adjudicate',
      keys: ['Backspace'],
      disabledReason: (context) => context.readOnlyReason,
      run: () => adjudication.refuse(),
    }),
    operation({
      id: 'adjudicate.agreed',
      title: 'Take all that is agreed on',
      group: 'task',
      mode: 'adjudicate',
      keys: ['alt+Enter'],
      disabledReason: (context) =>
        context.readOnlyReason ?? (adjudication.agreed().length === 0 ? NO_AGREED : null),
      run: () => adjudication.takeAgreed(),
    }),
    operation({
      id: 'adjudicate.next',
      title: 'Next thing to decide',
      group: 'task',
      mode: 'adjudicate',
      keys: ['ArrowDown'],
      repeats: true,
      run: () => adjudication.step(1),
    }),
    operation({
      id: 'adjudicate.previous',
      title: 'Thing before',
      group: 'task',
      mode: 'adjudicate',
      keys: ['ArrowUp'],
      repeats: true,
      run: () => adjudication.step(-1),
    }),
  ];
}
