import type { OperationGroup } from './operation';
import { operation, type Operation } from './operation';

/** What is worth doing again to another label or at another time. */
const REPEATED: ReadonlySet<OperationGroup> = new Set<OperationGroup>(['label', 'keyframes', 'class']);

const ID = 'edit.repeat';

/** True for operations that `edit.repeat` does again. */
export function isRepeated({ id, group }: Pick<Operation, 'id' | 'group'>): boolean {
  return id !== ID && REPEATED.has(group);
}

/** Does the last operation on a label again, to whatever is selected now. */
export const REPEATING: readonly Operation[] = [
  operation({
    id: ID,
    title: 'Repeat the last operation',
    group: 'edit',
    keys: ['r'],
    repeats: true,
    disabledReason: (context) => {
      const { lastOperationId } = context.session.get();
      return lastOperationId === null
        ? 'There is nothing to repeat yet.'
        : context.operations.item(lastOperationId, context).disabledReason;
    },
    run: (context) => {
      const { lastOperationId } = context.session.get();
      if (lastOperationId !== null) context.operations.run(lastOperationId, context);
    },
  }),
];
