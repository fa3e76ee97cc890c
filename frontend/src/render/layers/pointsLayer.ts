import {
  BufferAttribute,
  BufferGeometry,
  GLSL3,
  Group,
  Matrix4,
  Points,
  Quaternion,
  ShaderMaterial,
  Sphere,
  Vector3,
} from 'three';

import type { BoxState } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import type { Layer } from './layer';
import { POINTS_FRAGMENT, POINTS_VERTEX } from './pointsShader';

/** A sweep as the layer needs it: the world frame, metres. */
export interface PointCloud {
  readonly positions_m: Float32Array;
  readonly intensities: Float32Array | null;
}

export type PointColor = 'height' | 'intensity' | 'distance';

const COLOR_MODES: Readonly<Record<PointColor, number>> = { height: 0, intensity: 1, distance: 2 };

/**
 * Sweeps as points. The points inside the selected box shine, so that one sees what it holds while pulling at it;
 * an orthographic view cuts away what lies before and behind the box.
 */
export class PointsLayer implements Layer {
  readonly object = new Group();
  readonly #layer: number;
  readonly #clouds = new Map<number, Points<BufferGeometry, ShaderMaterial>>();
  readonly #uniforms = {
    uMode: { value: 0 },
    uSize: { value: 2 },
    uPixelRatio: { value: 1 },
    uIsPerspective: { value: 1 },
    uHeightSpan: { value: 4.5 },
    uEgo: { value: new Vector3() },
    uHasBox: { value: 0 },
    uBoxFromWorld: { value: new Matrix4() },
    uBoxHalf: { value: new Vector3(1, 1, 1) },
    uSlabAxis: { value: new Vector3() },
  };
  readonly #material = new ShaderMaterial({
    glslVersion: GLSL3,
    vertexShader: POINTS_VERTEX,
    fragmentShader: POINTS_FRAGMENT,
    uniforms: this.#uniforms,
  });

  /** `layer`: three's layer, of which views choose what they show. */
  constructor({ layer = 0 }: { readonly layer?: number } = {}) {
    this.#layer = layer;
  }

  /** The sweeps that are on the GPU, by their index in the clip. */
  get shown(): ReadonlySet<number> {
    return new Set(this.#clouds.keys());
  }

  /**
   * Shows exactly these sweeps; what is there already stays, what is not named is let go. `heightsOf` gives every
   * point's height above the ground.
   */
  show(
    clouds: ReadonlyMap<number, PointCloud>,
    heightsOf: (positions_m: Float32Array) => Float32Array,
  ): void {
    for (const [index, points] of this.#clouds) {
      if (clouds.has(index)) continue;
      this.object.remove(points);
      points.geometry.dispose();
      this.#clouds.delete(index);
    }
    for (const [index, cloud] of clouds) {
      if (!this.#clouds.has(index)) this.#add(index, cloud, heightsOf(cloud.positions_m));
    }
  }

  /** Lets all sweeps go. */
  clear(): void {
    this.show(new Map(), () => new Float32Array());
  }

  setColor(color: PointColor): void {
    this.#uniforms.uMode.value = COLOR_MODES[color];
  }

  setSize(size_px: number): void {
    this.#uniforms.uSize.value = size_px;
  }

  /** What distance is counted from. */
  setEgo(ego_m: Vec3): void {
    this.#uniforms.uEgo.value.set(...ego_m);
  }

  /** The box whose points shine; null for none. */
  setBox(box: BoxState | null): void {
    this.#uniforms.uHasBox.value = box === null ? 0 : 1;
    if (box === null) return;
    this.#uniforms.uBoxHalf.value.set(box.size_m[0] / 2, box.size_m[1] / 2, box.size_m[2] / 2);
    this.#uniforms.uBoxFromWorld.value
      .compose(new Vector3(...box.position_m), new Quaternion(...box.quat_xyzw), new Vector3(1, 1, 1))
      .invert();
  }

  /** Before a view is drawn: an orthographic view shows the slab of the box along the axis it looks. */
  prepareView(pixelRatio: number, isPerspective: boolean, slabAxis: Vec3 | null): void {
    this.#uniforms.uPixelRatio.value = pixelRatio;
    this.#uniforms.uIsPerspective.value = isPerspective ? 1 : 0;
    this.#uniforms.uSlabAxis.value.set(...(slabAxis ?? ([0, 0, 0] as const)));
    this.#material.uniformsNeedUpdate = true;
  }

  dispose(): void {
    this.clear();
    this.#material.dispose();
  }

  #add(index: number, cloud: PointCloud, heights_m: Float32Array): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute('position', new BufferAttribute(cloud.positions_m, 3));
    const intensities = cloud.intensities ?? new Float32Array(cloud.positions_m.length / 3);
    geometry.setAttribute('intensity', new BufferAttribute(intensities, 1));
    geometry.setAttribute('height', new BufferAttribute(heights_m, 1));
    // Never culled, so no sphere is computed from 100,000 points.
    geometry.boundingSphere = new Sphere(new Vector3(), Infinity);
    const points = new Points(geometry, this.#material);
    points.frustumCulled = false;
    points.layers.set(this.#layer);
    this.#clouds.set(index, points);
    this.object.add(points);
  }
}
