import type { LabelId } from '../../core/document/ids';
import type { BoxState } from '../../core/geometry/box';
import { conjugate, rotate } from '../../core/geometry/quat';
import { intersectRayBox, type Ray } from '../../core/geometry/ray';
import { subtract, type Vec3 } from '../../core/geometry/vec3';

export interface PickableBox {
  readonly labelId: LabelId;
  readonly state: BoxState;
}

export interface LabelPick {
  readonly labelId: LabelId;
  readonly point_m: Vec3;
  readonly distance_m: number;
}

/** The box that the ray meets first. A box that the viewer is in is not picked: it would hide all the others. */
export function pickLabel(boxes: Iterable<PickableBox>, ray: Ray): LabelPick | null {
  let best: LabelPick | null = null;
  for (const { labelId, state } of boxes) {
    const hit = intersectRayBox(ray, state);
    if (hit === null || (best !== null && hit.distance_m >= best.distance_m)) continue;
    if (containsPoint(state, ray.origin_m)) continue;
    best = { labelId, point_m: hit.point_m, distance_m: hit.distance_m };
  }
  return best;
}

export function containsPoint(box: BoxState, point_m: Vec3): boolean {
  const own = rotate(conjugate(box.quat_xyzw), subtract(point_m, box.position_m));
  return own.every((part, axis) => Math.abs(part) <= box.size_m[axis]! / 2);
}
