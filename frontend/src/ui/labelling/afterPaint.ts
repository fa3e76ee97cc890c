/** Pictures that take longer than this are not waited for. */
const LATEST_MS = 250;

/** Calls back when what is on the page now has been painted; the result calls it off. */
export function afterPaint(act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(act, 0);
  });
  return () => {
    cancelAnimationFrame(frame);
    if (timer !== null) clearTimeout(timer);
  };
}

/** Calls back when the first picture has been painted, or soon in any case; the result calls it off. */
export function afterFirstPicture(listeners: Set<() => void>, act: () => void): () => void {
  let stopPaint: (() => void) | null = null;
  const go = (): void => {
    stopWaiting();
    stopPaint = afterPaint(act);
  };
  const timer = setTimeout(go, LATEST_MS);
  const stopWaiting = (): void => {
    clearTimeout(timer);
    listeners.delete(go);
  };
  listeners.add(go);
  return () => {
    stopWaiting();
    stopPaint?.();
  };
}
