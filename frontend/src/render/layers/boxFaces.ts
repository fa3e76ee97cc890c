import {
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  DynamicDrawUsage,
  Mesh,
  MeshBasicMaterial,
} from 'three';

import type { Rgb } from '../colors';

/** Two triangles per face; the front (x = +1) comes first. Corners as in `CORNER_SIGNS`. */
const FACES: readonly (readonly [number, number, number, number])[] = [
  [4, 6, 7, 5],
  [0, 1, 3, 2],
  [0, 4, 5, 1],
  [2, 3, 7, 6],
  [1, 5, 7, 3],
  [0, 2, 6, 4],
];
const VERTICES_PER_BOX = 36;

/** The tinted faces of boxes; the front face is tinted more strongly. */
export class BoxFaces {
  readonly object: Mesh<BufferGeometry, MeshBasicMaterial>;
  readonly #geometry = new BufferGeometry();
  #positions = new Float32Array(0);
  #colors = new Float32Array(0);
  #boxes = 0;

  constructor() {
    const material = new MeshBasicMaterial({
      vertexColors: true,
      transparent: true,
      depthWrite: false,
      side: DoubleSide,
    });
    this.object = new Mesh(this.#geometry, material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 1;
    this.#grow(16);
  }

  clear(): void {
    this.#boxes = 0;
  }

  add(corners: Float64Array, color: Rgb, opacity: number, frontOpacity: number): void {
    if ((this.#boxes + 1) * VERTICES_PER_BOX * 3 > this.#positions.length) this.#grow(2 * this.#boxes);
    let vertex = this.#boxes * VERTICES_PER_BOX;
    FACES.forEach(([a, b, c, d], face) => {
      for (const corner of [a, b, c, a, c, d]) {
        for (let k = 0; k < 3; k += 1) {
          this.#positions[3 * vertex + k] = corners[3 * corner + k]!;
          this.#colors[4 * vertex + k] = color[k]!;
        }
        this.#colors[4 * vertex + 3] = face === 0 ? frontOpacity : opacity;
        vertex += 1;
      }
    });
    this.#boxes += 1;
  }

  commit(): void {
    this.#geometry.setDrawRange(0, this.#boxes * VERTICES_PER_BOX);
    this.object.visible = this.#boxes > 0;
    this.#geometry.getAttribute('position').needsUpdate = true;
    this.#geometry.getAttribute('color').needsUpdate = true;
  }

  dispose(): void {
    this.#geometry.dispose();
    this.object.material.dispose();
  }

  #grow(boxes: number): void {
    const positions = new Float32Array(boxes * VERTICES_PER_BOX * 3);
    const colors = new Float32Array(boxes * VERTICES_PER_BOX * 4);
    positions.set(this.#positions);
    colors.set(this.#colors);
    this.#positions = positions;
    this.#colors = colors;
    this.#geometry.dispose();
    this.#geometry.setAttribute('position', new BufferAttribute(positions, 3).setUsage(DynamicDrawUsage));
    this.#geometry.setAttribute('color', new BufferAttribute(colors, 4).setUsage(DynamicDrawUsage));
  }
}
