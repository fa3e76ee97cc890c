import { CORNER_SIGNS, EDGES, isFrontEdge } from '../box';
import { writeRotationMatrix } from '../rigid';
import { Status } from '../status';
import type { ImageView } from '../view';

/** The projected edges of boxes as pixel polylines in flat arrays; reused from frame to frame. */
export class BoxLines {
  /** u, v of every vertex. */
  uv = new Float64Array(4096);
  /** The first vertex of every polyline; one more entry at the end. */
  starts = new Int32Array(512);
  /** The edge (index to `EDGES`) of every polyline. */
  edges = new Uint8Array(512);
  lineCount = 0;
  vertexCount = 0;

  clear(): void {
    this.lineCount = 0;
    this.vertexCount = 0;
  }

  /** True for a polyline on the front face, which shows the heading. */
  isFront(line: number): boolean {
    return isFrontEdge(this.edges[line]!);
  }

  push(u: number, v: number): void {
    if (2 * this.vertexCount + 2 > this.uv.length) {
      const grown = new Float64Array(2 * this.uv.length);
      grown.set(this.uv);
      this.uv = grown;
    }
    this.uv[2 * this.vertexCount] = u;
    this.uv[2 * this.vertexCount + 1] = v;
    this.vertexCount += 1;
  }

  /** Ends the polyline that began at vertex `start`; dropped when it has less than two vertices. */
  endLine(start: number, edge: number): void {
    if (this.vertexCount - start < 2) {
      this.vertexCount = start;
      return;
    }
    if (this.lineCount + 2 > this.starts.length) {
      const starts = new Int32Array(2 * this.starts.length);
      starts.set(this.starts);
      this.starts = starts;
      const edges = new Uint8Array(2 * this.edges.length);
      edges.set(this.edges);
      this.edges = edges;
    }
    this.starts[this.lineCount] = start;
    this.edges[this.lineCount] = edge;
    this.lineCount += 1;
    this.starts[this.lineCount] = this.vertexCount;
  }
}

const scratch = new Float64Array(4);
const rotation = new Float64Array(9);
const corners = new Float64Array(24);
const SEGMENTS = 16;

/**
 * Adds the visible parts of a box's edges to `out`. `state`: position, quaternion, size (see `Track.stateInto`).
 * Returns the number of polylines added.
 */
export function projectBoxLines(view: ImageView, state: Float64Array, out: BoxLines): number {
  const before = out.lineCount;
  writeCorners(state, corners);
  EDGES.forEach(([from, to], edge) => {
    let start = out.vertexCount;
    for (let i = 0; i <= SEGMENTS; i += 1) {
      const s = i / SEGMENTS;
      const status = view.projectWorld(
        corners[3 * from]! + s * (corners[3 * to]! - corners[3 * from]!),
        corners[3 * from + 1]! + s * (corners[3 * to + 1]! - corners[3 * from + 1]!),
        corners[3 * from + 2]! + s * (corners[3 * to + 2]! - corners[3 * from + 2]!),
        0,
        0,
        0,
        scratch,
        0,
      );
      if (status === Status.OK || status === Status.OUT_OF_IMAGE) {
        out.push(scratch[0]!, scratch[1]!);
      } else {
        out.endLine(start, edge);
        start = out.vertexCount;
      }
    }
    out.endLine(start, edge);
  });
  return out.lineCount - before;
}

/** Writes the eight corners (24 numbers) of a state to `out`. */
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
