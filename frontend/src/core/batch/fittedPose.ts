import { boxPoint, type BoxState } from '../geometry/box';
import { fromYaw, rotate, wrapAngle, yawOf } from '../geometry/quat';
import type { RigidTransform } from '../geometry/rigid';
import { dot, subtract, type Vec3 } from '../geometry/vec3';

/** Things shorter than this have no side that faces the sensor: their points lie about their middle. */
const SMALL_M = 1.2;

/**
 * Where a box of a known size stands when a fit found `fitted`: the corner that faces the sensor (`sensor_m`) is where
 * the fit has it, as that is where the points are; the bottom too. Front and back stay as they are in `current`.
 */
export function fittedPose(current: BoxState, fitted: BoxState, sensor_m: Vec3): RigidTransform {
  const found = yawOf(fitted.quat_xyzw);
  const isTurned = Math.abs(wrapAngle(found - yawOf(current.quat_xyzw))) > Math.PI / 2;
  const quat_xyzw = fromYaw(wrapAngle(isTurned ? found + Math.PI : found));
  const [l, w, h] = current.size_m;
  const signs = facing({ ...fitted, quat_xyzw }, sensor_m, Math.max(l, w) < SMALL_M);
  const corner_m = boxPoint({ ...fitted, quat_xyzw }, signs);
  const offset = rotate(quat_xyzw, [(signs[0] * l) / 2, (signs[1] * w) / 2, (signs[2] * h) / 2]);
  return { position_m: subtract(corner_m, offset), quat_xyzw };
}

/** The bottom's corner nearest to the sensor, as signs along the box's axes; of a small thing its middle. */
function facing(box: BoxState, sensor_m: Vec3, isSmall: boolean): Vec3 {
  if (isSmall) return [0, 0, -1];
  const towards = subtract(sensor_m, box.position_m);
  const side = (axis: Vec3): number => (dot(towards, rotate(box.quat_xyzw, axis)) >= 0 ? 1 : -1);
  return [side([1, 0, 0]), side([0, 1, 0]), -1];
}
