import { Status } from '../../core/geometry/status';
import type { ImageView } from '../../core/geometry/view';
import { COLORS } from '../colors';
import type { ShownPath } from '../shownPaths';
import type { PictureTransform } from './pictureTransform';

/** A straight piece in the world is projected at least so often, metres: lenses bend it. */
const PIECE_M = 1;
/** What is farther away is a few pixels tall and costs as much as what is near. */
const FARTHEST_M = 150;

const pixel = new Float64Array(3);

/** Draws lines and borders over a picture as its lens shows them. Pieces that it can't show are left out. */
export function paintPaths(
  context: CanvasRenderingContext2D,
  view: ImageView,
  paths: readonly ShownPath[],
  transform: PictureTransform,
  opacity: number,
): void {
  context.save();
  context.beginPath();
  context.rect(...transform.frame(view.camera.width, view.camera.height));
  context.clip();
  context.lineJoin = 'round';
  for (const path of paths) {
    context.globalAlpha = path.isSelected ? 1 : opacity;
    context.beginPath();
    for (const run of path.runs) tracePath(context, view, run, transform);
    if (path.isSelected || path.isHovered) {
      context.strokeStyle = COLORS.selected;
      context.lineWidth = path.isSelected ? 4 : 3;
      context.stroke();
    }
    context.strokeStyle = path.color;
    context.lineWidth = 1.6;
    context.stroke();
  }
  context.restore();
}

function tracePath(
  context: CanvasRenderingContext2D,
  view: ImageView,
  run: Float64Array,
  transform: PictureTransform,
): void {
  const [cx, cy, cz] = view.worldFromCamera.position_m;
  let isDrawing = false;
  for (let i = 0; 3 * (i + 1) < run.length; i += 1) {
    const at = 3 * i;
    const dx = run[at + 3]! - run[at]!;
    const dy = run[at + 4]! - run[at + 1]!;
    const dz = run[at + 5]! - run[at + 2]!;
    const pieces = Math.max(1, Math.ceil(Math.hypot(dx, dy, dz) / PIECE_M));
    for (let k = i === 0 ? 0 : 1; k <= pieces; k += 1) {
      const s = k / pieces;
      const x = run[at]! + s * dx;
      const y = run[at + 1]! + s * dy;
      const z = run[at + 2]! + s * dz;
      const isNear = Math.hypot(x - cx, y - cy, z - cz) < FARTHEST_M;
      const status = isNear ? view.projectWorld(x, y, z, 0, 0, 0, pixel, 0) : Status.OUTSIDE_DOMAIN;
      if (status !== Status.OK && status !== Status.OUT_OF_IMAGE) {
        isDrawing = false;
        continue;
      }
      const u = transform.x_px + (pixel[0]! + 0.5) * transform.scale;
      const v = transform.y_px + (pixel[1]! + 0.5) * transform.scale;
      if (isDrawing) context.lineTo(u, v);
      else context.moveTo(u, v);
      isDrawing = true;
    }
  }
}
