import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments, Group } from 'three';

import type { Vec3 } from '../../core/geometry/vec3';
import { rgbOf, COLORS } from '../colors';
import { WORLD_ONLY, type Layer } from './layer';

const HALF_M = 100;
const STEP_M = 5;
const MAJOR_M = 20;

/** Lines on the ground every 5 m, stronger every 20 m. It goes along with the ego but stays on whole metres. */
export class GridLayer implements Layer {
  readonly object = new Group();
  readonly #minor = lines((at) => at % MAJOR_M !== 0, '#23272e');
  readonly #major = lines((at) => at % MAJOR_M === 0, COLORS.line);

  constructor() {
    this.object.add(this.#minor, this.#major);
  }

  setCentre(ego_m: Vec3, groundZ_m: number): void {
    const snap = (value: number): number => Math.round(value / MAJOR_M) * MAJOR_M;
    this.object.position.set(snap(ego_m[0]), snap(ego_m[1]), groundZ_m - 0.02);
  }

  dispose(): void {
    for (const part of [this.#minor, this.#major]) {
      part.geometry.dispose();
      part.material.dispose();
    }
  }
}

function lines(
  isOurs: (at_m: number) => boolean,
  color: string,
): LineSegments<BufferGeometry, LineBasicMaterial> {
  const positions: number[] = [];
  for (let at = -HALF_M; at <= HALF_M; at += STEP_M) {
    if (!isOurs(Math.abs(at))) continue;
    // In pieces: a line that begins far behind the viewer loses its depth, and some drivers drop it.
    for (let from = -HALF_M; from < HALF_M; from += STEP_M) {
      const to = from + STEP_M;
      positions.push(at, from, 0, at, to, 0, from, at, 0, to, at, 0);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(new Float32Array(positions), 3));
  const [r, g, b] = rgbOf(color);
  const material = new LineBasicMaterial({ depthWrite: false });
  material.color.setRGB(r, g, b, 'srgb');
  const object = new LineSegments(geometry, material);
  object.renderOrder = -1;
  object.layers.set(WORLD_ONLY);
  return object;
}
