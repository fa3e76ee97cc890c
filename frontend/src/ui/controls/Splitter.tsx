import { useRef } from 'react';

/** A bar between two parts that is dragged, or moved by the arrow keys. */
export function Splitter({
  label,
  orientation,
  value,
  min,
  max,
  step,
  perPixel,
  onChange,
}: {
  readonly label: string;
  /** Of the bar itself: a vertical one is dragged sideways. */
  readonly orientation: 'vertical' | 'horizontal';
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** How much of the value a pixel to the right or downwards is; may be negative. */
  readonly perPixel: () => number;
  readonly onChange: (value: number) => void;
}) {
  const drag = useRef<{ readonly at: number; readonly value: number } | null>(null);
  const hold = (next: number): number => Math.min(max, Math.max(min, next));
  const along = (event: React.PointerEvent): number =>
    orientation === 'vertical' ? event.clientX : event.clientY;
  return (
    <div
      className={`splitter splitter-${orientation}`}
      role="separator"
      aria-label={label}
      aria-orientation={orientation}
      aria-valuenow={Math.round(value * 100) / 100}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { at: along(event), value };
      }}
      onPointerMove={(event) => {
        if (drag.current === null) return;
        onChange(hold(drag.current.value + (along(event) - drag.current.at) * perPixel()));
      }}
      onPointerUp={() => {
        drag.current = null;
      }}
      onKeyDown={(event) => {
        const forward = orientation === 'vertical' ? 'ArrowRight' : 'ArrowDown';
        const backward = orientation === 'vertical' ? 'ArrowLeft' : 'ArrowUp';
        if (event.key !== forward && event.key !== backward) return;
        event.preventDefault();
        event.stopPropagation();
        const sign = (event.key === forward ? 1 : -1) * Math.sign(perPixel());
        onChange(hold(value + sign * step));
      }}
    />
  );
}
