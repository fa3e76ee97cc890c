import { Group } from 'three';

import { linearRgbOf, type Rgb } from '../colors';
import type { ShownPath } from '../shownPaths';
import { FatLines } from './fatLines';
import { WORLD_ONLY, type Layer } from './layer';

const WHITE: Rgb = [1, 1, 1];

/** Lines and the borders of areas in the 3D view. */
export class PathsLayer implements Layer {
  readonly object = new Group();
  readonly #lines = new FatLines({ width_px: 2.2, renderOrder: 2 });
  readonly #halo = new FatLines({ width_px: 5, renderOrder: 1 });

  constructor() {
    for (const lines of [this.#halo, this.#lines]) lines.object.layers.set(WORLD_ONLY);
    this.object.add(this.#halo.object, this.#lines.object);
  }

  update(paths: readonly ShownPath[]): void {
    this.#lines.clear();
    this.#halo.clear();
    for (const path of paths) {
      const color = linearRgbOf(path.color);
      for (const run of path.runs) {
        for (let i = 0; 3 * (i + 2) <= run.length; i += 1) {
          this.#lines.add(run, i, i + 1, path.isHovered && !path.isSelected ? WHITE : color);
          if (path.isSelected) this.#halo.add(run, i, i + 1, WHITE);
        }
      }
    }
    this.#lines.commit();
    this.#halo.commit();
  }

  dispose(): void {
    this.#lines.dispose();
    this.#halo.dispose();
  }
}
