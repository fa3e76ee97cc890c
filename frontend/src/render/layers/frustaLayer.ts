import { Group } from 'three';

import type { Ray } from '../../core/geometry/ray';
import type { ImageView } from '../../core/geometry/view';
import { linearRgbOf, COLORS } from '../colors';
import { FatLines } from './fatLines';
import { WORLD_ONLY, type Layer } from './layer';

/** How far from the camera the picture's border is drawn, metres. */
const LENGTH_M = 1.6;
/** Border pixels per side: a fisheye's border is a curve in space. */
const SIDE_STEPS = 8;

export interface ShownFrustum {
  readonly view: ImageView;
  readonly isHighlighted: boolean;
}

/** What each camera sees, as rays through the border of its picture, where it stood at its image's time. */
export class FrustaLayer implements Layer {
  readonly object = new Group();
  readonly #lines = new FatLines({ width_px: 1.4, opacity: 0.6 });
  readonly #points = new Float64Array(3 * 2);

  constructor() {
    this.#lines.object.layers.set(WORLD_ONLY);
    this.object.add(this.#lines.object);
  }

  update(frusta: readonly ShownFrustum[]): void {
    this.#lines.clear();
    for (const frustum of frusta) this.#add(frustum);
    this.#lines.commit();
  }

  dispose(): void {
    this.#lines.dispose();
  }

  #add({ view, isHighlighted }: ShownFrustum): void {
    const color = linearRgbOf(isHighlighted ? COLORS.selected : COLORS.dim);
    const border = borderPixels(view.camera.width, view.camera.height);
    const ends = border.map(([u, v]) => outermostRay(view, u, v));
    ends.forEach((ray, index) => {
      const next = ends[(index + 1) % ends.length];
      if (ray === null) return;
      const tip = ray.origin_m.map((part, k) => part + LENGTH_M * ray.direction[k]!);
      if (next !== null && next !== undefined) {
        this.#points.set(tip, 0);
        this.#points.set(
          next.origin_m.map((part, k) => part + LENGTH_M * next.direction[k]!),
          3,
        );
        this.#lines.add(this.#points, 0, 1, color);
      }
      if (index % SIDE_STEPS === 0) {
        this.#points.set(ray.origin_m, 0);
        this.#points.set(tip, 3);
        this.#lines.add(this.#points, 0, 1, color);
      }
    });
  }
}

/** The ray through a pixel; where the lens shows nothing there, the last one on the way to it from the middle. */
function outermostRay(view: ImageView, u: number, v: number): Ray | null {
  const whole = view.rayThrough(u, v);
  if (whole !== null) return whole;
  const middleU = (view.camera.width - 1) / 2;
  const middleV = (view.camera.height - 1) / 2;
  let best: Ray | null = null;
  let seen = 0;
  let dark = 1;
  for (let i = 0; i < 8; i += 1) {
    const s = (seen + dark) / 2;
    const ray = view.rayThrough(middleU + s * (u - middleU), middleV + s * (v - middleV));
    if (ray === null) dark = s;
    else {
      seen = s;
      best = ray;
    }
  }
  return best;
}

/** Pixels round the border of a picture, the corners at every `SIDE_STEPS`. */
function borderPixels(width: number, height: number): (readonly [number, number])[] {
  const corners = [
    [0, 0],
    [width - 1, 0],
    [width - 1, height - 1],
    [0, height - 1],
  ] as const;
  return corners.flatMap(([u, v], index) => {
    const [nextU, nextV] = corners[(index + 1) % 4]!;
    return Array.from({ length: SIDE_STEPS }, (_, step) => {
      const s = step / SIDE_STEPS;
      return [u + s * (nextU - u), v + s * (nextV - v)] as const;
    });
  });
}
