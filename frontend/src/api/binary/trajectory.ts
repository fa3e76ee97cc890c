import { Trajectory } from '../../core/geometry/trajectory';
import { BinaryReader } from './reader';

/** Reads `LAT1`: times, positions and rotations of the ego vehicle. */
export function decodeTrajectory(buffer: ArrayBuffer): Trajectory {
  const reader = new BinaryReader('trajectory', buffer);
  reader.magic('LAT1');
  const count = reader.uint32();
  const timesNs = reader.int64s(count);
  const positions_m = reader.float64s(3 * count);
  const quats_xyzw = reader.float64s(4 * count);
  reader.end();
  return new Trajectory(timesNs, positions_m, quats_xyzw);
}
