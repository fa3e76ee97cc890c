import { useEffect, useState, type RefObject } from 'react';

/** Rows that are drawn above and below what is seen: a flick of the wheel shows no hole. */
const OVERSCAN = 8;

export interface RowRange {
  readonly from: number;
  /** The first that is not shown. */
  readonly to: number;
}

/** Which of many rows of one height a scrolling frame shows, a few more on either side. */
export function useShownRows(frame: RefObject<HTMLElement | null>, rowHeight_px: number): RowRange {
  const [range, setRange] = useState<RowRange>({ from: 0, to: 40 });
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const look = (): void => {
      const from = Math.max(0, Math.floor(element.scrollTop / rowHeight_px) - OVERSCAN);
      const to = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight_px) + OVERSCAN;
      setRange((before) => (before.from === from && before.to === to ? before : { from, to }));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [frame, rowHeight_px]);
  return range;
}
