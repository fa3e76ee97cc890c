import { COLORS } from '../colors';
import type { ScreenPoint } from '../picking/viewProjection';

/** Small drawings that the views' overlays share. */

/** The scale of the whole interface; drawn things follow it as words on the page do. */
export let overlayScale = 1;
export let OVERLAY_FONT = fontOf(overlayScale);

/** From the next drawing on, words and handles have this scale. */
export function setOverlayScale(scale: number): void {
  overlayScale = scale;
  OVERLAY_FONT = fontOf(scale);
}

function fontOf(scale: number): string {
  return `${11 * scale}px ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif`;
}

export function paintHandleDot(
  context: CanvasRenderingContext2D,
  [x, y]: ScreenPoint,
  color: string,
  isHovered: boolean,
): void {
  context.beginPath();
  context.arc(x, y, (isHovered ? 6.5 : 4.5) * overlayScale, 0, 2 * Math.PI);
  context.fillStyle = isHovered ? COLORS.selected : color;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = isHovered ? color : COLORS.selected;
  context.stroke();
}

export function paintHandleSquare(
  context: CanvasRenderingContext2D,
  [x, y]: ScreenPoint,
  color: string,
  isHovered: boolean,
): void {
  const half = (isHovered ? 5 : 3.5) * overlayScale;
  context.fillStyle = isHovered ? COLORS.selected : color;
  context.fillRect(x - half, y - half, 2 * half, 2 * half);
  context.lineWidth = 1.2;
  context.strokeStyle = isHovered ? color : COLORS.selected;
  context.strokeRect(x - half, y - half, 2 * half, 2 * half);
}

export function paintLine(
  context: CanvasRenderingContext2D,
  from: ScreenPoint,
  to: ScreenPoint,
  color: string,
  width_px: number,
): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.lineWidth = width_px;
  context.strokeStyle = color;
  context.stroke();
}

/** Text on a dark tag, readable over any picture. */
export function paintTag(
  context: CanvasRenderingContext2D,
  text: string,
  [x, y]: ScreenPoint,
  options: {
    readonly align?: 'left' | 'center' | 'right';
    readonly color?: string;
    readonly swatch?: string;
  } = {},
): void {
  context.font = OVERLAY_FONT;
  context.textBaseline = 'middle';
  const px = overlayScale;
  const swatch = options.swatch === undefined ? 0 : 12 * px;
  const width = context.measureText(text).width + 10 * px + swatch;
  const shift = options.align === 'center' ? width / 2 : options.align === 'right' ? width : 0;
  const left = Math.round(x - shift);
  const top = Math.round(y - 9 * px);
  context.fillStyle = 'rgba(17, 19, 23, 0.82)';
  context.beginPath();
  context.roundRect(left, top, width, 18 * px, 3);
  context.fill();
  if (options.swatch !== undefined) {
    context.fillStyle = options.swatch;
    context.fillRect(left + 5 * px, top + 5 * px, 8 * px, 8 * px);
  }
  context.fillStyle = options.color ?? COLORS.text;
  context.textAlign = 'left';
  context.fillText(text, left + 5 * px + swatch, top + 9.5 * px);
}
