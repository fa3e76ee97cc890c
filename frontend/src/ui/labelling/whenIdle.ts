/** At the latest after this, however busy the page is. */
const LATEST_MS = 1500;

/** Calls back when the page has drawn and has nothing more urgent to do; the result calls it off. */
export function whenIdle(act: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const handle = requestIdleCallback(act, { timeout: LATEST_MS });
    return () => cancelIdleCallback(handle);
  }
  const handle = setTimeout(act, 100);
  return () => clearTimeout(handle);
}

/** At a time: less than a frame. */
const SLICE_MS = 6;

/** Work in spare time is cut into such slices. */
export function idleSlice(): () => boolean {
  const end = performance.now() + SLICE_MS;
  return () => performance.now() < end;
}
