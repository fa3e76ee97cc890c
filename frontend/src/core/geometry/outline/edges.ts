import { Cylindrical } from '../cameras/cylindrical';
import { Pinhole } from '../cameras/pinhole';
import { Status } from '../status';
import { SEEN_LENGTH, type ImageView } from '../view';
import { FAR_OFF_SHARE, offPicture } from './offPicture';
import type { PixelBuffer } from './pixelBuffer';

/** Numbers per moving point: place relative to the view's origin at the image's time, then velocity in m/s. */
export const MOVING_LENGTH = 6;

/** Halvings of an edge: one that passes the camera by a hair turns within a millionth of it. */
const MAX_DEPTH = 40;
const COS_15_DEGREES = Math.cos((15 * Math.PI) / 180);
const GRID = 8;
const BISECTIONS = 50;
/** For the live picture: a millionth of the edge. */
const LIVE_BISECTIONS = 20;

/** Of the cosine: half a degree or more for all but the narrowest lenses. */
const RIM_MARGIN = 0.005;
/** A rolling shutter bends an edge by less than this off the great circle between its ends. */
const BENT_RAD = 0.05;
const HALF_PI = 0.5 * Math.PI;
/** Below this angle an edge's picture is a simple bow: farthest from straight in its middle. */
const COS_4_DEGREES = Math.cos((4 * Math.PI) / 180);

/** Numbers per point that `seePoints` writes. */
export const SEEN_POINT_LENGTH = 5;

/** How an edge lies to a cone. */
export const EdgePlace = { INSIDE: 0, OUTSIDE: 1, UNKNOWN: 2 } as const;
export type EdgePlace = (typeof EdgePlace)[keyof typeof EdgePlace];

/**
 * Straight edges between moving points, as one view sees them: where they enter and leave a cone about its axis, and
 * their picture in straight pieces that are near enough to the true curve. One per view; reused, so not reentrant.
 */
export class EdgeTracer {
  /** What the last `see` found: the pixel and the unit direction in the camera frame. */
  u = NaN;
  v = NaN;
  x = 0;
  y = 0;
  z = 0;
  /** Where along the edge to look; between two neighbours it enters or leaves the cone at most once. */
  readonly places = new Float64Array(2 + GRID + 6);
  readonly #view: ImageView;
  readonly #followsOn: boolean;
  readonly #isStraight: boolean;
  /** Columns of a whole turn, for a cylinder. */
  readonly #period: number | null;
  #points: Float64Array = new Float64Array(0);
  #a = 0;
  #b = 0;

  /**
   * @param followsOn look for each point's line first where the last one's was: quicker under a rolling shutter, and
   *   for the live picture as good; what is exported takes the search that can't fail
   */
  constructor(view: ImageView, followsOn = false) {
    this.#view = view;
    this.#followsOn = followsOn;
    this.#isStraight = view.camera.lens instanceof Pinhole && !view.shutter.isRolling;
    this.#period = view.camera.lens instanceof Cylindrical ? view.camera.lens.period_px : null;
  }

  /** Takes the edge from row a to row b of `points` (MOVING_LENGTH numbers each). */
  take(points: Float64Array, a: number, b: number): void {
    this.#points = points;
    this.#a = MOVING_LENGTH * a;
    this.#b = MOVING_LENGTH * b;
  }

