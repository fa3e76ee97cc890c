import { CORNER_SIGNS, EDGES, isFrontEdge } from '../box';
import { coneCosine, pictureConeRad } from '../pictureCone';
import { writeRotationMatrix } from '../rigid';
import type { Track } from '../track';
import type { ImageView } from '../view';
import { EdgePlace, EdgeTracer, SEEN_POINT_LENGTH } from './edges';
import { isFarOff, MOVING_BOX_LENGTH, moveTrack, standBox } from './movingBox';
import { PixelBuffer } from './pixelBuffer';

/** On screen a quarter of a pixel is straight enough. */
export const DRAWN_TOLERANCE_PX = 0.25;

/** The projected edges of boxes as pixel polylines in flat arrays; reused from frame to frame. */
export class BoxLines {
  /** The first vertex of every polyline; one more entry at the end. */
  starts = new Int32Array(512);
  /** The edge (index to `EDGES`) of every polyline. */
  edges = new Uint8Array(512);
  lineCount = 0;
  readonly pixels = new PixelBuffer();

  /** u, v of every vertex. */
  get uv(): Float64Array {
    return this.pixels.uv;
  }

  get vertexCount(): number {
    return this.pixels.length;
  }

  clear(): void {
    this.lineCount = 0;
    this.pixels.clear();
    this.starts[0] = 0;
  }

  /** True for a polyline on the front face, which shows the heading. */
  isFront(line: number): boolean {
    return isFrontEdge(this.edges[line]!);
  }

  /** Begins a polyline of this edge; its vertices are pushed to `pixels`. */
  open(edge: number): void {
    if (this.lineCount + 2 > this.starts.length) {
      const starts = new Int32Array(2 * this.starts.length);
      starts.set(this.starts);
      this.starts = starts;
      const edges = new Uint8Array(2 * this.edges.length);
      edges.set(this.edges);
      this.edges = edges;
    }
    this.starts[this.lineCount] = this.pixels.length;
    this.edges[this.lineCount] = edge;
    this.lineCount += 1;
  }

  /** Ends the polyline that was begun last. */
  close(): void {
    this.starts[this.lineCount] = this.pixels.length;
  }
}

const corners = new Float64Array(MOVING_BOX_LENGTH);
const cornersSeen = new Float64Array(8 * SEEN_POINT_LENGTH);
const tracers = new WeakMap<ImageView, EdgeTracer>();

/** From the order of `CORNER_SIGNS` (x slowest) to that of moving boxes (x fastest). */
const MOVING_EDGES = EDGES.map(([a, b]) => [reversed(a), reversed(b)] as const);

function reversed(corner: number): number {
  return ((corner >> 2) & 1) | (corner & 2) | ((corner & 1) << 2);
}

/**
 * Adds a label's edges in an image to `out`, each point at its own line's time: cut where there are no pixels, not at
 * the picture, in pieces straight to the tolerance. Returns how many polylines; 0 where nothing can be seen.
 */
export function projectTrackLines(
  view: ImageView,
  track: Track,
  out: BoxLines,
  tolerance_px = DRAWN_TOLERANCE_PX,
): number {
  return moveTrack(view, track, corners) ? traceEdges(view, out, tolerance_px) : 0;
}

/** The same for a box that stands still: `state` as `Track.stateInto` writes it. */
export function projectBoxLines(
  view: ImageView,
  state: Float64Array,
  out: BoxLines,
  tolerance_px = DRAWN_TOLERANCE_PX,
): number {
  standBox(view, state, corners);
  return traceEdges(view, out, tolerance_px);
}

function traceEdges(view: ImageView, out: BoxLines, tolerance_px: number): number {
  if (isFarOff(view, corners)) return 0;
  const before = out.lineCount;
  const tracer = tracerOf(view);
  const coneRad = pictureConeRad(view.camera);
  tracer.seePoints(corners, 8, cornersSeen);
  for (let edge = 0; edge < MOVING_EDGES.length; edge += 1) {
    const [a, b] = MOVING_EDGES[edge]!;
    const place = tracer.placeOf(cornersSeen, a, b, coneRad);
    if (place === EdgePlace.OUTSIDE) continue;
    tracer.take(corners, a, b);
    if (place === EdgePlace.INSIDE) {
      out.open(edge);
      out.pixels.push(cornersSeen[SEEN_POINT_LENGTH * a]!, cornersSeen[SEEN_POINT_LENGTH * a + 1]!);
      tracer.traceWhole(cornersSeen, a, b, tolerance_px, out.pixels);
      out.close();
    } else traceEdge(tracer, edge, coneCosine(coneRad), tolerance_px, out);
  }
  return out.lineCount - before;
}

/** One polyline for every part of an edge that is inside the cone. */
function traceEdge(
  tracer: EdgeTracer,
  edge: number,
  cosine: number,
  tolerance_px: number,
  out: BoxLines,
): void {
  const count = tracer.cut(cosine);
  let wasInside = tracer.see(0, cosine);
  let start = 0;
  let previous = 0;
  for (let index = 1; index < count; index += 1) {
    const place = tracer.places[index]!;
    const isInside = tracer.see(place, cosine);
    if (isInside && !wasInside) start = tracer.crossing(place, previous, cosine);
    if (!isInside && wasInside) {
      drawPart(tracer, edge, start, tracer.crossing(previous, place, cosine), tolerance_px, out);
    }
    previous = place;
    wasInside = isInside;
  }
  if (wasInside) drawPart(tracer, edge, start, 1, tolerance_px, out);
}

function drawPart(
  tracer: EdgeTracer,
  edge: number,
  start: number,
  end: number,
  tolerance_px: number,
  out: BoxLines,
): void {
  tracer.see(start, -2);
  out.open(edge);
  out.pixels.push(tracer.u, tracer.v);
  tracer.trace(start, end, tolerance_px, out.pixels);
  out.close();
}

function tracerOf(view: ImageView): EdgeTracer {
  let tracer = tracers.get(view);
  if (tracer === undefined) {
    tracer = new EdgeTracer(view, true);
    tracers.set(view, tracer);
  }
  return tracer;
}

const rotation = new Float64Array(9);

/** Writes the eight corners (24 numbers, in the order of `CORNER_SIGNS`) of a state to `out`. */
export function writeCorners(state: Float64Array, out: Float64Array): void {
  writeRotationMatrix(state[3]!, state[4]!, state[5]!, state[6]!, rotation, 0);
  for (let i = 0; i < 8; i += 1) {
    const signs = CORNER_SIGNS[i]!;
    const x = (signs[0] * state[7]!) / 2;
    const y = (signs[1] * state[8]!) / 2;
    const z = (signs[2] * state[9]!) / 2;
    out[3 * i] = state[0]! + rotation[0]! * x + rotation[1]! * y + rotation[2]! * z;
    out[3 * i + 1] = state[1]! + rotation[3]! * x + rotation[4]! * y + rotation[5]! * z;
    out[3 * i + 2] = state[2]! + rotation[6]! * x + rotation[7]! * y + rotation[8]! * z;
  }
}
