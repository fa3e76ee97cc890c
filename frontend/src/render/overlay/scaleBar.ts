import { COLORS } from '../colors';
import { OVERLAY_FONT } from './marks';

const TARGET_PX = 90;

/** The longest of 1, 2, 5 times a power of ten that is at most `target` long. */
export function niceLength(target: number): number {
  const power = 10 ** Math.floor(Math.log10(target));
  for (const factor of [5, 2]) if (factor * power <= target) return factor * power;
  return power;
}

/** A bar of a round length at the bottom left; in perspective it holds at the distance of what is in the middle. */
export function paintScaleBar(
  context: CanvasRenderingContext2D,
  metresPerPixel: number,
  height_px: number,
): void {
  const length_m = niceLength(TARGET_PX * metresPerPixel);
  const length_px = length_m / metresPerPixel;
  const y = Math.round(height_px - 12) + 0.5;
  context.strokeStyle = COLORS.dim;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(12.5, y - 4);
  context.lineTo(12.5, y);
  context.lineTo(12.5 + Math.round(length_px), y);
  context.lineTo(12.5 + Math.round(length_px), y - 4);
  context.stroke();
  context.font = OVERLAY_FONT;
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.fillStyle = COLORS.dim;
  context.fillText(length_m >= 1 ? `${length_m} m` : `${Math.round(length_m * 100)} cm`, 17, y - 4);
}