  /** Looks at the point a share s along the edge; true when it is inside the cone of this cosine. */
  see(s: number, cosine: number): boolean {
    const p = this.#points;
    const a = this.#a;
    const b = this.#b;
    const r = 1 - s;
    const status = this.#view.seeLocal(
      r * p[a]! + s * p[b]!,
      r * p[a + 1]! + s * p[b + 1]!,
      r * p[a + 2]! + s * p[b + 2]!,
      r * p[a + 3]! + s * p[b + 3]!,
      r * p[a + 4]! + s * p[b + 4]!,
      r * p[a + 5]! + s * p[b + 5]!,
      seen,
      this.#followsOn,
    );
    const x = seen[2]!;
    const y = seen[3]!;
    const z = seen[4]!;
    const length = Math.sqrt(x * x + y * y + z * z);
    if ((status !== Status.OK && status !== Status.OUT_OF_IMAGE) || length === 0) {
      this.u = NaN;
      this.v = NaN;
      this.x = 0;
      this.y = 0;
      this.z = 0;
      return false;
    }
    this.u = seen[0]!;
    this.v = seen[1]!;
    this.x = x / length;
    this.y = y / length;
    this.z = z / length;
    return this.z > cosine;
  }

  /**
   * Looks at the first `count` points by themselves and writes SEEN_POINT_LENGTH numbers for each: u, v, and the unit
   * direction in the camera frame; NaN and zeros for those that aren't seen.
   */
  seePoints(points: Float64Array, count: number, out: Float64Array): void {
    for (let i = 0; i < count; i += 1) {
      this.take(points, i, i);
      this.see(0, -2);
      const at = SEEN_POINT_LENGTH * i;
      out[at] = this.u;
      out[at + 1] = this.v;
      out[at + 2] = this.x;
      out[at + 3] = this.y;
      out[at + 4] = this.z;
    }
  }

  /**
   * How an edge between two points that `seePoints` wrote lies to a cone, as far as its ends tell. Inside: both ends
   * are, in a part of the cone that is convex. Outside: the directions between two lie on the arc between them, and all
   * of that is. Either way well off the rim, as a rolling shutter bends edges a little.
   */
  placeOf(points: Float64Array, a: number, b: number, coneRad: number): EdgePlace {
    const margin = this.#view.shutter.isRolling ? RIM_MARGIN : 0;
    const p = SEEN_POINT_LENGTH * a;
    const q = SEEN_POINT_LENGTH * b;
    const az = points[p + 4]!;
    const bz = points[q + 4]!;
    const isSeen = points[p]! - points[p]! === 0 && points[q]! - points[q]! === 0;
    if (!isSeen) return EdgePlace.UNKNOWN;
    const convex = (coneRad < HALF_PI ? Math.cos(coneRad) : 0) + margin;
    if (az > convex && bz > convex) return EdgePlace.INSIDE;
    const cosine = points[p + 2]! * points[q + 2]! + points[p + 3]! * points[q + 3]! + az * bz;
    if (cosine < 0) return EdgePlace.UNKNOWN;
    const middle = Math.acos(clampedCosine((az + bz) / Math.sqrt(2 + 2 * cosine)));
    const reach = 0.5 * Math.acos(clampedCosine(cosine)) + (margin > 0 ? BENT_RAD : 1e-9);
    return middle - reach > coneRad ? EdgePlace.OUTSIDE : EdgePlace.UNKNOWN;
  }

  /** Writes the sorted `places` to look at for this cone; returns how many. */
  cut(cosine: number): number {
    const places = this.places;
    const isRolling = this.#view.shutter.isRolling;
    let count = 2;
    places[0] = 0;
    places[1] = 1;
    if (isRolling) {
      for (let step = 1; step < GRID; step += 1) {
        places[count] = step / GRID;
        count += 1;
      }
    }
    count = this.#cutAt(0, cosine, count);
    if (isRolling) count = this.#cutAt(this.#view.shutter.durationNs, cosine, count);
    if (count > 2) places.subarray(0, count).sort();
    return count;
  }

  /** The last place inside the cone, on the way from a place inside to one outside. */
  crossing(insideS: number, outsideS: number, cosine: number): number {
    let inside = insideS;
    let outside = outsideS;
    const steps = this.#followsOn ? LIVE_BISECTIONS : BISECTIONS;
    for (let i = 0; i < steps; i += 1) {
      const middle = 0.5 * (inside + outside);
      if (this.see(middle, cosine)) inside = middle;
      else outside = middle;
    }
    return inside;
  }

  /**
   * Appends the edge from `start` (whose pixel is the last in `out`) to `end`, split until the curve is within the
   * tolerance of the straight pieces. Far off the picture a five-thousandth of the distance is near enough.
   */
  trace(start: number, end: number, tolerance_px: number, out: PixelBuffer): void {
    this.see(start, -2);
    const { x, y, z } = this;
    this.see(end, -2);
    this.#stack(0, end, 0);
    this.#trace(start, x, y, z, tolerance_px, out);
  }

  /** The same from end to end, between two points that `seePoints` wrote. */
  traceWhole(points: Float64Array, a: number, b: number, tolerance_px: number, out: PixelBuffer): void {
    const p = SEEN_POINT_LENGTH * a;
    const q = SEEN_POINT_LENGTH * b;
    stack[0] = 1;
    for (let k = 0; k < SEEN_POINT_LENGTH; k += 1) stack[1 + k] = points[q + k]!;
    stack[6] = 0;
    this.#trace(0, points[p + 2]!, points[p + 3]!, points[p + 4]!, tolerance_px, out);
  }

  /** From `start`, whose direction is given, to what lies on the stack. */
  #trace(start: number, x: number, y: number, z: number, tolerance_px: number, out: PixelBuffer): void {
    let s0 = start;
    let x0 = x;
    let y0 = y;
    let z0 = z;
    let u0 = out.uv[2 * out.length - 2]!;
    let v0 = out.uv[2 * out.length - 1]!;
    for (let top = 0; top >= 0;) {
      const at = 7 * top;
      const s1 = stack[at]!;
      const u1 = this.#unwrapped(stack[at + 1]!, u0);
      const v1 = stack[at + 2]!;
      const depth = stack[at + 6]!;
      let splits = !this.#isStraight && depth < MAX_DEPTH;
      if (splits) {
        const cosine = x0 * stack[at + 3]! + y0 * stack[at + 4]! + z0 * stack[at + 5]!;
        const isSimple = this.#followsOn && cosine > COS_4_DEGREES;
        splits = cosine < COS_15_DEGREES || this.#isBent(s0, u0, v0, s1, u1, v1, isSimple, tolerance_px);
      }
      if (splits) {
        const middle = 0.5 * (s0 + s1);
        this.see(middle, -2);
        if (this.u - this.u === 0) {
          stack[at + 6] = depth + 1;
          this.#stack(top + 1, middle, depth + 1);
          top += 1;
          continue;
        }
      }
      out.push(u1, v1);
      s0 = s1;
      u0 = u1;
      v0 = v1;
      x0 = stack[at + 3]!;
      y0 = stack[at + 4]!;
      z0 = stack[at + 5]!;
      top -= 1;
    }
  }

  #stack(row: number, s: number, depth: number): void {
    const at = 7 * row;
    stack[at] = s;
    stack[at + 1] = this.u;
    stack[at + 2] = this.v;
    stack[at + 3] = this.x;
    stack[at + 4] = this.y;
    stack[at + 5] = this.z;
    stack[at + 6] = depth;
  }

  #isBent(
    s0: number,
    u0: number,
    v0: number,
    s1: number,
    u1: number,
    v1: number,
    isSimple: boolean,
    tolerance_px: number,
  ): boolean {
    let worst = 0;
    let near = Math.min(offPicture(this.#view.camera, u0, v0), offPicture(this.#view.camera, u1, v1));
    for (let quarter = isSimple ? 2 : 1; quarter < 4; quarter += isSimple ? 2 : 1) {
      this.see(s0 + 0.25 * quarter * (s1 - s0), -2);
      const u = this.#unwrapped(this.u, u0);
      // Written so that a NaN counts as neither.
      const off = offPicture(this.#view.camera, u, this.v);
      if (off < near) near = off;
      const distance = offChord(u0, v0, u1, v1, u, this.v);
      if (distance > worst) worst = distance;
    }
    return worst > Math.max(tolerance_px, FAR_OFF_SHARE * near);
  }

  /** On a cylinder, the column next to the one before; elsewhere the column itself. */
  #unwrapped(u: number, reference: number): number {
    return this.#period === null ? u : unwrapped(u, reference, this.#period);
  }

  #cutAt(offsetNs: number, cosine: number, found: number): number {
    const places = this.places;
    const p = this.#points;
    const a = this.#a;
    const b = this.#b;
    const t = offsetNs * 1e-9;
    this.#view.toCamera(
      p[a]! + t * p[a + 3]!,
      p[a + 1]! + t * p[a + 4]!,
      p[a + 2]! + t * p[a + 5]!,
      offsetNs,
      from,
    );
    this.#view.toCamera(
      p[b]! + t * p[b + 3]!,
      p[b + 1]! + t * p[b + 4]!,
      p[b + 2]! + t * p[b + 5]!,
      offsetNs,
      to,
    );
    const ax = from[0]!;
    const ay = from[1]!;
    const az = from[2]!;
    const dx = to[0]! - ax;
    const dy = to[1]! - ay;
    const dz = to[2]! - az;
    const c2 = cosine * cosine;
    // z^2 = c^2 |P|^2 along P = A + s D.
    const q2 = dz * dz - c2 * (dx * dx + dy * dy + dz * dz);
    const q1 = az * dz - c2 * (ax * dx + ay * dy + az * dz);
    const q0 = az * az - c2 * (ax * ax + ay * ay + az * az);
    const under = q1 * q1 - q2 * q0;
    let count = found;
    if (under > 0 && q2 !== 0) {
      const root = Math.sqrt(under);
      const first = (-q1 - root) / q2;
      const second = (-q1 + root) / q2;
      for (let i = 0; i < 3; i += 1) {
        const place = i === 0 ? first - 1e-9 : i === 1 ? 0.5 * (first + second) : second + 1e-9;
        if (place > 0 && place < 1) {
          places[count] = place;
          count += 1;
        }
      }
    }
    return count;
  }
}

const seen = new Float64Array(SEEN_LENGTH);
const from = new Float64Array(3);
const to = new Float64Array(3);
const stack = new Float64Array(7 * (MAX_DEPTH + 3));

/** Distance of a pixel from a straight piece. */
export function offChord(u0: number, v0: number, u1: number, v1: number, u: number, v: number): number {
  const du = u1 - u0;
  const dv = v1 - v0;
  const length = du * du + dv * dv;
  const share = length > 0 ? Math.min(Math.max(((u - u0) * du + (v - v0) * dv) / length, 0), 1) : 0;
  const offU = u - u0 - share * du;
  const offV = v - v0 - share * dv;
  return Math.sqrt(offU * offU + offV * offV);
}

function clampedCosine(value: number): number {
  return value > 1 ? 1 : value < -1 ? -1 : value;
}

/** The column a whole number of periods away that is nearest to the reference. */
export function unwrapped(u: number, reference: number, period: number): number {
  return u - period * roundHalfEven((u - reference) / period);
}

/** As Python rounds. */
function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
