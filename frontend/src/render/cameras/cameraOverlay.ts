import { isFrontEdge } from '../../core/geometry/box';
import { projectedLines, type ProjectedLines } from '../../core/geometry/outline/lineCache';
import type { ImageView } from '../../core/geometry/view';
import { COLORS } from '../colors';
import type { VisibleBox } from '../shownBoxes';
import type { PictureTransform } from './pictureTransform';

/** Of a proposed box, CSS pixels. */
const DASHES = [6, 4];

/**
 * Draws every box over a picture exactly as the lens shows it, each line of a rolling shutter at its own time. `boxes`
 * are the labels at the picture's time. HOT: eight cameras in every frame of a drag.
 */
export function paintCameraOverlay(
  context: CanvasRenderingContext2D,
  view: ImageView,
  boxes: readonly VisibleBox[],
  transform: PictureTransform,
  opacity: number,
): void {
  context.save();
  context.beginPath();
  context.rect(...transform.frame(view.camera.width, view.camera.height));
  context.clip();
  context.lineJoin = 'round';
  for (const box of boxes) if (!box.isSelected) paintBox(context, view, box, transform, opacity);
  for (const box of boxes) if (box.isSelected) paintBox(context, view, box, transform, 1);
  context.restore();
}

function paintBox(
  context: CanvasRenderingContext2D,
  view: ImageView,
  box: VisibleBox,
  transform: PictureTransform,
  opacity: number,
): void {
  const lines = projectedLines(view, box.track);
  if (lines.edges.length === 0) return;
  context.globalAlpha = opacity;
  context.setLineDash(box.isProposed ? DASHES : []);
  if (box.isSelected) {
    stroke(context, lines, transform, false, COLORS.selected, 3.6);
    stroke(context, lines, transform, true, COLORS.selected, 4.6);
    stroke(context, lines, transform, false, box.color, 1.6);
    stroke(context, lines, transform, true, box.color, 2.6);
  } else {
    const color = box.isHovered ? COLORS.selected : box.color;
    stroke(context, lines, transform, false, color, 1.1);
    stroke(context, lines, transform, true, color, 2.2);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

/** Strokes the edges of the front face, or the others. */
function stroke(
  context: CanvasRenderingContext2D,
  lines: ProjectedLines,
  transform: PictureTransform,
  isFront: boolean,
  color: string,
  width_px: number,
): void {
  const { scale, x_px, y_px } = transform;
  context.beginPath();
  for (let line = 0; line < lines.edges.length; line += 1) {
    if (isFrontEdge(lines.edges[line]!) !== isFront) continue;
    const end = lines.starts[line + 1]!;
    for (let i = lines.starts[line]!; i < end; i += 1) {
      // Pixel (0, 0) is the middle of the top left pixel: half a pixel in from the picture's corner.
      const x = x_px + (lines.uv[2 * i]! + 0.5) * scale;
      const y = y_px + (lines.uv[2 * i + 1]! + 0.5) * scale;
      if (i === lines.starts[line]) context.moveTo(x, y);
      else context.lineTo(x, y);
    }
  }
  context.strokeStyle = color;
  context.lineWidth = width_px;
  context.stroke();
}
