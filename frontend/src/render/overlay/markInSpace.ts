import { pointOnRay } from '../../core/geometry/ray';
import type { Vec3 } from '../../core/geometry/vec3';
import { rayDistances } from '../cameras/rayInPicture';
import { paintPointMark, paintRayMark, type PointerMark } from '../pointerMark';
import type { ScreenPoint } from '../picking/viewProjection';
import type { Canvas2d } from './canvas2d';

/** What is pointed at in another view: a point, or the ray that it lies on. */
export function paintMark(
  { context }: Canvas2d,
  view: { readonly id: string; toScreen(point_m: Vec3): ScreenPoint | null },
  mark: PointerMark | null,
): void {
  if (mark === null || mark.viewId === view.id) return;
  const { point_m, ray } = mark;
  if (point_m !== null) {
    const at = view.toScreen(point_m);
    if (at !== null) paintPointMark(context, at);
  } else if (ray !== null) {
    paintRayMark(
      context,
      rayDistances().map((distance_m) => view.toScreen(pointOnRay(ray, distance_m))),
    );
  }
}
