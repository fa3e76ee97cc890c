import { Group, Quaternion, Vector3 } from 'three';

import type { Trajectory } from '../../core/geometry/trajectory';
import { rotate } from '../../core/geometry/quat';
import type { RigidTransform } from '../../core/geometry/rigid';
import { linearRgbOf, COLORS } from '../colors';
import { FatLines } from './fatLines';
import { WORLD_ONLY, type Layer } from './layer';

/** The outline of a usual car about the ego origin, seen from above, metres: x forward, y left. */
const OUTLINE: readonly (readonly [number, number])[] = [
  [-1.0, 0.93],
  [3.1, 0.93],
  [3.7, 0.6],
  [3.7, -0.6],
  [3.1, -0.93],
  [-1.0, -0.93],
];
/** The path is drawn from at most this many poses. */
const MAX_PATH_POSES = 2000;

/** Where the car drove, and where it is now. */
export class EgoLayer implements Layer {
  readonly object = new Group();
  readonly #path = new FatLines({ width_px: 2, opacity: 0.75 });
  readonly #car = new FatLines({ width_px: 2 });

  constructor(trajectory: Trajectory, egoHeightAboveGround_m: number) {
    this.#path.object.layers.set(WORLD_ONLY);
    this.#car.object.layers.set(WORLD_ONLY);
    this.object.add(this.#path.object, this.#car.object);
    this.#drawPath(trajectory, egoHeightAboveGround_m);
    this.#drawCar(egoHeightAboveGround_m);
  }

  setPose(worldFromEgo: RigidTransform): void {
    this.#car.object.position.copy(new Vector3(...worldFromEgo.position_m));
    this.#car.object.quaternion.copy(new Quaternion(...worldFromEgo.quat_xyzw));
  }

  dispose(): void {
    this.#path.dispose();
    this.#car.dispose();
  }

  #drawPath(trajectory: Trajectory, height_m: number): void {
    const all = trajectory.positions_m;
    const step = Math.max(1, Math.floor(trajectory.length / MAX_PATH_POSES));
    const points: number[] = [];
    for (let i = 0; i < trajectory.length; i += step) {
      points.push(all[3 * i]!, all[3 * i + 1]!, all[3 * i + 2]! - height_m + 0.03);
    }
    const flat = Float64Array.from(points);
    const color = linearRgbOf(COLORS.accent);
    for (let i = 0; i + 1 < points.length / 3; i += 1) this.#path.add(flat, i, i + 1, color);
    this.#path.commit();
  }

  #drawCar(height_m: number): void {
    const flat = new Float64Array(3 * (OUTLINE.length + 3));
    OUTLINE.forEach(([x, y], index) => flat.set([x, y, -height_m + 0.03], 3 * index));
    flat.set([1.6, 0.5, -height_m + 0.03], 18);
    flat.set([2.8, 0, -height_m + 0.03], 21);
    flat.set([1.6, -0.5, -height_m + 0.03], 24);
    const color = linearRgbOf(COLORS.accent);
    OUTLINE.forEach((_, index) => this.#car.add(flat, index, (index + 1) % OUTLINE.length, color));
    this.#car.add(flat, 6, 7, color);
    this.#car.add(flat, 7, 8, color);
    this.#car.commit();
  }
}

/** The ego's up axis in the world. */
export function egoUp(worldFromEgo: RigidTransform): readonly [number, number, number] {
  return rotate(worldFromEgo.quat_xyzw, [0, 0, 1]);
}
