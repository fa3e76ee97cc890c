import type { BoxState } from './box';
import { normalizeQuat, slerpInto, type Quat } from './quat';
import { segmentAt } from './trajectory';
import type { Vec3 } from './vec3';

/** What a track is made from; a cuboid label is one. */
export interface TrackSource {
  readonly static: boolean;
  readonly size_m: Vec3;
  readonly interpolation: 'linear' | 'spline';
  readonly from_ns?: string;
  readonly to_ns?: string;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly keyframes: readonly TrackKeyframe[];
}

export interface TrackKeyframe {
  readonly time_ns: string;
  readonly position_m: Vec3;
  readonly quat_xyzw: Quat;
  readonly size_m?: Vec3;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly gap_after?: boolean;
}

/** Numbers that `Track.stateInto` writes: position 0-2, quaternion 3-6, size 7-9. */
export const STATE_LENGTH = 10;

/**
 * A box over time, compiled from its keyframes for fast evaluation. Position linear or spline, rotation slerp, size
 * linear, attributes stepwise; times are differences to the first keyframe, in whole nanoseconds.
 */
export class Track {
  readonly isStatic: boolean;
  readonly timesNs: readonly bigint[];
  /** First and last time of its life; null: without end (static without limits). */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  readonly #source: TrackSource;
  readonly #baseNs: bigint;
  readonly #offsets: Float64Array;
  /** STATE_LENGTH numbers per keyframe. */
  readonly #states: Float64Array;
  readonly #gapAfter: readonly boolean[];
  /** Spline tangents at the keyframes, 3 numbers each, metres per nanosecond; null: straight. */
  readonly #tangents: Float64Array | null;

  constructor(source: TrackSource) {
    const first = source.keyframes[0];
    if (first === undefined) throw new Error('a box needs at least one keyframe');
    this.#source = source;
    this.isStatic = source.static;
    this.timesNs = source.keyframes.map((keyframe) => BigInt(keyframe.time_ns));
    this.#baseNs = this.timesNs[0] ?? 0n;
    this.#offsets = Float64Array.from(this.timesNs, (time) => Number(time - this.#baseNs));
    this.#states = compileStates(source);
    this.#gapAfter = source.keyframes.map((keyframe) => keyframe.gap_after === true);
    const last = this.timesNs.at(-1) ?? this.#baseNs;
    const from = source.from_ns === undefined ? null : BigInt(source.from_ns);
    const to = source.to_ns === undefined ? null : BigInt(source.to_ns);
    this.fromNs = from ?? (source.static ? null : this.#baseNs);
    this.toNs = to ?? (source.static ? null : last);
    const isSpline = source.interpolation === 'spline' && this.#offsets.length > 2;
    this.#tangents = isSpline ? splineTangents(this.#offsets, this.#states, this.#gapAfter) : null;
  }

  /** True while the label is there: within its life and in no gap. */
  existsAt(timeNs: bigint): boolean {
    if (this.fromNs !== null && timeNs < this.fromNs) return false;
    if (this.toNs !== null && timeNs > this.toNs) return false;
    if (this.isStatic) return true; // it has one keyframe, and nothing follows that could be a gap
    const offset = Number(timeNs - this.#baseNs);
    const offsets = this.#offsets;
    const last = offsets.length - 1;
    if (offset < 0) return true;
    const i = offset >= offsets[last]! ? last : segmentAt(offsets, offset);
    return !this.#gapAfter[i]! || offset === offsets[i];
  }

  /** The box at a time, or null where it doesn't exist. */
  at(timeNs: bigint): BoxState | null {
    return this.existsAt(timeNs) ? this.extended(timeNs) : null;
  }

  /** The box at a time whether it exists or not: beyond its life it goes on as it would. */
  extended(timeNs: bigint): BoxState {
    const out = new Float64Array(STATE_LENGTH);
    this.#evaluate(Number(timeNs - this.#baseNs), out);
    return stateOf(out);
  }

  /** Writes the box at a time to `out` (STATE_LENGTH numbers), without garbage; false where it doesn't exist. */
  stateInto(timeNs: bigint, out: Float64Array): boolean {
    if (!this.existsAt(timeNs)) return false;
    this.#evaluate(Number(timeNs - this.#baseNs), out);
    return true;
  }

  /** Writes the box at a time whether it exists or not. */
  extendedInto(timeNs: bigint, out: Float64Array): void {
    this.#evaluate(Number(timeNs - this.#baseNs), out);
  }

  /** True when it is in one place for its whole life. */
  get isStanding(): boolean {
    return this.#offsets.length === 1;
  }

  /** Attributes in force at a time: the label's, then what keyframes up to then say. */
  attributesAt(timeNs: bigint): Readonly<Record<string, string | number | boolean>> {
    let attributes = this.#source.attributes;
    this.#source.keyframes.forEach((keyframe, index) => {
      const time = this.timesNs[index];
      if (keyframe.attributes !== undefined && time !== undefined && time <= timeNs) {
        attributes = { ...attributes, ...keyframe.attributes };
      }
    });
    return attributes;
  }

  /** The index of the keyframe at exactly this time, or null. */
  keyframeAt(timeNs: bigint): number | null {
    const index = this.timesNs.indexOf(timeNs);
    return index < 0 ? null : index;
  }

  /** The index of the keyframe whose gap holds this time (its own time included), or null. */
  gapAt(timeNs: bigint): number | null {
    const index = this.timesNs.findLastIndex((time) => time <= timeNs);
    return index >= 0 && index < this.timesNs.length - 1 && this.#gapAfter[index]! ? index : null;
  }

