import { intersectRayPlane, nearestOnLine } from '../../geometry/ray';
import { add, cross, dot, norm, normalize, scale, subtract, type Vec3 } from '../../geometry/vec3';
import type { PointerInput } from '../input';

/** A plane flatter to the ray than this (sine of the angle) is too steep a slide to drag on. */
const MIN_SLOPE = 0.02;

/** Farther than this from where it began, a drag would throw the thing out of sight. */
const FARTHEST_M = 300;

/** Where the pointer is on the plane through `grab_m`, or null where that says nothing (horizon, edge-on). */
export function pointOnPlane(input: PointerInput, grab_m: Vec3, normal: Vec3): Vec3 | null {
  if (Math.abs(dot(input.ray.direction, normal)) < MIN_SLOPE) return null;
  const point = intersectRayPlane(input.ray, grab_m, normal);
  return point !== null && norm(subtract(point, grab_m)) < FARTHEST_M ? point : null;
}

/** How far along an axis through `grab_m` the pointer is, metres, or null when it looks along the axis. */
export function distanceAlong(input: PointerInput, grab_m: Vec3, axis: Vec3): number | null {
  if (input.view.kind === 'ortho') {
    const point = pointOnPlane(input, grab_m, input.ray.direction);
    return point === null ? null : dot(subtract(point, grab_m), axis);
  }
  const facing = cross(axis, cross(input.ray.direction, axis));
  if (norm(facing) < MIN_SLOPE) return null;
  const distance = nearestOnLine(input.ray, grab_m, axis);
  return distance !== null && Math.abs(distance) < FARTHEST_M ? distance : null;
}

/** The plane that a free drag follows: the view's own in an orthographic view, else the horizontal one. */
export function dragNormal(input: PointerInput): Vec3 {
  return input.view.kind === 'ortho' ? normalize(input.ray.direction) : [0, 0, 1];
}

export function closestAxis(direction: Vec3, axes: readonly Vec3[]): Vec3 {
  let best: Vec3 = [0, 0, 1];
  let bestCosine = -1;
  for (const axis of axes) {
    const cosine = Math.abs(dot(axis, direction));
    if (cosine > bestCosine) {
      bestCosine = cosine;
      best = axis;
    }
  }
  return best;
}

/** The part of a vector along a unit axis. */
export function along(vector: Vec3, axis: Vec3): Vec3 {
  return scale(axis, dot(vector, axis));
}

export function sum(...vectors: readonly Vec3[]): Vec3 {
  return vectors.reduce((total, vector) => add(total, vector), [0, 0, 0]);
}
