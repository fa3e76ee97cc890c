import type { Clip, ClipCamera } from '../../core/clip/clip';
import { isCuboid, type CuboidLabel, type Label } from '../../core/document/label';
import { boxCorners, type BoxState } from '../../core/geometry/box';
import { projectBoxTarget } from '../../core/geometry/outline/boxTarget';
import { trackOf } from '../../core/geometry/track';
import { visiblePart } from './occlusion';

/** The other camera must show the object this much better before the view changes over: no flicker while time goes on. */
const ADVANTAGE = 1.6;

/** A camera that sees nothing of an object but what is before it is better than one that looks elsewhere. */
const SCORE_WHEN_HIDDEN = 0.05;

/**
 * How well a camera shows a label now: the part of the picture it fills, less where it is cut off or behind other
 * boxes; 0 where it is not in the picture.
 */
export function cameraScore(
  camera: ClipCamera,
  label: CuboidLabel,
  timeNs: bigint,
  others: readonly BoxState[] = [],
): number {
  const image = camera.nearestImage(timeNs);
  if (image === null) return 0;
  const view = camera.view(image);
  const track = trackOf(label);
  const target = projectBoxTarget(view, track);
  if (target === null) return 0;
  const { u0, v0, u1, v1 } = target.boxClipped;
  const { width, height } = camera.camera;
  const state = track.extended(view.timeNs);
  const corners = boxCorners(state).map((corner) => view.pixelOf(corner));
  const inside = corners.filter((pixel) => pixel !== null && isInside(pixel, width, height)).length;
  // Filling more than a third of the picture is no better than filling it.
  const area = Math.min(((u1 - u0) * (v1 - v0)) / (width * height), 0.35);
  const seen = visiblePart(state, view.worldFromCamera.position_m, others);
  const uncovered = SCORE_WHEN_HIDDEN + (1 - SCORE_WHEN_HIDDEN) * seen;
  return Math.sqrt(area) * (0.05 + inside / corners.length) ** 2 * uncovered;
}

/**
 * The camera that shows the label best among all `labels`, which may hide it; the one shown now unless another is clearly
 * better. Null: none shows it.
 */
export function bestCamera(
  clip: Clip,
  label: CuboidLabel,
  timeNs: bigint,
  current: string | null,
  labels: Iterable<Label> = [],
): string | null {
  const others = [...labels].flatMap((other) => {
    const state = isCuboid(other) && other.id !== label.id ? trackOf(other).at(timeNs) : null;
    return state === null ? [] : [state];
  });
  const scores = clip.cameras.map((camera) => ({
    name: camera.name,
    score: cameraScore(camera, label, timeNs, others),
  }));
  const best = scores.reduce<{ name: string; score: number } | null>(
    (top, candidate) => (candidate.score > (top?.score ?? 0) ? candidate : top),
    null,
  );
  const held = scores.find((candidate) => candidate.name === current);
  if (best === null) return null;
  return held !== undefined && held.score > 0 && best.score < held.score * ADVANTAGE ? held.name : best.name;
}

function isInside(pixel: readonly [number, number], width: number, height: number): boolean {
  return pixel[0] >= -0.5 && pixel[0] < width - 0.5 && pixel[1] >= -0.5 && pixel[1] < height - 0.5;
}
