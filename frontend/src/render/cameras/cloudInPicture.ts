import { Status } from '../../core/geometry/status';
import type { ImageView } from '../../core/geometry/view';
import type { Vec3 } from '../../core/geometry/vec3';
import type { PointCloud } from '../layers/pointsLayer';
import type { PictureTransform } from './pictureTransform';

/** More points than this are thinned: a picture has no room for them. */
const MAX_POINTS = 60_000;
const BUCKETS = 24;
const NEAR_M = 2;
const FAR_M = 80;

/** The points of clouds that are in a picture. */
export interface CloudInPicture {
  /** u, v (pixels), depth (metres) of every point. */
  readonly uvd: Float32Array;
  /** Where they are in the world, flat xyz. */
  readonly positions_m: Float32Array;
}

/** Projects points through the true lens, each line of a rolling shutter at its own time. */
export function projectCloud(view: ImageView, clouds: readonly PointCloud[]): CloudInPicture {
  const total = clouds.reduce((sum, cloud) => sum + cloud.positions_m.length / 3, 0);
  const step = Math.max(1, Math.ceil(total / MAX_POINTS));
  const uvd: number[] = [];
  const kept: number[] = [];
  const out = new Float64Array(4);
  for (const { positions_m } of clouds) {
    for (let i = 0; i < positions_m.length; i += 3 * step) {
      const x = positions_m[i]!;
      const y = positions_m[i + 1]!;
      const z = positions_m[i + 2]!;
      if (view.projectWorld(x, y, z, 0, 0, 0, out, 0) !== Status.OK) continue;
      const [ox, oy, oz] = view.origin_m;
      uvd.push(out[0]!, out[1]!, Math.hypot(x - ox, y - oy, z - oz));
      kept.push(x, y, z);
    }
  }
  return { uvd: Float32Array.from(uvd), positions_m: Float32Array.from(kept) };
}

/** The point that is drawn nearest to a place on the screen, within a radius; of several the one in front. Null: none. */
export function pointInPicture(
  { uvd, positions_m }: CloudInPicture,
  transform: PictureTransform,
  x_px: number,
  y_px: number,
  radius_px = 6,
): Vec3 | null {
  const u = (x_px - transform.x_px) / transform.scale - 0.5;
  const v = (y_px - transform.y_px) / transform.scale - 0.5;
  const radius = radius_px / transform.scale;
  let best = -1;
  for (let i = 0; i < uvd.length; i += 3) {
    const du = uvd[i]! - u;
    const dv = uvd[i + 1]! - v;
    if (du * du + dv * dv > radius * radius) continue;
    if (best < 0 || uvd[i + 2]! < uvd[best + 2]!) best = i;
  }
  return best < 0 ? null : [positions_m[best]!, positions_m[best + 1]!, positions_m[best + 2]!];
}

/** Draws the points, near ones warm, far ones cool, a colour at a time. */
export function paintCloud(
  context: CanvasRenderingContext2D,
  { uvd }: CloudInPicture,
  transform: PictureTransform,
): void {
  const size = Math.min(4, Math.max(1.5, transform.scale * 2));
  const buckets = Array.from({ length: BUCKETS }, () => new Path2D());
  for (let i = 0; i < uvd.length; i += 3) {
    const x = transform.x_px + (uvd[i]! + 0.5) * transform.scale;
    const y = transform.y_px + (uvd[i + 1]! + 0.5) * transform.scale;
    buckets[depthBucket(uvd[i + 2]!)]!.rect(x - size / 2, y - size / 2, size, size);
  }
  // Far ones first: what is in front stays in front.
  for (let bucket = BUCKETS - 1; bucket >= 0; bucket -= 1) {
    context.fillStyle = `hsl(${Math.round((bucket / (BUCKETS - 1)) * 240)} 95% 60%)`;
    context.fill(buckets[bucket]!);
  }
}

/** Depths on a logarithmic scale, from 0 (near) up. */
export function depthBucket(depth_m: number): number {
  const s = Math.log(depth_m / NEAR_M) / Math.log(FAR_M / NEAR_M);
  return Math.min(BUCKETS - 1, Math.max(0, Math.floor(s * BUCKETS)));
}
