import { DynamicDrawUsage, InstancedInterleavedBuffer, InterleavedBufferAttribute } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

import type { Rgb } from '../colors';

export interface FatLinesOptions {
  readonly width_px: number;
  readonly opacity?: number;
  /** False: seen through everything. */
  readonly depthTest?: boolean;
  readonly renderOrder?: number;
}

/** Coloured line segments of a width in pixels whose buffers are written anew for every change, without garbage. */
export class FatLines {
  readonly object: LineSegments2;
  readonly #geometry = new LineSegmentsGeometry();
  readonly #material: LineMaterial;
  #positions = new Float32Array(0);
  #colors = new Float32Array(0);
  #positionBuffer: InstancedInterleavedBuffer | null = null;
  #colorBuffer: InstancedInterleavedBuffer | null = null;
  #count = 0;

  constructor(options: FatLinesOptions) {
    this.#material = new LineMaterial({
      linewidth: options.width_px,
      vertexColors: true,
      // All in the same pass, or the render order would not hold between them.
      transparent: true,
      opacity: options.opacity ?? 1,
      depthTest: options.depthTest ?? true,
      depthWrite: false,
    });
    this.object = new LineSegments2(this.#geometry, this.#material);
    this.object.frustumCulled = false;
    this.object.renderOrder = options.renderOrder ?? 0;
    this.#grow(64);
  }

  get segmentCount(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  /** Adds a segment between two points of a flat xyz array. */
  add(points: Float64Array, from: number, to: number, color: Rgb): void {
    if (this.#count * 6 >= this.#positions.length) this.#grow(2 * this.#count);
    const at = 6 * this.#count;
    for (let k = 0; k < 3; k += 1) {
      this.#positions[at + k] = points[3 * from + k]!;
      this.#positions[at + 3 + k] = points[3 * to + k]!;
      this.#colors[at + k] = color[k]!;
      this.#colors[at + 3 + k] = color[k]!;
    }
    this.#count += 1;
  }

  /** Hands what was added to the GPU. */
  commit(): void {
    this.#geometry.instanceCount = this.#count;
    this.object.visible = this.#count > 0;
    if (this.#positionBuffer === null || this.#colorBuffer === null) return;
    this.#positionBuffer.clearUpdateRanges();
    this.#colorBuffer.clearUpdateRanges();
    this.#positionBuffer.addUpdateRange(0, 6 * this.#count);
    this.#colorBuffer.addUpdateRange(0, 6 * this.#count);
    this.#positionBuffer.needsUpdate = true;
    this.#colorBuffer.needsUpdate = true;
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
  }

  #grow(segments: number): void {
    const positions = new Float32Array(6 * segments);
    const colors = new Float32Array(6 * segments);
    positions.set(this.#positions);
    colors.set(this.#colors);
    this.#positions = positions;
    this.#colors = colors;
    // The renderer frees a geometry's buffers when it is disposed of, and makes those of the new size at next use.
    this.#geometry.dispose();
    this.#positionBuffer = new InstancedInterleavedBuffer(positions, 6, 1).setUsage(DynamicDrawUsage);
    this.#colorBuffer = new InstancedInterleavedBuffer(colors, 6, 1).setUsage(DynamicDrawUsage);
    this.#geometry.setAttribute('instanceStart', new InterleavedBufferAttribute(this.#positionBuffer, 3, 0));
    this.#geometry.setAttribute('instanceEnd', new InterleavedBufferAttribute(this.#positionBuffer, 3, 3));
    this.#geometry.setAttribute(
      'instanceColorStart',
      new InterleavedBufferAttribute(this.#colorBuffer, 3, 0),
    );
    this.#geometry.setAttribute('instanceColorEnd', new InterleavedBufferAttribute(this.#colorBuffer, 3, 3));
  }
}
