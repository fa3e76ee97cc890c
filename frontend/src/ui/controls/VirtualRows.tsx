import { useEffect, useRef, type ReactNode } from 'react';

import { useUiScale } from '../look/useLook';
import { useShownRows } from './useShownRows';

/** A long list of rows of one height, of which only those in sight are made. */
export function VirtualRows({
  count,
  rowHeight_px: plainHeight_px,
  label,
  shownRow,
  children,
}: {
  readonly count: number;
  /** At the usual scale of the interface. */
  readonly rowHeight_px: number;
  readonly label: string;
  /** Scrolled to when it changes; -1: none. */
  readonly shownRow: number;
  readonly children: (index: number) => ReactNode;
}) {
  const rowHeight_px = plainHeight_px * useUiScale();
  const frame = useRef<HTMLDivElement>(null);
  const range = useShownRows(frame, rowHeight_px);
  useEffect(() => {
    const element = frame.current;
    if (element === null || shownRow < 0) return;
    const top = shownRow * rowHeight_px;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowHeight_px > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + rowHeight_px - element.clientHeight;
    }
  }, [shownRow, rowHeight_px]);
  const rows: ReactNode[] = [];
  for (let index = range.from; index < Math.min(range.to, count); index += 1) rows.push(children(index));
  return (
    <div ref={frame} className="rows" role="list" aria-label={label} tabIndex={-1}>
      <div style={{ height: count * rowHeight_px, position: 'relative' }}>
        <div style={{ position: 'absolute', insetInline: 0, top: range.from * rowHeight_px }}>{rows}</div>
      </div>
    </div>
  );
}
