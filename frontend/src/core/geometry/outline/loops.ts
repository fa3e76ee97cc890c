import { Cylindrical } from '../cameras/cylindrical';
import type { ImageView } from '../view';
import { EdgeTracer, MOVING_LENGTH, offChord, unwrapped } from './edges';
import { FAR_OFF_SHARE, offPicture } from './offPicture';
import { PixelBuffer } from './pixelBuffer';

const TURN = 2 * Math.PI;
const MAX_RIM_ROUNDS = 12;
const MAX_RIM_STEPS = 4096;
/** Halvings of an eighth of a rim; a difference of azimuths that is none. */
const RIM_DEPTH = 20;
const LEAST_STEP = 1e-9;

/** A part of a loop of edges inside the cone: its pixels, and where on the rim it enters and leaves (NaN: at a corner). */
interface Chain {
  first: number;
  end: number;
  enters: number;
  leaves: number;
}

/**
 * Closed outlines of convex things in a picture: clipped in 3D, subdivided, stitched.
 *
 * Seen from the camera the outline of a convex body (from outside) or a flat polygon is a loop of straight edges in
 * space, and the lens's domain is a cone around its axis. Edges are cut where they leave the cone, and the loop is
 * closed along the cone's rim. Directions inside the cone go one-to-one to pixels, so this loop's picture is the
 * outline: for every lens, also beyond 180 degrees. Loops run visually anticlockwise around what they enclose; a loop
 * around what is not covered runs clockwise. The twin of `projection/kernels/outline.py`.
 */
export class LoopTracer {
  /** The pixels of all loops, and where each loop ends. */
  readonly pixels = new PixelBuffer();
  readonly ends: number[] = [];
  /** Whether the cone has cut anything. */
  isCut = false;
  readonly #view: ImageView;
  readonly #edges: EdgeTracer;
  readonly #points = new PixelBuffer();
  #chains: Chain[] = [];

  constructor(view: ImageView) {
    this.#view = view;
    this.#edges = new EdgeTracer(view);
  }

  /**
   * Traces a loop of corners (rows of `points`, visually anticlockwise) into `pixels` and `ends`.
   *
   * @param cosine of the cone to clip with; below -1: none
   * @param momentNs after the image's time at which the whole is judged where nothing crosses the rim
   */
  trace(
    points: Float64Array,
    loop: readonly number[],
    cosine: number,
    tolerance_px: number,
    momentNs: number,
  ): void {
    this.pixels.clear();
    this.ends.length = 0;
    this.#findChains(points, loop, cosine, tolerance_px);
    const [first] = this.#chains;
    const isWhole =
      this.#chains.length === 1 &&
      first !== undefined &&
      Number.isNaN(first.enters) &&
      Number.isNaN(first.leaves);
    if (first === undefined || isWhole) this.#close(points, loop, cosine, tolerance_px, momentNs, isWhole);
    else this.#stitch(cosine, tolerance_px);
  }

