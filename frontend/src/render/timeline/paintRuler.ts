import { COLORS } from '../colors';
import { PICTURES_PX, RULER_PX } from './laneLayout';
import { roundStep, xOf, type TimeWindow } from './timeWindow';

/** Where time lies on the canvas, CSS pixels. */
export interface TimePlace {
  readonly left_px: number;
  readonly width_px: number;
  /** Marks at the ends stick out by so much. */
  readonly margin_px: number;
  readonly window: TimeWindow;
}

/** Marks nearer to each other than this say nothing. */
const LEAST_MARK_PX = 3;

/** Seconds since the clip's start, and the clip's ticks (nanoseconds since then). */
export function paintRuler(
  context: CanvasRenderingContext2D,
  place: TimePlace,
  ticks_ns: Float64Array,
): void {
  const { window, left_px, width_px, margin_px } = place;
  const step_ns = roundStep(window, width_px, 64);
  const digits = step_ns >= 1e9 ? 0 : step_ns >= 1e8 ? 1 : step_ns >= 1e7 ? 2 : 3;
  context.fillStyle = COLORS.dim;
  context.textAlign = 'center';
  for (let at = Math.ceil(window.from_ns / step_ns) * step_ns; at <= window.to_ns; at += step_ns) {
    const text = `${(at / 1e9).toFixed(digits)} s`;
    const half_px = context.measureText(text).width / 2;
    // Whole also at the ends.
    const least_px = left_px - margin_px + half_px;
    const most_px = left_px + width_px + margin_px - half_px;
    const x_px = Math.min(Math.max(xOf(window, at, left_px, width_px), least_px), most_px);
    context.fillText(text, x_px, 7.5);
  }
  paintMarks(context, place, ticks_ns, RULER_PX - 8, RULER_PX, COLORS.dim);
  context.fillStyle = COLORS.line;
  context.fillRect(left_px - margin_px, RULER_PX, width_px + 2 * margin_px, 1);
}

/** When each camera fired: a row of marks per camera. */
export function paintPictures(
  context: CanvasRenderingContext2D,
  place: TimePlace,
  pictures_ns: readonly Float64Array[],
): void {
  const height = (PICTURES_PX - 5) / Math.max(pictures_ns.length, 1);
  pictures_ns.forEach((offsets, index) => {
    const top = RULER_PX + 3 + index * height;
    paintMarks(context, place, offsets, top, top + Math.max(height - 0.6, 1), '#5f6b7d');
  });
}

/** The time that is shown. */
export function paintCursor(context: CanvasRenderingContext2D, x: number, height_px: number): void {
  context.strokeStyle = COLORS.accent;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(x, 14);
  context.lineTo(x, height_px);
  context.stroke();
  context.fillStyle = COLORS.accent;
  context.beginPath();
  context.moveTo(x - 5, 12);
  context.lineTo(x + 5, 12);
  context.lineTo(x, 19);
  context.closePath();
  context.fill();
}

/** Upright marks; where they would run together every second, third... is drawn. */
function paintMarks(
  context: CanvasRenderingContext2D,
  { window, left_px, width_px }: TimePlace,
  offsets_ns: Float64Array,
  top: number,
  bottom: number,
  color: string,
): void {
  const perMark = ((window.to_ns - window.from_ns) / width_px) * LEAST_MARK_PX;
  context.fillStyle = color;
  let last = -Infinity;
  for (const offset of offsets_ns) {
    if (offset < window.from_ns || offset > window.to_ns || offset - last < perMark) continue;
    last = offset;
    context.fillRect(Math.round(xOf(window, offset, left_px, width_px)) - 0.5, top, 1, bottom - top);
  }
}