  #evaluate(offset: number, out: Float64Array): void {
    const offsets = this.#offsets;
    const n = offsets.length;
    if (n === 1) {
      out.set(this.#states.subarray(0, STATE_LENGTH));
      return;
    }
    const i = offset < 0 ? 0 : offset >= offsets[n - 1]! ? n - 2 : segmentAt(offsets, offset);
    const span = offsets[i + 1]! - offsets[i]!;
    const s = (offset - offsets[i]!) / span;
    this.#interpolate(i, s, span, out);
  }

  #interpolate(i: number, s: number, span: number, out: Float64Array): void {
    const a = STATE_LENGTH * i;
    const b = a + STATE_LENGTH;
    const states = this.#states;
    for (let k = 0; k < 3; k += 1) out[k] = states[a + k]! + s * (states[b + k]! - states[a + k]!);
    slerpInto(
      states[a + 3]!,
      states[a + 4]!,
      states[a + 5]!,
      states[a + 6]!,
      states[b + 3]!,
      states[b + 4]!,
      states[b + 5]!,
      states[b + 6]!,
      s,
      out,
      3,
    );
    const sizeS = s < 0 ? 0 : s > 1 ? 1 : s;
    for (let k = 7; k < 10; k += 1) out[k] = states[a + k]! + sizeS * (states[b + k]! - states[a + k]!);
    if (this.#tangents !== null && s >= 0 && s <= 1 && !this.#gapAfter[i]!)
      this.#bend(i, s, span, this.#tangents, out);
  }

  /** Adds what bends the straight line to a cubic Hermite curve: exactly nothing where both tangents lie on it. */
  #bend(i: number, s: number, span: number, tangents: Float64Array, out: Float64Array): void {
    const a = STATE_LENGTH * i;
    for (let k = 0; k < 3; k += 1) {
      const step = this.#states[a + STATE_LENGTH + k]! - this.#states[a + k]!;
      const leaving = tangents[3 * i + k]! * span - step;
      const entering = tangents[3 * (i + 1) + k]! * span - step;
      out[k] = out[k]! + s * (1 - s) * ((1 - s) * leaving - s * entering);
    }
  }
}

/** The state that `Track.stateInto` wrote. */
export function stateOf(out: Float64Array): BoxState {
  return {
    position_m: [out[0]!, out[1]!, out[2]!],
    quat_xyzw: [out[3]!, out[4]!, out[5]!, out[6]!],
    size_m: [out[7]!, out[8]!, out[9]!],
  };
}

const compiled = new WeakMap<TrackSource, Track>();

/** The track of a label, compiled once: labels are frozen, so the same object means the same track. */
export function trackOf(source: TrackSource): Track {
  let track = compiled.get(source);
  if (track === undefined) {
    track = new Track(source);
    compiled.set(source, track);
  }
  return track;
}

function compileStates(source: TrackSource): Float64Array {
  const states = new Float64Array(STATE_LENGTH * source.keyframes.length);
  source.keyframes.forEach((keyframe, index) => {
    states.set(keyframe.position_m, STATE_LENGTH * index);
    states.set(normalizeQuat(keyframe.quat_xyzw), STATE_LENGTH * index + 3);
    states.set(keyframe.size_m ?? source.size_m, STATE_LENGTH * index + 7);
  });
  return states;
}

/**
 * Position derivatives per nanosecond at every keyframe: that of the parabola through it and its neighbours; at ends
 * and beside gaps, of the nearest parabola of its own run.
 */
function splineTangents(
  offsets: Float64Array,
  states: Float64Array,
  gapAfter: readonly boolean[],
): Float64Array {
  const n = offsets.length;
  const tangents = new Float64Array(3 * n);
  for (let i = 0; i < n; i += 1) {
    const hasBefore = i > 0 && !gapAfter[i - 1]!;
    const hasAfter = i < n - 1 && !gapAfter[i]!;
    for (let k = 0; k < 3; k += 1) {
      const slope = (j: number): number =>
        (states[STATE_LENGTH * (j + 1) + k]! - states[STATE_LENGTH * j + k]!) /
        (offsets[j + 1]! - offsets[j]!);
      let tangent = 0;
      if (hasBefore && hasAfter) {
        const h0 = offsets[i]! - offsets[i - 1]!;
        const h1 = offsets[i + 1]! - offsets[i]!;
        tangent = (h1 * slope(i - 1) + h0 * slope(i)) / (h0 + h1);
      } else if (hasAfter) {
        tangent = endTangent(offsets, slope, i, i + 2 < n && !gapAfter[i + 1]!, 1);
      } else if (hasBefore) {
        tangent = endTangent(offsets, slope, i, i - 2 >= 0 && !gapAfter[i - 2]!, -1);
      }
      tangents[3 * i + k] = tangent;
    }
  }
  return tangents;
}

/** The derivative at the end of a run of keyframes; `direction` points into the run. */
function endTangent(
  offsets: Float64Array,
  slope: (segment: number) => number,
  i: number,
  hasThird: boolean,
  direction: 1 | -1,
): number {
  const near = direction === 1 ? i : i - 1;
  if (!hasThird) return slope(near);
  const far = near + direction;
  const h0 = offsets[near + 1]! - offsets[near]!;
  const h1 = offsets[far + 1]! - offsets[far]!;
  return ((2 * h0 + h1) * slope(near) - h0 * slope(far)) / (h0 + h1);
}
