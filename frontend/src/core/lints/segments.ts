import type { CuboidLabel } from '../document/label';
import { wrapAngle, yawOf } from '../geometry/quat';
import { trackOf } from '../geometry/track';
import { subtract, type Vec3 } from '../geometry/vec3';

/** From one keyframe to the next, without a gap between. */
export interface Segment {
  /** The index of the later keyframe. */
  readonly index: number;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly seconds: number;
  readonly step_m: Vec3;
  readonly yawStepRad: number;
  /** Of the earlier keyframe. */
  readonly yawRad: number;
}

export function segmentsOf(label: CuboidLabel): Segment[] {
  if (label.static) return [];
  const { timesNs } = trackOf(label);
  return label.keyframes.flatMap((keyframe, i) => {
    const before = label.keyframes[i - 1];
    const [fromNs, toNs] = [timesNs[i - 1], timesNs[i]];
    if (before === undefined || before.gap_after === true || fromNs === undefined || toNs === undefined)
      return [];
    const yawRad = yawOf(before.quat_xyzw);
    return [
      {
        index: i,
        fromNs,
        toNs,
        seconds: Number(toNs - fromNs) * 1e-9,
        step_m: subtract(keyframe.position_m, before.position_m),
        yawStepRad: wrapAngle(yawOf(keyframe.quat_xyzw) - yawRad),
        yawRad,
      },
    ];
  });
}

/** Over the ground, metres. */
export function lengthOf({ step_m }: Segment): number {
  return Math.hypot(step_m[0], step_m[1]);
}

/** What size says of how a thing can move: people, cycles, vehicles. */
export interface Agility {
  readonly speed_mps: number;
  readonly acceleration_mps2: number;
  readonly turn_radps: number;
}

export function agilityOf(label: CuboidLabel): Agility {
  const [length] = label.size_m;
  if (length >= 2.5) return { speed_mps: 60, acceleration_mps2: 15, turn_radps: 1.5 };
  if (length >= 1.2) return { speed_mps: 25, acceleration_mps2: 15, turn_radps: 3 };
  return { speed_mps: 12, acceleration_mps2: 15, turn_radps: 2 * Math.PI };
}
