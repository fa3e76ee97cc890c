import type { Camera } from '../cameras/camera';
import { Cylindrical } from '../cameras/cylindrical';

/** Of how far off the picture a curve is: so far its straight pieces may be off it there. */
export const FAR_OFF_SHARE = 0.0002;

/** How far off the picture a pixel lies, zero on it; a cylinder's columns come round again. */
export function offPicture(camera: Camera, u: number, v: number): number {
  const dv = Math.max(-0.5 - v, v - camera.height + 0.5, 0);
  if (camera.lens instanceof Cylindrical) return dv;
  return Math.max(-0.5 - u, u - camera.width + 0.5, dv);
}
