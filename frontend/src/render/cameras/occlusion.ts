import { boxPoint, type BoxState } from '../../core/geometry/box';
import { conjugate, rotate } from '../../core/geometry/quat';
import { intersectRayBox } from '../../core/geometry/ray';
import { distance, dot, normalize, scale, subtract, type Vec3 } from '../../core/geometry/vec3';
import { containsPoint } from '../picking/pickLabel';

/** Where each face is looked at: its middle and towards its corners. */
const PLACES = [-0.75, 0, 0.75] as const;
/** Boxes that touch don't hide one another. */
const SLACK_M = 0.05;

/**
 * The part of a box's faces towards the viewer that no other box hides, 0 to 1. One that the viewer is in hides nothing:
 * the car that carries the camera may be labelled, too.
 */
export function visiblePart(box: BoxState, viewer_m: Vec3, others: readonly BoxState[]): number {
  const before = others.filter((other) => isBefore(other, box, viewer_m));
  if (before.length === 0) return 1;
  const points = facePoints(box, viewer_m);
  if (points.length === 0) return 1;
  const seen = points.filter((point_m) => {
    const ray = { origin_m: viewer_m, direction: normalize(subtract(point_m, viewer_m)) };
    const reach_m = distance(viewer_m, point_m) - SLACK_M;
    return !before.some((other) => (intersectRayBox(ray, other)?.distance_m ?? Infinity) < reach_m);
  });
  return seen.length / points.length;
}

/** Nine points on each face that looks at the viewer; none for a viewer inside. */
function facePoints(box: BoxState, viewer_m: Vec3): Vec3[] {
  const own = rotate(conjugate(box.quat_xyzw), subtract(viewer_m, box.position_m));
  return own.flatMap((part, axis) => {
    if (Math.abs(part) <= box.size_m[axis]! / 2) return [];
    const [a, b] = [(axis + 1) % 3, (axis + 2) % 3];
    return PLACES.flatMap((onA) =>
      PLACES.map((onB) => {
        const fractions: [number, number, number] = [0, 0, 0];
        fractions[axis] = Math.sign(part);
        fractions[a] = onA;
        fractions[b] = onB;
        return boxPoint(box, fractions);
      }),
    );
  });
}

/** Whether a box may stand between: by the spheres about both. */
function isBefore(other: BoxState, box: BoxState, viewer_m: Vec3): boolean {
  const to_m = subtract(box.position_m, viewer_m);
  const toOther_m = subtract(other.position_m, viewer_m);
  const [radius_m, otherRadius_m] = [box, other].map(({ size_m }) => Math.hypot(...size_m) / 2) as [
    number,
    number,
  ];
  const reach_m = Math.hypot(...to_m);
  const along_m = dot(toOther_m, scale(to_m, 1 / Math.max(reach_m, 1e-9)));
  if (along_m < -otherRadius_m || along_m - otherRadius_m > reach_m + radius_m) return false;
  const aside_m = Math.sqrt(Math.max(dot(toOther_m, toOther_m) - along_m * along_m, 0));
  // The cone about the box is no wider than its sphere on the way to it.
  if (aside_m > radius_m + otherRadius_m) return false;
  return !containsPoint(other, viewer_m);
}
