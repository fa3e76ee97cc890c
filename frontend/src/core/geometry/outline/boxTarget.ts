import type { ImageView } from '../view';
import type { Track } from '../track';
import { STATE_LENGTH } from '../track';
import { BoxLines, projectBoxLines } from './boxLines';

/** A 2D box, pixels; the picture covers -0.5 to width - 0.5. */
export interface PixelBox {
  readonly u0: number;
  readonly v0: number;
  readonly u1: number;
  readonly v1: number;
}

/** What one box label yields in one image. */
export interface BoxTarget {
  /** The outline clipped to the picture: u, v pairs. */
  readonly polygon_px: Float64Array;
  /** Tight about the outline in the picture. */
  readonly boxClipped: PixelBox;
}

/** The outline and tight box of a label in an image, at the image's own time; null where it isn't in the picture. */
export function projectBoxTarget(view: ImageView, track: Track): BoxTarget | null {
  const state = new Float64Array(STATE_LENGTH);
  if (!track.stateInto(view.timeNs, state)) return null;
  const lines = new BoxLines();
  if (projectBoxLines(view, state, lines) === 0) return null;
  let u0 = Infinity;
  let v0 = Infinity;
  let u1 = -Infinity;
  let v1 = -Infinity;
  for (let i = 0; i < lines.vertexCount; i += 1) {
    const u = Math.min(Math.max(lines.uv[2 * i]!, -0.5), view.camera.width - 0.5);
    const v = Math.min(Math.max(lines.uv[2 * i + 1]!, -0.5), view.camera.height - 0.5);
    u0 = Math.min(u0, u);
    v0 = Math.min(v0, v);
    u1 = Math.max(u1, u);
    v1 = Math.max(v1, v);
  }
  if (!(u1 > u0 && v1 > v0)) return null;
  return { polygon_px: Float64Array.of(u0, v0, u1, v0, u1, v1, u0, v1), boxClipped: { u0, v0, u1, v1 } };
}
