import type { BoxState } from '../../core/geometry/box';
import type { HandleId } from '../../core/tools/handles';
import { COLORS, withAlpha } from '../colors';
import type { OrthoOutline } from '../picking/orthoHandles';
import type { OrthoSide } from '../views/orthoCamera';
import type { Canvas2d } from './canvas2d';
import { paintHandleDot, paintHandleSquare, paintLine, paintTag } from './marks';

export interface OrthoPaint {
  readonly color: string;
  readonly hovered: HandleId | null;
  readonly isEditable: boolean;
  /** Found by the machine, not accepted yet: drawn dashed. */
  readonly isProposed: boolean;
  readonly state: BoxState;
  readonly side: OrthoSide;
  /** Without what the box measures. */
  readonly isCompact?: boolean;
}

/** The selected box in an orthographic view: its sides, corners, heading, and what it measures. */
export function paintOrthoOutline(
  { context, width_px, height_px }: Canvas2d,
  outline: OrthoOutline,
  paint: OrthoPaint,
): void {
  const corners = outline.corners;
  context.setLineDash(paint.isProposed ? [6, 4] : []);
  corners.forEach((corner, i) => {
    const next = corners[(i + 1) % 4]!;
    const isHovered = paint.hovered === outline.sides[i];
    paintLine(context, corner.screen_px, next.screen_px, COLORS.selected, isHovered ? 4.5 : 3);
    paintLine(
      context,
      corner.screen_px,
      next.screen_px,
      isHovered ? COLORS.accent : paint.color,
      isHovered ? 2.5 : 1.4,
    );
  });
  context.setLineDash([]);
  if (paint.hovered === 'body') {
    context.fillStyle = withAlpha(paint.color, 0.12);
    context.beginPath();
    corners.forEach(({ screen_px }, i) =>
      i === 0 ? context.moveTo(...screen_px) : context.lineTo(...screen_px),
    );
    context.fill();
  }
  if (outline.heading !== null) {
    paintLine(context, outline.heading.from_px, outline.heading.to_px, COLORS.selected, 1.5);
    if (paint.isEditable)
      paintHandleDot(context, outline.heading.to_px, paint.color, paint.hovered === 'heading');
  }
  if (paint.isEditable) {
    for (const corner of corners) {
      paintHandleSquare(context, corner.screen_px, paint.color, paint.hovered === corner.handle);
    }
  }
  if (paint.isCompact === true) return;
  paintTag(context, dimensions(paint.state, paint.side), [width_px - 4, height_px - 14], {
    align: 'right',
    color: COLORS.text,
  });
}

/** What the view shows of the size, metres: along the screen, then up it. */
function dimensions(state: BoxState, side: OrthoSide): string {
  const [l, w, h] = state.size_m;
  const pair = { top: [l, w], side: [l, h], front: [w, h] }[side];
  return `${pair.map((part) => part.toFixed(2)).join(' × ')} m`;
}
