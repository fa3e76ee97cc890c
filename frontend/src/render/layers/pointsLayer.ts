import { BufferAttribute, BufferGeometry, Group, Points, type ShaderMaterial, Sphere, Vector3 } from 'three';

import type { BoxState } from '../../core/geometry/box';
import { writeMotion, writeUnitFromWorld } from './boxRows';
import type { Layer } from './layer';
import type { PointsLook } from './pointsLook';
import { CARRIED_TEXELS } from './pointsShader';
import { RowTexture } from './rowTexture';

/** A sweep as the layer needs it: the world frame, metres. */
export interface PointCloud {
  readonly positions_m: Float32Array;
  readonly intensities: Float32Array | null;
}

/** A box that moved between a sweep's time and the one that is shown. */
export interface Carried {
  readonly then: BoxState;
  readonly now: BoxState;
}

/** How a sweep is shown at the present time: where in the shown span it lies (0..1), and what moved since. */
export interface SweepTime {
  readonly place: number;
  readonly carried: readonly Carried[];
}

/** Points just outside a box that was drawn tight are the thing's as well. */
const CARRY_MARGIN_M = 0.1;

interface ShownSweep {
  readonly points: Points<BufferGeometry, ShaderMaterial>;
  readonly carried: RowTexture;
  readonly uniforms: {
    readonly uTime: { value: number };
    readonly uCarried: { value: unknown };
    readonly uCarriedCount: { value: number };
  };
  readonly bytes: number;
}

/** Sweeps as points. */
export class PointsLayer implements Layer {
  readonly object = new Group();
  readonly #look: PointsLook;
  readonly #layer: number;
  readonly #shown = new Map<number, ShownSweep>();
  #bytes = 0;
  #version = 0;

  /** `layer`: three's layer, of which views choose what they show. */
  constructor(look: PointsLook, { layer = 0 }: { readonly layer?: number } = {}) {
    this.#look = look;
    this.#layer = layer;
  }

  /** Bytes of vertices that are on the GPU, or about to be. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Another number whenever other sweeps are shown. */
  get version(): number {
    return this.#version;
  }

  /**
   * Shows exactly these sweeps; what is there already stays, what is not named is let go. `heightsOf` gives every
   * point's height above the ground.
   */
  show(
    clouds: ReadonlyMap<number, PointCloud>,
    heightsOf: (positions_m: Float32Array) => Float32Array,
  ): void {
    for (const [index, sweep] of this.#shown) if (!clouds.has(index)) this.#remove(index, sweep);
    for (const [index, cloud] of clouds) {
      if (!this.#shown.has(index)) this.#add(index, cloud, heightsOf(cloud.positions_m));
    }
  }

  /** Tells each shown sweep how it lies to the present time. */
  setTimes(timeOf: (sweepIndex: number) => SweepTime): void {
    for (const [index, sweep] of this.#shown) {
      const { place, carried } = timeOf(index);
      sweep.uniforms.uTime.value = place;
      sweep.uniforms.uCarriedCount.value = carried.length;
      if (carried.length === 0) continue;
      sweep.carried.fill(carried.length, (rows, at, row) => {
        const { then, now } = carried[row]!;
        writeUnitFromWorld(rows, at, then, CARRY_MARGIN_M);
        writeMotion(rows, at + 12, then, now);
      });
      sweep.uniforms.uCarried.value = sweep.carried.texture;
    }
  }

  /** Lets all sweeps go. */
  clear(): void {
    this.show(new Map(), () => new Float32Array());
  }

  dispose(): void {
    this.clear();
  }

  #remove(index: number, { points, carried, bytes }: ShownSweep): void {
    this.object.remove(points);
    points.geometry.dispose();
    points.material.dispose();
    carried.dispose();
    this.#shown.delete(index);
    this.#bytes -= bytes;
    this.#version += 1;
  }

  #add(index: number, cloud: PointCloud, heights_m: Float32Array): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(cloud.positions_m, 3));
    const intensities = cloud.intensities ?? new Float32Array(cloud.positions_m.length / 3);
    geometry.setAttribute('intensity', new BufferAttribute(intensities, 1));
    geometry.setAttribute('height', new BufferAttribute(heights_m, 1));
    // Never culled, so no sphere is computed from 100,000 points.
    geometry.boundingSphere = new Sphere(new Vector3(), Infinity);
    const carried = new RowTexture(CARRIED_TEXELS);
    const uniforms = {
      uTime: { value: 0.5 },
      uCarried: { value: carried.texture as unknown },
      uCarriedCount: { value: 0 },
    };
    const points = new Points(geometry, this.#look.material('sweep', uniforms));
    points.frustumCulled = false;
    points.layers.set(this.#layer);
    const bytes = cloud.positions_m.byteLength + intensities.byteLength + heights_m.byteLength;
    this.#shown.set(index, { points, carried, uniforms, bytes });
    this.#bytes += bytes;
    this.#version += 1;
    this.object.add(points);
  }
}
