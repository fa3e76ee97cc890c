import { Cylindrical } from '../cameras/cylindrical';
import { coneCosine, LIMIT_SHARE, pictureConeRad } from '../pictureCone';
import { Status } from '../status';
import type { Track } from '../track';
import { SEEN_LENGTH, type ImageView } from '../view';
import { clipOnCylinder } from './cylinder';
import { MOVING_LENGTH } from './edges';
import { LoopTracer } from './loops';
import { isFarOff, MOVING_BOX_LENGTH, moveTrack } from './movingBox';
import { PixelBuffer } from './pixelBuffer';
import { clipToRectangle, extentOf, signedArea, unionOf, type PixelBox } from './polygon';
import { INSIDE, sideOf, SILHOUETTES } from './silhouette';

export type { PixelBox };

/** Exports are this near to the true curve; so is what is compared with them. */
export const EXACT_TOLERANCE_PX = 0.05;

/** What one box label yields in one image, as if nothing stood in front of it. */
export interface BoxTarget {
  /** Tight about the outline in the picture. */
  readonly boxClipped: PixelBox;
  /** Tight about all of it, also off the picture; null where some of it has no pixel. */
  readonly boxFull: PixelBox | null;
  /** The outline clipped to the picture: closed loops of u, v; their even-odd fill is the mask. */
  readonly loops_px: readonly Float64Array[];
  /** Share of the outline's area that isn't in the picture; null where `boxFull` is. */
  readonly truncation: number | null;
}

const corners = new Float64Array(MOVING_BOX_LENGTH);
const projectors = new WeakMap<ImageView, BoxProjector>();

/** The outline and tight boxes of a label in an image, at the image's own time; null where it isn't in the picture. */
export function projectBoxTarget(
  view: ImageView,
  track: Track,
  tolerance_px = EXACT_TOLERANCE_PX,
): BoxTarget | null {
  return moveTrack(view, track, corners) ? targetOf(view, tolerance_px) : null;
}

function targetOf(view: ImageView, tolerance_px: number): BoxTarget | null {
  if (isFarOff(view, corners)) return null;
  let projector = projectors.get(view);
  if (projector === undefined) {
    projector = new BoxProjector(view);
    projectors.set(view, projector);
  }
  return projector.target(corners, tolerance_px);
}

/** From which sides of the box it is seen while lines are read out, and the middle of that time. */
interface Sides {
  readonly begin: number;
  readonly end: number;
  readonly momentNs: number;
}

/** What of a box is in the picture, seen from one side. */
interface Seen {
  readonly loops_px: readonly Float64Array[];
  readonly clipped: PixelBox;
  readonly within: number;
}

/** All of a box, also off the picture. */
interface Whole {
  readonly extent: PixelBox;
  readonly area: number;
}

/** One view, ready to outline boxes. The twin of `projection/cuboids.py`. */
class BoxProjector {
  readonly #view: ImageView;
  readonly #tracer: LoopTracer;
  readonly #picture: PixelBox;
  readonly #pictureCosine: number;
  readonly #limitCosine: number;
  readonly #kept = new PixelBuffer();

  constructor(view: ImageView) {
    const { camera } = view;
    this.#view = view;
    this.#tracer = new LoopTracer(view);
    this.#picture = { u0: -0.5, v0: -0.5, u1: camera.width - 0.5, v1: camera.height - 0.5 };
    this.#pictureCosine = coneCosine(pictureConeRad(camera));
    const isAllRound = camera.lens instanceof Cylindrical && camera.limitRad >= Math.PI;
    this.#limitCosine = isAllRound ? this.#pictureCosine : coneCosine(camera.limitRad * LIMIT_SHARE);
  }

  target(box: Float64Array, tolerance_px: number): BoxTarget | null {
    const sides = this.#sides(box);
    const isInside = sides.begin === INSIDE || sides.end === INSIDE;
    if (isInside && this.#pictureCosine < -1) return this.#everything();
    const loop = isInside ? [] : SILHOUETTES[sides.begin]!;
    this.#trace(box, loop, this.#pictureCosine, tolerance_px, sides);
    const isCut = isInside || this.#tracer.isCut;
    const traced = this.#whole();
    const seenHere = this.#clip(isInside);
    // The camera passes the plane of a face while lines are read out: the boxes are tight about what either side shows;
    // the outline is that of the first line's side, which lacks a face that is seen edge-on.
    const other = isInside || sides.begin === sides.end ? null : SILHOUETTES[sides.end]!;
    const seenThere = other === null ? null : this.#see(box, other, tolerance_px, sides);
    const first = seenHere ?? seenThere;
    const clipped = unionOf(seenHere?.clipped ?? null, seenThere?.clipped ?? null);
    if (first === null || clipped === null) return null;
    const full = this.#full(box, loop, tolerance_px, sides, isCut, traced);
    const fullThere =
      other === null || full === null ? full : this.#full(box, other, tolerance_px, sides, true, null);
    return {
      boxClipped: clipped,
      boxFull: fullThere === null ? null : unionOf(full?.extent ?? null, fullThere.extent),
      loops_px: first.loops_px,
      truncation: full === null || fullThere === null ? null : share(full.area, first.within),
    };
  }

  #trace(
    box: Float64Array,
    loop: readonly number[],
    cosine: number,
    tolerance_px: number,
    sides: Sides,
  ): void {
    this.#tracer.trace(box, loop, cosine, tolerance_px, sides.momentNs);
  }

