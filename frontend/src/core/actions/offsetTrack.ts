import type { CuboidLabel } from '../document/label';
import { conjugate, multiply, normalizeQuat } from '../geometry/quat';
import type { RigidTransform } from '../geometry/rigid';
import { add, subtract } from '../geometry/vec3';
import { stateAt } from './keyframes';

/**
 * The label moved as a whole so that it has this pose at this time: all keyframes go the same way, and turn by the same
 * angle each about its own middle.
 */
export function withPoseEverywhere(label: CuboidLabel, timeNs: bigint, pose: RigidTransform): CuboidLabel {
  const state = stateAt(label, timeNs);
  const offset = subtract(pose.position_m, state.position_m);
  const turn = multiply(pose.quat_xyzw, conjugate(state.quat_xyzw));
  return {
    ...label,
    keyframes: label.keyframes.map((keyframe) => ({
      ...keyframe,
      position_m: add(keyframe.position_m, offset),
      quat_xyzw: normalizeQuat(multiply(turn, keyframe.quat_xyzw)),
    })),
  };
}
