import { boxPoint, type BoxState } from '../../core/geometry/box';
import { rotate } from '../../core/geometry/quat';
import { add, scale, type Vec3 } from '../../core/geometry/vec3';
import { handleOfSigns, type HandleId, type SideHandle } from '../../core/tools/handles';
import type { OrthoSide } from '../views/orthoCamera';
import { distancePx } from './boxHandles';
import type { ScreenPoint } from './viewProjection';

/** A box's outline in an orthographic view, and what of it can be grabbed. */
export interface OrthoOutline {
  /** Four corners in order round the box. */
  readonly corners: readonly { readonly handle: SideHandle; readonly screen_px: ScreenPoint }[];
  /** Side i runs from corner i to corner i + 1. */
  readonly sides: readonly SideHandle[];
  /** From the middle of the front to the handle; only where the heading lies in the picture's plane. */
  readonly heading: {
    readonly from_px: ScreenPoint;
    readonly to_px: ScreenPoint;
    readonly point_m: Vec3;
  } | null;
}

export interface OrthoProjection {
  readonly side: OrthoSide;
  readonly metresPerPixel: number;
  toScreen(point_m: Vec3): ScreenPoint | null;
}

/** The two axes of the box that lie in each view's plane. */
const PLANE_AXES: Readonly<Record<OrthoSide, readonly [0 | 1 | 2, 0 | 1 | 2]>> = {
  top: [0, 1],
  side: [0, 2],
  front: [1, 2],
};
const CORNERS = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const;
const SIDES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;
const HEADING_ARM_PX = 30;
const CORNER_RADIUS_PX = 10;
const SIDE_RADIUS_PX = 9;

export function orthoOutline(box: BoxState, projection: OrthoProjection): OrthoOutline | null {
  const [a, b] = PLANE_AXES[projection.side];
  const corners = CORNERS.map((pair) => {
    const signs = signsOf(a, b, pair);
    return { handle: sideHandle(signs), screen_px: projection.toScreen(boxPoint(box, signs)) };
  });
  const seen = corners.filter(
    (corner): corner is { handle: SideHandle; screen_px: ScreenPoint } => corner.screen_px !== null,
  );
  if (seen.length < 4) return null;
  return {
    corners: seen,
    sides: SIDES.map((pair) => sideHandle(signsOf(a, b, pair))),
    heading: projection.side === 'top' ? headingArm(box, projection) : null,
  };
}

/** What of the outline is under the pointer, the smaller things first. */
export function orthoHandleAt(outline: OrthoOutline, pointer_px: ScreenPoint): HandleId | null {
  if (outline.heading !== null && distancePx(outline.heading.to_px, pointer_px) <= CORNER_RADIUS_PX + 2)
    return 'heading';
  // Of a box that is small on screen the middle must stay free to be moved.
  const shortest = Math.min(
    ...outline.corners.map((corner, i) => distancePx(corner.screen_px, next(outline, i))),
  );
  const tolerance = Math.max(3, Math.min(SIDE_RADIUS_PX, shortest / 4));
  const corner = outline.corners.find(
    ({ screen_px }) => distancePx(screen_px, pointer_px) <= Math.min(CORNER_RADIUS_PX, tolerance * 1.2),
  );
  if (corner !== undefined) return corner.handle;
  const distances = outline.corners.map(({ screen_px }, i) =>
    distanceToSegment(pointer_px, screen_px, next(outline, i)),
  );
  const nearest = distances.indexOf(Math.min(...distances));
  if (distances[nearest]! <= tolerance) return outline.sides[nearest]!;
  return isInside(outline, pointer_px) ? 'body' : null;
}

function next(outline: OrthoOutline, i: number): ScreenPoint {
  return outline.corners[(i + 1) % 4]!.screen_px;
}

function signsOf(a: 0 | 1 | 2, b: 0 | 1 | 2, [onA, onB]: readonly [number, number]): Vec3 {
  const signs: [number, number, number] = [0, 0, 0];
  signs[a] = onA;
  signs[b] = onB;
  return signs;
}

function sideHandle(signs: Vec3): SideHandle {
  const handle = handleOfSigns(signs);
  if (handle === null) throw new Error('a side needs a sign that is not zero');
  return handle;
}

function headingArm(box: BoxState, projection: OrthoProjection): OrthoOutline['heading'] {
  const front_m = boxPoint(box, [1, 0, 0]);
  const forward = rotate(box.quat_xyzw, [1, 0, 0]);
  const point_m = add(front_m, scale(forward, HEADING_ARM_PX * projection.metresPerPixel));
  const from_px = projection.toScreen(front_m);
  const to_px = projection.toScreen(point_m);
  return from_px === null || to_px === null ? null : { from_px, to_px, point_m };
}

export function distanceToSegment(p: ScreenPoint, a: ScreenPoint, b: ScreenPoint): number {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const squared = dx * dx + dy * dy;
  const s = squared === 0 ? 0 : Math.min(1, Math.max(0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / squared));
  return distancePx(p, [a[0] + s * dx, a[1] + s * dy]);
}

/** The corners go round a convex outline: inside means on the same side of all four. */
function isInside(outline: OrthoOutline, p: ScreenPoint): boolean {
  const turns = outline.corners.map(({ screen_px: a }, i) => {
    const b = next(outline, i);
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
  });
  return turns.every((turn) => turn >= 0) || turns.every((turn) => turn <= 0);
}
