import { useCallback, useSyncExternalStore } from 'react';

import type { OperationItem } from '../../core/operations/registry';
import { useLabelling } from './hooks';

/** An operation as it stands now: its keys, and why it can't be run, kept up to date. */
export function useOperation(id: string): { readonly item: OperationItem; readonly run: () => void } {
  const { editor } = useLabelling();
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [
        editor.session.subscribe(listener),
        editor.document.subscribe(listener),
        editor.history.state.subscribe(listener),
        editor.operations.subscribe(listener),
      ];
      return () => stops.forEach((stop) => stop());
    },
    [editor],
  );
  // As text, which is the same as long as it says the same.
  const shown = useSyncExternalStore(subscribe, () => {
    const item = editor.operations.item(id, editor);
    return JSON.stringify([item.disabledReason, item.keys]);
  });
  const [reason, keys] = JSON.parse(shown) as [string | null, readonly string[]];
  const { title, group } = editor.operations.get(id);
  return {
    item: { id, title, group, keys, disabledReason: reason },
    run: () => {
      editor.run(id);
    },
  };
}
