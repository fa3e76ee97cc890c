import type { Ray } from '../../core/geometry/ray';
import { Status } from '../../core/geometry/status';
import type { ImageView } from '../../core/geometry/view';

/** Nearer than this to where the ray begins nothing is looked for, and farther than that nothing is told apart. */
const NEAREST_M = 0.5;
const FARTHEST_M = 250;
const SAMPLES = 64;

const seen = new Float64Array(4);

/** Distances along a ray at which it is looked at: closer together where a picture tells them apart. */
export function rayDistances(samples = SAMPLES): number[] {
  const growth = (FARTHEST_M / NEAREST_M) ** (1 / (samples - 1));
  return Array.from({ length: samples }, (_, i) => NEAREST_M * growth ** i);
}

/**
 * Where a ray of another view lies in a picture: its epipolar line, which the true lens bends. Runs of u, v in pixels of
 * the picture; parts that the picture doesn't show are left out.
 */
export function epipolarCurve(view: ImageView, ray: Ray): Float64Array[] {
  const runs: number[][] = [];
  let run: number[] | null = null;
  for (const distance_m of rayDistances()) {
    const [x, y, z] = [0, 1, 2].map((k) => ray.origin_m[k]! + distance_m * ray.direction[k]!);
    const status = view.projectWorld(x!, y!, z!, 0, 0, 0, seen, 0);
    if (status !== Status.OK && status !== Status.OUT_OF_IMAGE) {
      run = null;
      continue;
    }
    if (run === null) {
      run = [];
      runs.push(run);
    }
    run.push(seen[0]!, seen[1]!);
  }
  return runs.filter((points) => points.length >= 4).map((points) => Float64Array.from(points));
}
