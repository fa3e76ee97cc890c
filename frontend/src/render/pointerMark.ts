import type { Ray } from '../core/geometry/ray';
import type { Vec3 } from '../core/geometry/vec3';
import { COLORS } from './colors';
import type { ScreenPoint } from './picking/viewProjection';

/** What the pointer is at in one view, for all others to show: a point, or where no depth is known a ray. */
export interface PointerMark {
  /** The view that the pointer is in. */
  readonly viewId: string;
  readonly point_m: Vec3 | null;
  readonly ray: Ray | null;
}

/** The point that is pointed at in another view. */
export function paintPointMark(context: CanvasRenderingContext2D, [x, y]: ScreenPoint): void {
  context.save();
  for (const [color, width] of [
    [COLORS.background, 3.5],
    [COLORS.attention, 1.6],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 6 * dx, y + 6 * dy);
      context.lineTo(x + 11 * dx, y + 11 * dy);
    }
    context.stroke();
  }
  context.restore();
}

/** Where a ray of another view lies: points on the screen, null where it can't be seen. */
export function paintRayMark(
  context: CanvasRenderingContext2D,
  points: readonly (ScreenPoint | null)[],
): void {
  context.save();
  context.beginPath();
  let isDrawing = false;
  for (const point of points) {
    if (point === null) isDrawing = false;
    else if (isDrawing) context.lineTo(...point);
    else {
      context.moveTo(...point);
      isDrawing = true;
    }
  }
  context.setLineDash([7, 4]);
  context.strokeStyle = COLORS.attention;
  context.lineWidth = 1.4;
  context.stroke();
  context.restore();
}
