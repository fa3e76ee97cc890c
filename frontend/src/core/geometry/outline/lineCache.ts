import type { Track } from '../track';
import type { ImageView } from '../view';
import { BoxLines, projectTrackLines } from './boxLines';

/** The drawn edges of one label in one image. */
export interface ProjectedLines {
  /** u, v of every vertex. */
  readonly uv: Float64Array;
  /** The first vertex of every polyline, and the end of the last. */
  readonly starts: Int32Array;
  /** The edge (index to `EDGES`) of every polyline. */
  readonly edges: Uint8Array;
}

const cache = new WeakMap<ImageView, WeakMap<Track, ProjectedLines>>();
const scratch = new BoxLines();

/**
 * The edges of a label in an image, kept for as long as both are: while one label is dragged, only its own edges are
 * projected anew. Empty where nothing of it can be seen.
 */
export function projectedLines(view: ImageView, track: Track): ProjectedLines {
  let ofView = cache.get(view);
  if (ofView === undefined) {
    ofView = new WeakMap();
    cache.set(view, ofView);
  }
  let lines = ofView.get(track);
  if (lines === undefined) {
    scratch.clear();
    const count = projectTrackLines(view, track, scratch);
    lines = {
      uv: scratch.uv.slice(0, 2 * scratch.vertexCount),
      starts: scratch.starts.slice(0, count + 1),
      edges: scratch.edges.slice(0, count),
    };
    ofView.set(track, lines);
  }
  return lines;
}
