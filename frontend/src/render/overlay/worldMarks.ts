import { boxCorners, boxPoint, EDGES } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { Hover } from '../../core/session/session';
import { COLORS, withAlpha } from '../colors';
import type { HandleSpot } from '../picking/boxHandles';
import type { ViewProjection } from '../picking/viewProjection';
import type { VisibleBox } from '../shownBoxes';
import { overlayScale, paintHandleDot, paintHandleSquare, paintLine, paintTag } from './marks';

/** The selected box's handles: squares on the faces, a round one for the heading, one above the roof to lift. */
export function paintPerspectiveHandles(
  context: CanvasRenderingContext2D,
  spots: readonly HandleSpot[],
  selected: VisibleBox,
  projection: ViewProjection,
  hover: Hover | null,
): void {
  for (const spot of spots) {
    const isHovered = hover?.labelId === selected.labelId && hover.handle === spot.handle;
    if (spot.handle === 'heading' || spot.handle === 'lift') {
      const from = projection.toScreen(
        boxPoint(selected.state, spot.handle === 'heading' ? [1, 0, 0] : [0, 0, 1]),
      );
      if (from !== null) paintLine(context, from, spot.screen_px, COLORS.selected, 1.5);
      paintHandleDot(
        context,
        spot.screen_px,
        spot.handle === 'heading' ? selected.color : COLORS.axisZ,
        isHovered,
      );
    } else {
      paintHandleSquare(context, spot.screen_px, selected.color, isHovered);
    }
  }
}

/** What the pointer is over, by name, above its roof. */
export function paintHoverTag(
  context: CanvasRenderingContext2D,
  box: VisibleBox,
  title: string,
  projection: ViewProjection,
): void {
  const roof = projection.toScreen(boxPoint(box.state, [0, 0, 1]));
  if (roof === null || box.isSelected) return;
  paintTag(context, title, [roof[0], roof[1] - 16], { align: 'center', swatch: box.color });
}

/** A box that somebody else has selected: a thin dashed frame in their colour, and their name on its roof. */
export function paintOthersBox(
  context: CanvasRenderingContext2D,
  box: VisibleBox,
  name: string,
  color: string,
  projection: ViewProjection,
): void {
  const corners = boxCorners(box.state).map((corner) => projection.toScreen(corner));
  context.setLineDash([4 * overlayScale, 4 * overlayScale]);
  for (const [a, b] of EDGES) {
    const [from, to] = [corners[a], corners[b]];
    if (from !== undefined && from !== null && to !== undefined && to !== null)
      paintLine(context, from, to, withAlpha(color, 0.8), 1.5);
  }
  context.setLineDash([]);
  const roof = projection.toScreen(boxPoint(box.state, [0, 0, 1]));
  if (roof !== null) paintTag(context, name, [roof[0], roof[1] - 34], { align: 'center', swatch: color });
}

/** Where a new box would stand: a ring on the ground. */
export function paintBoxCursor(
  context: CanvasRenderingContext2D,
  ground_m: Vec3,
  projection: ViewProjection,
): void {
  const ring = Array.from({ length: 24 }, (_, i) => {
    const angle = (i / 24) * 2 * Math.PI;
    return projection.toScreen([
      ground_m[0] + 0.5 * Math.cos(angle),
      ground_m[1] + 0.5 * Math.sin(angle),
      ground_m[2],
    ]);
  });
  context.beginPath();
  ring.forEach((point, i) => {
    if (point === null) return;
    if (i === 0) context.moveTo(...point);
    else context.lineTo(...point);
  });
  context.closePath();
  context.strokeStyle = COLORS.accent;
  context.lineWidth = 1.5;
  context.stroke();
}