  #see(box: Float64Array, loop: readonly number[], tolerance_px: number, sides: Sides): Seen | null {
    this.#trace(box, loop, this.#pictureCosine, tolerance_px, sides);
    return this.#clip();
  }

  #sides(box: Float64Array): Sides {
    const [first, last] = this.#view.shutter.isRolling ? this.#seenBetween(box) : [0, 0];
    const begin = sideOf(this.#view, box, first);
    const end = last > first ? sideOf(this.#view, box, last) : begin;
    return { begin, end, momentNs: 0.5 * (first + last) };
  }

  /** From inside a box that is seen all round, all of the picture is the box. */
  #everything(): BoxTarget {
    const { u0, v0, u1, v1 } = this.#picture;
    const loop = Float64Array.of(u0, v0, u0, v1, u1, v1, u1, v0);
    return { boxClipped: this.#picture, boxFull: null, loops_px: [loop], truncation: null };
  }

  /** From when to when the lines that see the corners are exposed, ns after the image's time. */
  #seenBetween(box: Float64Array): readonly [number, number] {
    let first = Infinity;
    let last = -Infinity;
    for (let at = 0; at < MOVING_BOX_LENGTH; at += MOVING_LENGTH) {
      const status = this.#view.seeLocal(
        box[at]!,
        box[at + 1]!,
        box[at + 2]!,
        box[at + 3]!,
        box[at + 4]!,
        box[at + 5]!,
        seen,
      );
      if (status !== Status.OK && status !== Status.OUT_OF_IMAGE) return [0, this.#view.shutter.durationNs];
      first = Math.min(first, seen[5]!);
      last = Math.max(last, seen[5]!);
    }
    return [first, last];
  }

  /**
   * What the tracer found, clipped to the picture; null when nothing is left. On a cylinder that sees straight up and
   * down, the rim is around what is not seen: from inside a box, all but that is the box.
   */
  #clip(isInside = false): Seen | null {
    const { lens, limitRad } = this.#view.camera;
    const kept = this.#kept;
    const ends: number[] = [];
    kept.clear();
    if (isInside && lens instanceof Cylindrical && limitRad > Math.PI / 2) {
      const { u0, v0, u1, v1 } = this.#picture;
      for (const [u, v] of [
        [u0, v0],
        [u0, v1],
        [u1, v1],
        [u1, v0],
      ] as const)
        kept.push(u, v);
      ends.push(kept.length);
    }
    let start = 0;
    for (const end of this.#tracer.ends) {
      if (lens instanceof Cylindrical) {
        clipOnCylinder(lens, this.#tracer.pixels, start, end, this.#picture, kept, ends);
      } else {
        clipToRectangle(this.#tracer.pixels, start, end, this.#picture, kept);
        ends.push(kept.length);
      }
      start = end;
    }
    const within = areaOf(kept, ends);
    const clipped = isInside ? extentAround(kept, this.#picture) : extentOf(kept, 0, kept.length);
    if (!(within > 0) || clipped === null) return null;
    const loops_px = ends
      .map((end, i) => kept.slice(ends[i - 1] ?? 0, end))
      .filter((loop) => loop.length >= 6);
    return { loops_px, clipped, within };
  }

  /** What the tracer found, all of it; null when it found nothing. */
  #whole(): Whole | null {
    const { pixels, ends } = this.#tracer;
    const extent = extentOf(pixels, 0, pixels.length);
    return extent === null ? null : { extent, area: areaOf(pixels, ends) };
  }

  /** The tight box of all of it and its area; null if some of it has no pixel. `traced`: what the picture's cone showed. */
  #full(
    box: Float64Array,
    loop: readonly number[],
    tolerance_px: number,
    sides: Sides,
    isCut: boolean,
    traced: Whole | null,
  ): Whole | null {
    let whole = traced;
    if (isCut) {
      if (loop.length === 0) return null;
      this.#trace(box, loop, this.#limitCosine, tolerance_px, sides);
      if (this.#tracer.isCut) return null;
      whole = this.#whole();
    }
    if (whole === null || !Number.isFinite(whole.area)) return null;
    const { lens } = this.#view.camera;
    if (lens instanceof Cylindrical) {
      const half = lens.period_px / 2;
      const { u0, u1 } = whole.extent;
      if (u0 < lens.centre_px - half || u1 > lens.centre_px + half) return null;
    }
    return whole;
  }
}

const seen = new Float64Array(SEEN_LENGTH);

/**
 * The tight box of the picture less the holes in it. All corners of what is left are among the points, and but for the
 * picture's own corners that a hole holds, which are there twice, all points are its corners.
 */
function extentAround(points: PixelBuffer, picture: PixelBox): PixelBox | null {
  const { u0, u1, v0, v1 } = picture;
  const times = new Map<string, number>();
  const nameOf = (u: number, v: number): string | null =>
    (u === u0 || u === u1) && (v === v0 || v === v1) ? `${u} ${v}` : null;
  const flat = points.slice(0, points.length);
  for (let i = 0; i < flat.length; i += 2) {
    const name = nameOf(flat[i]!, flat[i + 1]!);
    if (name !== null) times.set(name, (times.get(name) ?? 0) + 1);
  }
  const left = new PixelBuffer();
  for (let i = 0; i < flat.length; i += 2) {
    const [u, v] = [flat[i]!, flat[i + 1]!];
    const name = nameOf(u, v);
    if (name === null || times.get(name) === 1) left.push(u, v);
  }
  return extentOf(left, 0, left.length);
}

function areaOf(pixels: PixelBuffer, ends: readonly number[]): number {
  let area = 0;
  let start = 0;
  for (const end of ends) {
    area += signedArea(pixels, start, end);
    start = end;
  }
  return Math.abs(area);
}

/** The share of an area that is not within. */
function share(area: number, within: number): number {
  return area > 0 ? Math.min(Math.max(1 - within / area, 0), 1) : 0;
}
