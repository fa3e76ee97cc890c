import { rotate, conjugate } from './quat';
import type { BoxState } from './box';
import { add, dot, scale, subtract, type Vec3 } from './vec3';

/** A half line in the world frame; `direction` has length one. */
export interface Ray {
  readonly origin_m: Vec3;
  readonly direction: Vec3;
}

export function pointOnRay(ray: Ray, distance_m: number): Vec3 {
  return add(ray.origin_m, scale(ray.direction, distance_m));
}

/** Where the ray meets the plane through `point` with this normal, or null when it runs along it or away from it. */
export function intersectRayPlane(ray: Ray, point_m: Vec3, normal: Vec3): Vec3 | null {
  const slope = dot(ray.direction, normal);
  if (Math.abs(slope) < 1e-9) return null;
  const distance_m = dot(subtract(point_m, ray.origin_m), normal) / slope;
  return distance_m > 0 ? pointOnRay(ray, distance_m) : null;
}

/** Where the ray meets the horizontal plane at this height, or null when it doesn't within `farthest_m`. */
export function intersectRayGround(ray: Ray, groundZ_m: number, farthest_m = 1000): Vec3 | null {
  const hit = intersectRayPlane(ray, [0, 0, groundZ_m], [0, 0, 1]);
  if (hit === null || dot(subtract(hit, ray.origin_m), ray.direction) > farthest_m) return null;
  return hit;
}

export interface RayBoxHit {
  readonly distance_m: number;
  readonly point_m: Vec3;
  /** The face that is hit: its axis in the box's frame and its side. */
  readonly axis: 0 | 1 | 2;
  readonly sign: 1 | -1;
}

/** Where the ray enters the box (or leaves it, when it starts inside), or null. */
export function intersectRayBox(ray: Ray, box: BoxState): RayBoxHit | null {
  const boxFromWorld = conjugate(box.quat_xyzw);
  const origin = rotate(boxFromWorld, subtract(ray.origin_m, box.position_m));
  const direction = rotate(boxFromWorld, ray.direction);
  let near = -Infinity;
  let far = Infinity;
  let nearAxis: 0 | 1 | 2 = 0;
  let farAxis: 0 | 1 | 2 = 0;
  for (const axis of [0, 1, 2] as const) {
    const half = box.size_m[axis] / 2;
    if (direction[axis] === 0) {
      if (Math.abs(origin[axis]) > half) return null;
      continue;
    }
    const a = (-half - origin[axis]) / direction[axis];
    const b = (half - origin[axis]) / direction[axis];
    if (Math.min(a, b) > near) {
      near = Math.min(a, b);
      nearAxis = axis;
    }
    if (Math.max(a, b) < far) {
      far = Math.max(a, b);
      farAxis = axis;
    }
  }
  if (near > far || far < 0) return null;
  const inside = near < 0;
  const distance_m = inside ? far : near;
  const axis = inside ? farAxis : nearAxis;
  const sign = direction[axis] > 0 === inside ? 1 : -1;
  return { distance_m, point_m: pointOnRay(ray, distance_m), axis, sign };
}

/** The parameter along `line` (unit direction) of its point nearest to the ray, or null when they are parallel. */
export function nearestOnLine(ray: Ray, lineOrigin_m: Vec3, lineDirection: Vec3): number | null {
  const between = subtract(ray.origin_m, lineOrigin_m);
  const b = dot(ray.direction, lineDirection);
  const denominator = 1 - b * b;
  if (denominator < 1e-9) return null;
  return (dot(between, lineDirection) - b * dot(between, ray.direction)) / denominator;
}
