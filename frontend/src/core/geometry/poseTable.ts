import type { Trajectory } from './trajectory';
import type { Vec3 } from './vec3';

/** Between knots as near as these, a normalised straight line is a slerp to 1e-11 rad. */
const UNIFORM_KNOTS = 65;

/** `world_from_ego` through the read-out of one image, relative to one place in the world. */
export class PoseTable {
  readonly #offsets: Float64Array;
  /** x, y, z less the origin, then the quaternion, neighbours in the same half-sphere. */
  readonly #poses: Float64Array;

  constructor(trajectory: Trajectory, timeNs: bigint, durationNs: number, origin_m: Vec3) {
    const start = Number(timeNs - trajectory.startNs);
    const offsets = knots(trajectory, start, durationNs);
    this.#offsets = offsets;
    this.#poses = new Float64Array(7 * offsets.length);
    offsets.forEach((offset, i) => {
      trajectory.poseInto(start + offset, this.#poses, 7 * i);
      this.#poses[7 * i] = this.#poses[7 * i]! - origin_m[0];
      this.#poses[7 * i + 1] = this.#poses[7 * i + 1]! - origin_m[1];
      this.#poses[7 * i + 2] = this.#poses[7 * i + 2]! - origin_m[2];
      if (i > 0) this.#alignWithPrevious(i);
    });
  }

  /** Writes position and unit quaternion (7 numbers) at an offset within the read-out. */
  poseInto(offsetNs: number, out: Float64Array): void {
    const offsets = this.#offsets;
    if (offsets.length === 1) {
      out.set(this.#poses);
      return;
    }
    let low = 0;
    let high = offsets.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (offsets[middle]! <= offsetNs) low = middle;
      else high = middle;
    }
    const s = (offsetNs - offsets[low]!) / (offsets[high]! - offsets[low]!);
    const a = 7 * low;
    const b = 7 * high;
    const poses = this.#poses;
    for (let k = 0; k < 7; k += 1) out[k] = poses[a + k]! * (1 - s) + poses[b + k]! * s;
    const length = Math.sqrt(out[3]! * out[3]! + out[4]! * out[4]! + out[5]! * out[5]! + out[6]! * out[6]!);
    for (let k = 3; k < 7; k += 1) out[k] = out[k]! / length;
  }

  #alignWithPrevious(i: number): void {
    const poses = this.#poses;
    let dot = 0;
    for (let k = 3; k < 7; k += 1) dot += poses[7 * i + k]! * poses[7 * i - 7 + k]!;
    if (dot >= 0) return;
    for (let k = 3; k < 7; k += 1) poses[7 * i + k] = -poses[7 * i + k]!;
  }
}

function knots(trajectory: Trajectory, start: number, durationNs: number): Float64Array {
  if (!(durationNs > 0)) return new Float64Array(1);
  const uniform = Array.from({ length: UNIFORM_KNOTS }, (_, i) => (durationNs * i) / (UNIFORM_KNOTS - 1));
  const inside = trajectory.knotsBetween(start, start + durationNs).map((offset) => offset - start);
  return Float64Array.from(new Set([...uniform, ...inside])).sort();
}