  /** Nothing crosses the rim: the loop is inside the cone or outside, and the rim may be enclosed. */
  #close(
    points: Float64Array,
    loop: readonly number[],
    cosine: number,
    tolerance_px: number,
    momentNs: number,
    isWhole: boolean,
  ): void {
    const first = this.#chains[0];
    if (isWhole && first !== undefined) {
      // The last point repeats the first.
      this.pixels.append(this.#points, 0, first.end - 1);
      this.ends.push(this.pixels.length);
    }
    this.isCut = first === undefined;
    if (cosine > -1 && this.#encloses(points, loop, momentNs, isWhole ? -1 : 1)) {
      this.#rim(cosine, Math.PI, TURN, tolerance_px);
      this.ends.push(this.pixels.length);
      this.isCut = true;
    }
  }

  /** Joins the chains along the rim, from where one leaves to the nearest that enters. */
  #stitch(cosine: number, tolerance_px: number): void {
    this.isCut = true;
    const chains = this.#chains;
    const firstChain = chains[0]!;
    const lastChain = chains.at(-1)!;
    // The chain that begins at the first corner goes on from the one that ends there.
    const isJoined = Number.isNaN(firstChain.enters) && Number.isNaN(lastChain.leaves);
    if (isJoined) lastChain.leaves = firstChain.leaves;
    const unused = new Set(isJoined ? chains.slice(1) : chains);
    for (const begin of chains) {
      if (!unused.has(begin)) continue;
      let current = begin;
      for (;;) {
        unused.delete(current);
        this.pixels.append(this.#points, current.first, current.end);
        if (isJoined && current === lastChain) this.pixels.append(this.#points, 1, firstChain.end);
        let following: Chain | null = null;
        let nearest = Infinity;
        for (const other of chains) {
          if ((isJoined && other === firstChain) || (!unused.has(other) && other !== begin)) continue;
          const turn = positiveTurn(current.leaves - other.enters);
          if (turn < nearest) {
            nearest = turn;
            following = other;
          }
        }
        if (following === null) {
          this.pixels.clear();
          this.ends.length = 0;
          return;
        }
        this.#rim(cosine, current.leaves, nearest, tolerance_px);
        if (following === begin) break;
        current = following;
      }
      this.ends.push(this.pixels.length);
    }
  }

  #findChains(points: Float64Array, loop: readonly number[], cosine: number, tolerance_px: number): void {
    const edges = this.#edges;
    this.#points.clear();
    this.#chains = [];
    let isOpen = false;
    for (let row = 0; row < loop.length; row += 1) {
      edges.take(points, loop[row]!, loop[(row + 1) % loop.length]!);
      const count = edges.cut(cosine);
      let previous = 0;
      let start = 0;
      let wasInside = edges.see(0, cosine);
      if (!wasInside) isOpen = false;
      for (let index = 1; index < count; index += 1) {
        const place = edges.places[index]!;
        const isLast = index === count - 1;
        const isInside = edges.see(place, cosine);
        const enters = isInside && !wasInside;
        if (enters) start = edges.crossing(place, previous, cosine);
        if (wasInside && (!isInside || isLast)) {
          const end = isInside ? place : edges.crossing(previous, place, cosine);
          if (!(isOpen && start === 0)) this.#open(start);
          this.#extend(start, end, tolerance_px, !isInside);
          isOpen = isInside;
        } else if (enters && isLast) {
          // Entered within the last stretch: what is left reaches to the corner.
          this.#open(start);
          this.#extend(start, 1, tolerance_px, false);
          isOpen = true;
        }
        previous = place;
        wasInside = isInside;
      }
    }
  }

  #open(start: number): void {
    const edges = this.#edges;
    edges.see(start, -2);
    const enters = start > 0 ? Math.atan2(edges.y, edges.x) : NaN;
    this.#chains.push({ first: this.#points.length, end: this.#points.length, enters, leaves: NaN });
    this.#points.push(edges.u, edges.v);
  }

  #extend(start: number, end: number, tolerance_px: number, leaves: boolean): void {
    const edges = this.#edges;
    edges.trace(start, end, tolerance_px, this.#points);
    const chain = this.#chains.at(-1)!;
    chain.end = this.#points.length;
    chain.leaves = NaN;
    if (leaves) {
      edges.see(end, -2);
      chain.leaves = Math.atan2(edges.y, edges.x);
    }
  }

  /** Appends an arc of the cone's rim, visually anticlockwise: from `start` (not appended) on, by `turn` radians. */
  #rim(cosine: number, start: number, turn: number, tolerance_px: number): void {
    const { lens } = this.#view.camera;
    if (lens instanceof Cylindrical) {
      this.#rimOnCylinder(lens.period_px, cosine, start, turn, tolerance_px);
      return;
    }
    let steps = Math.max(1, Math.ceil(turn / ((15 * Math.PI) / 180)));
    for (let round = 0; round < MAX_RIM_ROUNDS; round += 1) {
      const worst = this.#rimError(cosine, start, turn, steps, tolerance_px);
      if (worst <= 1) break;
      // The sagitta falls with the square of the step.
      steps = Math.min(MAX_RIM_STEPS, Math.ceil(steps * Math.max(1.2, Math.sqrt(worst))));
      if (steps >= MAX_RIM_STEPS) break;
    }
    for (let step = 1; step <= steps; step += 1) {
      this.#seeRim(cosine, start - (turn * step) / steps);
      this.pixels.push(rimPixel[0]!, rimPixel[1]!);
    }
  }

  /**
   * Straight above and below the axis a cylinder's columns change fast: nearly half a turn from one place to the next
   * doesn't say which way they went. So these two places are among those that are looked at.
   */
  #rimOnCylinder(period_px: number, cosine: number, start: number, turn: number, tolerance_px: number): void {
    this.#seeRim(cosine, start);
    let u0 = rimPixel[0]!;
    let v0 = rimPixel[1]!;
    let gone = 0;
    const ahead: { place: number; depth: number }[] = [];
    while (gone < turn) {
      const left = positiveTurn(8 * (start - gone)) / 8;
      const goal = gone + (left > LEAST_STEP ? left : Math.PI / 4);
      ahead.push({ place: goal > turn - LEAST_STEP ? turn : goal, depth: 0 });
      for (let next = ahead.at(-1); next !== undefined; next = ahead.at(-1)) {
        this.#seeRim(cosine, start - next.place);
        const u1 = unwrapped(rimPixel[0]!, u0, period_px);
        const v1 = rimPixel[1]!;
        const middle = 0.5 * (gone + next.place);
        this.#seeRim(cosine, start - middle);
        const u = unwrapped(rimPixel[0]!, u0, period_px);
        const v = rimPixel[1]!;
        const { camera } = this.#view;
        const near = Math.min(
          offPicture(camera, u0, v0),
          offPicture(camera, u, v),
          offPicture(camera, u1, v1),
        );
        const allowed = Math.max(tolerance_px, FAR_OFF_SHARE * near);
        if (next.depth < RIM_DEPTH && !(offChord(u0, v0, u1, v1, u, v) <= allowed)) {
          next.depth += 1;
          ahead.push({ place: middle, depth: next.depth });
          continue;
        }
        this.pixels.push(u1, v1);
        gone = next.place;
        u0 = u1;
        v0 = v1;
        ahead.pop();
      }
    }
  }

  #rimError(cosine: number, start: number, turn: number, steps: number, tolerance_px: number): number {
    this.#seeRim(cosine, start);
    let u = rimPixel[0]!;
    let v = rimPixel[1]!;
    let worst = 0;
    for (let step = 0; step < steps; step += 1) {
      this.#seeRim(cosine, start - (turn * (step + 0.5)) / steps);
      const um = rimPixel[0]!;
      const vm = rimPixel[1]!;
      this.#seeRim(cosine, start - (turn * (step + 1)) / steps);
      const ue = rimPixel[0]!;
      const ve = rimPixel[1]!;
      const near = Math.min(offPicture(this.#view.camera, u, v), offPicture(this.#view.camera, um, vm));
      worst = Math.max(worst, offChord(u, v, ue, ve, um, vm) / Math.max(tolerance_px, FAR_OFF_SHARE * near));
      u = ue;
      v = ve;
    }
    return worst;
  }

  #seeRim(cosine: number, azimuth: number): void {
    const sine = Math.sqrt(Math.max(0, 1 - cosine * cosine));
    this.#view.camera.lens.project(sine * Math.cos(azimuth), sine * Math.sin(azimuth), cosine, rimPixel, 0);
  }

  /** Whether the axis (or the one backwards) lies inside a convex loop of edges, at a time. */
  #encloses(points: Float64Array, loop: readonly number[], momentNs: number, towardZ: 1 | -1): boolean {
    for (let row = 0; row < loop.length; row += 1) {
      this.#standing(points, loop[row]!, momentNs, cornerA);
      this.#standing(points, loop[(row + 1) % loop.length]!, momentNs, cornerB);
      // Visually anticlockwise, and y points down: the inside is where this is negative.
      if (towardZ * (cornerA[0]! * cornerB[1]! - cornerA[1]! * cornerB[0]!) >= 0) return false;
    }
    return true;
  }

  #standing(points: Float64Array, row: number, momentNs: number, out: Float64Array): void {
    const at = MOVING_LENGTH * row;
    const t = momentNs * 1e-9;
    this.#view.toCamera(
      points[at]! + t * points[at + 3]!,
      points[at + 1]! + t * points[at + 4]!,
      points[at + 2]! + t * points[at + 5]!,
      momentNs,
      out,
    );
  }
}

const rimPixel = new Float64Array(2);
const cornerA = new Float64Array(3);
const cornerB = new Float64Array(3);

/** An angle in [0, 2 pi); NaN stays NaN, and is nearer than nothing. */
function positiveTurn(angle: number): number {
  return angle - TURN * Math.floor(angle / TURN);
}
