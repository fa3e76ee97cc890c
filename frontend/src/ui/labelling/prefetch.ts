import type { ClipManifest } from '../../core/clip/manifest';
import type { Trajectory } from '../../core/geometry/trajectory';
import { api } from '../server/api';

interface Ahead {
  readonly manifest: Promise<ClipManifest>;
  readonly trajectory: Promise<Trajectory>;
}

/** What was fetched ahead is used within this time: label sets come and go. */
const FRESH_MS = 10 * 60_000;

let prefetched: { readonly clipId: string; readonly at: number; readonly ahead: Ahead } | null = null;

/**
 * Fetches a clip that comes next: what describes it, and what its first moment shows. Pictures and sweeps never change, so
 * that the browser's own cache has them when they are asked for.
 */
export function prefetchClip(clipId: string, fromNs: string | null): void {
  if (prefetched?.clipId === clipId && Date.now() - prefetched.at < FRESH_MS) return;
  const ahead = { manifest: api.clip(clipId), trajectory: api.trajectory(clipId) };
  prefetched = { clipId, at: Date.now(), ahead };
  Promise.all([ahead.manifest, ahead.trajectory]).then(
    ([manifest]) => prefetchFirst(manifest, fromNs),
    () => {
      if (prefetched?.ahead === ahead) prefetched = null;
    },
  );
}

/** What was fetched ahead of this clip, once; null: nothing. */
export function takePrefetched(clipId: string): Ahead | null {
  const found = prefetched;
  if (found === null || found.clipId !== clipId) return null;
  prefetched = null;
  return Date.now() - found.at < FRESH_MS ? found.ahead : null;
}

function prefetchFirst(manifest: ClipManifest, fromNs: string | null): void {
  const timeNs = fromNs ?? manifest.ticks_ns[0];
  if (timeNs === undefined) return;
  const nearest = (times: readonly string[]): number => nearestOf(times, BigInt(timeNs));
  for (const camera of manifest.cameras) {
    const index = nearest(camera.times_ns);
    if (index >= 0 && camera.has_picture[index] === true) {
      api.image(manifest.id, camera.name, index).catch(() => undefined);
    }
  }
  const sweep = nearest(manifest.sweeps.map((item) => item.time_ns));
  const isWhole = (manifest.sweeps[sweep]?.tile_count ?? 0) === 0;
  if (sweep >= 0 && isWhole) api.sweep(manifest.id, sweep).catch(() => undefined);
}

/** The index of the nearest time, -1 where there is none. */
export function nearestOf(times: readonly string[], timeNs: bigint): number {
  let best = -1;
  let least: bigint | null = null;
  times.forEach((text, index) => {
    const away = BigInt(text) > timeNs ? BigInt(text) - timeNs : timeNs - BigInt(text);
    if (least === null || away < least) {
      least = away;
      best = index;
    }
  });
  return best;
}
