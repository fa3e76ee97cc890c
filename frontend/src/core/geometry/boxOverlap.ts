import { boxCorners, boxPoint, type BoxState } from './box';
import { norm, subtract } from './vec3';

type Point = readonly [number, number];

/**
 * The volume that two upright boxes share, m³: their footprints' common area times their common height. Boxes that are
 * tilted count with the footprint of their middle section and the height of their corners.
 */
export function sharedVolume(a: BoxState, b: BoxState): number {
  const reach = 0.5 * (norm(a.size_m) + norm(b.size_m));
  if (norm(subtract(a.position_m, b.position_m)) > reach) return 0;
  const [lowA, highA] = heights(a);
  const [lowB, highB] = heights(b);
  const height = Math.min(highA, highB) - Math.max(lowA, lowB);
  if (!(height > 0)) return 0;
  return height * area(intersection(footprint(a), footprint(b)));
}

export function volumeOf(box: BoxState): number {
  return box.size_m[0] * box.size_m[1] * box.size_m[2];
}

function heights(box: BoxState): readonly [number, number] {
  const z = boxCorners(box).map((corner) => corner[2]);
  return [Math.min(...z), Math.max(...z)];
}

/** Seen from above, counter-clockwise for an upright box. */
function footprint(box: BoxState): Point[] {
  return (
    [
      [1, 1, 0],
      [-1, 1, 0],
      [-1, -1, 0],
      [1, -1, 0],
    ] as const
  ).map((fractions) => {
    const [x, y] = boxPoint(box, fractions);
    return [x, y];
  });
}

/** The common part of two convex polygons (Sutherland and Hodgman: one clipped by each side of the other). */
function intersection(subject: readonly Point[], clip: readonly Point[]): Point[] {
  let polygon = [...subject];
  clip.forEach((from, i) => {
    const to = clip[(i + 1) % clip.length] ?? from;
    const side = (p: Point): number =>
      (to[0] - from[0]) * (p[1] - from[1]) - (to[1] - from[1]) * (p[0] - from[0]);
    polygon = clippedBy(polygon, side);
  });
  return polygon;
}

function clippedBy(polygon: readonly Point[], side: (p: Point) => number): Point[] {
  return polygon.flatMap((p, i) => {
    const q = polygon[(i + 1) % polygon.length] ?? p;
    const [sp, sq] = [side(p), side(q)];
    const kept: Point[] = sp >= 0 ? [p] : [];
    if (sp >= 0 === sq >= 0) return kept;
    const s = sp / (sp - sq);
    return [...kept, [p[0] + s * (q[0] - p[0]), p[1] + s * (q[1] - p[1])]];
  });
}

function area(polygon: readonly Point[]): number {
  let twice = 0;
  polygon.forEach((p, i) => {
    const q = polygon[(i + 1) % polygon.length] ?? p;
    twice += p[0] * q[1] - q[0] * p[1];
  });
  return Math.abs(twice) / 2;
}
