import { dot, type Vec3 } from '../../core/geometry/vec3';
import { COLORS } from '../colors';
import { OVERLAY_FONT } from './marks';

export type GizmoAxis = 'x' | 'y' | 'z';

interface ViewAxes {
  readonly right: Vec3;
  readonly up: Vec3;
}

const ARM_PX = 26;
const INSET_PX = 42;
const RADIUS_PX = 9;
const AXES: readonly { readonly axis: GizmoAxis; readonly direction: Vec3; readonly color: string }[] = [
  { axis: 'x', direction: [1, 0, 0], color: COLORS.axisX },
  { axis: 'y', direction: [0, 1, 0], color: COLORS.axisY },
  { axis: 'z', direction: [0, 0, 1], color: COLORS.axisZ },
];

/** The world's axes in the corner: which way east, north and up are. A click looks along one. */
export function paintGizmo(context: CanvasRenderingContext2D, axes: ViewAxes, width_px: number): void {
  context.font = OVERLAY_FONT;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const { axis, x, y, color } of ends(axes, width_px)) {
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(width_px - INSET_PX, INSET_PX);
    context.lineTo(x, y);
    context.stroke();
    context.fillStyle = color;
    context.beginPath();
    context.arc(x, y, RADIUS_PX - 1, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = COLORS.background;
    context.fillText(axis.toUpperCase(), x, y + 0.5);
  }
}

export function gizmoAxisAt(axes: ViewAxes, width_px: number, x_px: number, y_px: number): GizmoAxis | null {
  const hit = ends(axes, width_px).findLast(({ x, y }) => Math.hypot(x - x_px, y - y_px) <= RADIUS_PX + 2);
  return hit?.axis ?? null;
}

/** The ends of the axes on the screen, the ones nearer to the viewer last. */
function ends(
  axes: ViewAxes,
  width_px: number,
): { readonly axis: GizmoAxis; readonly x: number; readonly y: number; readonly color: string }[] {
  return AXES.map(({ axis, direction, color }) => ({
    axis,
    color,
    x: width_px - INSET_PX + ARM_PX * dot(direction, axes.right),
    y: INSET_PX - ARM_PX * dot(direction, axes.up),
    depth: Math.abs(dot(direction, axes.right)) + Math.abs(dot(direction, axes.up)),
  })).sort((a, b) => b.depth - a.depth);
}
