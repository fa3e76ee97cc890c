import { createContext, useCallback, useContext, useRef, useSyncExternalStore } from 'react';

import { sameJson } from '../../core/document/freeze';
import type { Label } from '../../core/document/label';
import type { LabelId } from '../../core/document/ids';
import type { Readable } from '../../core/observable';
import type { SessionState } from '../../core/session/session';
import type { Labelling } from './labelling';
import type { Layout } from './layout';

const LabellingContext = createContext<Labelling | null>(null);
export const LabellingProvider = LabellingContext.Provider;

/** The screen's own labelling; only inside of the screen. */
export function useLabelling(): Labelling {
  const labelling = useContext(LabellingContext);
  if (labelling === null) throw new Error('this part belongs to the labelling screen');
  return labelling;
}

/** Says a word to the person at the foot of the screen, for a while. */
export function useSay(): (words: string) => void {
  const { notice } = useLabelling();
  return useCallback((words) => notice.set({ words }), [notice]);
}

export function useReadable<T>(readable: Readable<T>): T {
  return useSyncExternalStore(
    useCallback((listener) => readable.subscribe(listener), [readable]),
    useCallback(() => readable.get(), [readable]),
  );
}

/**
 * A part of a value: the component is drawn anew only when that part says something else, so that it may be made
 * afresh every time.
 */
export function useSelected<S, T>(readable: Readable<S>, select: (value: S) => T): T {
  const last = useRef<{ readonly part: T } | null>(null);
  const read = (): T => {
    const part = select(readable.get());
    if (last.current !== null && sameJsonish(last.current.part, part)) return last.current.part;
    last.current = { part };
    return part;
  };
  return useSyncExternalStore(
    useCallback((listener) => readable.subscribe(listener), [readable]),
    read,
  );
}

export function useSession<T>(select: (session: SessionState) => T): T {
  return useSelected(useLabelling().editor.session, select);
}

export function useLayout<T>(select: (layout: Layout) => T): T {
  return useSelected(useLabelling().layout, select);
}

/** All labels; drawn anew with every change of the document. */
export function useLabels(): ReadonlyMap<LabelId, Label> {
  const { document } = useLabelling().editor;
  return useSyncExternalStore(document.subscribe, document.labels);
}

/** The one selected label as it is now, or undefined. */
export function useSelectedLabel(): Label | undefined {
  const labels = useLabels();
  const [only, another] = useSession((session) => session.selection);
  return only === undefined || another !== undefined ? undefined : labels.get(only);
}

/** The one selected label as it is on the screen: with the track that is proposed for it. */
export function useShownLabel(): Label | undefined {
  const label = useSelectedLabel();
  const proposals = useSession((session) => session.proposals);
  return proposals.find((proposal) => proposal.labelId === label?.id)?.label ?? label;
}

function sameJsonish(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  // Sets and maps are replaced when they change.
  if (a instanceof Set || b instanceof Set || a instanceof Map || b instanceof Map) return false;
  return sameJson(a, b);
}
