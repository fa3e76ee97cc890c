import { slerpInto, type Quat } from './quat';
import type { RigidTransform } from './rigid';

/** Poses over time: `world_from_ego` by per-segment slerp and lerp. Never extrapolated. */
export class Trajectory {
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Nanoseconds since `startNs`: exact in a double for 104 days. */
  readonly #offsetsNs: Float64Array;
  readonly #positions: Float64Array;
  readonly #quats: Float64Array;

  /**
   * @param timesNs strictly rising
   * @param positions_m n x 3
   * @param quats_xyzw n x 4
   */
  constructor(timesNs: BigInt64Array, positions_m: Float64Array, quats_xyzw: Float64Array) {
    const n = timesNs.length;
    const first = timesNs[0];
    const last = timesNs[n - 1];
    if (first === undefined || last === undefined) throw new Error('a trajectory needs at least one pose');
    if (positions_m.length !== 3 * n || quats_xyzw.length !== 4 * n) {
      throw new Error(
        `a trajectory of ${n} times needs ${3 * n} and ${4 * n} numbers, found ${positions_m.length} and ${quats_xyzw.length}`,
      );
    }
    this.startNs = first;
    this.endNs = last;
    this.#offsetsNs = Float64Array.from(timesNs, (time) => Number(time - first));
    for (let i = 1; i < n; i += 1) {
      if (!(this.#offsetsNs[i]! > this.#offsetsNs[i - 1]!))
        throw new Error(`trajectory times must rise: number ${i} does not`);
    }
    this.#positions = positions_m;
    this.#quats = Float64Array.from(quats_xyzw);
    for (let i = 0; i < n; i += 1) {
      const q = this.#quats.subarray(4 * i, 4 * i + 4);
      const length = Math.hypot(q[0]!, q[1]!, q[2]!, q[3]!);
      if (!(Math.abs(length - 1) < 1e-3))
        throw new Error(`trajectory quaternion ${i} has length ${length}, expected 1`);
      for (let k = 0; k < 4; k += 1) q[k] = q[k]! / length;
    }
  }

  get length(): number {
    return this.#offsetsNs.length;
  }

  /** Times, positions and rotations as they were given, for drawing the path. */
  get positions_m(): Float64Array {
    return this.#positions;
  }

  /** The rotation of one of the given poses. */
  quatOf(index: number): Quat {
    const q = this.#quats;
    if (4 * index + 3 >= q.length || index < 0)
      throw new Error(`the trajectory has ${this.length} poses, no pose ${index}`);
    return [q[4 * index]!, q[4 * index + 1]!, q[4 * index + 2]!, q[4 * index + 3]!];
  }

  covers(timeNs: bigint): boolean {
    return timeNs >= this.startNs && timeNs <= this.endNs;
  }

  /** The pose at a time; throws outside of the span. */
  at(timeNs: bigint): RigidTransform {
    const out = new Float64Array(7);
    this.poseInto(Number(timeNs - this.startNs), out, 0);
    return { position_m: [out[0]!, out[1]!, out[2]!], quat_xyzw: [out[3]!, out[4]!, out[5]!, out[6]!] };
  }

  /** The pose at a time, held at the ends: for a picture of where the car is, never for a projection. */
  atClamped(timeNs: bigint): RigidTransform {
    return this.at(timeNs < this.startNs ? this.startNs : timeNs > this.endNs ? this.endNs : timeNs);
  }

  /** Writes position and quaternion (7 numbers) at `offsetNs` (fractions allowed) after `startNs`. */
  poseInto(offsetNs: number, out: Float64Array, at: number): void {
    const offsets = this.#offsetsNs;
    const n = offsets.length;
    if (!(offsetNs >= 0 && offsetNs <= offsets[n - 1]!)) {
      throw new Error(
        `the trajectory covers ${this.startNs} to ${this.endNs} ns; asked ${offsetNs} ns after its start`,
      );
    }
    const i = n === 1 ? 0 : segmentAt(offsets, offsetNs);
    const j = n === 1 ? 0 : i + 1;
    const s = n === 1 ? 0 : (offsetNs - offsets[i]!) / (offsets[j]! - offsets[i]!);
    const p = this.#positions;
    for (let k = 0; k < 3; k += 1) {
      const a = p[3 * i + k]!;
      out[at + k] = a + s * (p[3 * j + k]! - a);
    }
    const q = this.#quats;
    slerpInto(
      q[4 * i]!,
      q[4 * i + 1]!,
      q[4 * i + 2]!,
      q[4 * i + 3]!,
      q[4 * j]!,
      q[4 * j + 1]!,
      q[4 * j + 2]!,
      q[4 * j + 3]!,
      s,
      out,
      at + 3,
    );
  }

  /** Offsets after `startNs` of the poses strictly between two offsets: where motion changes within a read-out. */
  knotsBetween(fromNs: number, toNs: number): number[] {
    const knots: number[] = [];
    for (let i = 0; i < this.#offsetsNs.length; i += 1) {
      const offset = this.#offsetsNs[i]!;
      if (offset >= toNs) break;
      if (offset > fromNs) knots.push(offset);
    }
    return knots;
  }
}

/** The i with times[i] <= time < times[i + 1]; the last segment for the last time. `times` has two or more. */
export function segmentAt(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  return low;
}
