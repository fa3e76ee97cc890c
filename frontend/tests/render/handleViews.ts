import type { BoxState } from '../../src/core/geometry/box';
import { OrbitCamera } from '../../src/render/views/orbitCamera';

/** A 3D view of 800 by 600 pixels that looks at a box. */
export function boxHandlesHarness(
  box: BoxState,
  look: { readonly yaw_rad: number; readonly pitch_rad: number; readonly distance_m?: number },
): OrbitCamera {
  const camera = new OrbitCamera({
    target_m: box.position_m,
    distance_m: look.distance_m ?? 12,
    yaw_rad: look.yaw_rad,
    pitch_rad: look.pitch_rad,
  });
  camera.resize(800, 600);
  return camera;
}
