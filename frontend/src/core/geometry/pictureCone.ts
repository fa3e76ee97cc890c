import type { Camera } from './cameras/camera';
import { Cylindrical } from './cameras/cylindrical';
import { Status } from './status';

/** Rays at the very limit of a lens have no neighbours to one side: cut this share before it. */
export const LIMIT_SHARE = 1 - 1e-6;

const BORDER_SAMPLES = 64;
const MARGIN_RAD = 0.02;

const cones = new WeakMap<Camera, number>();

/**
 * Angle off the axis that holds all of the picture, within the lens's domain: what is outside can be left out early.
 * Where the picture's corners have no ray (the lens folds before), it is the domain itself.
 */
export function pictureConeRad(camera: Camera): number {
  let cone = cones.get(camera);
  if (cone === undefined) {
    cone = measure(camera);
    cones.set(camera, cone);
  }
  return cone;
}

/** Cosine of a cone for clipping; -2, so that all is inside, for half a turn. */
export function coneCosine(angleRad: number): number {
  return angleRad < Math.PI ? Math.cos(angleRad) : -2;
}

function measure(camera: Camera): number {
  const limit = camera.limitRad * LIMIT_SHARE;
  // A cylinder's picture isn't bounded by a cone: straight up and down are infinitely far off.
  if (camera.lens instanceof Cylindrical) return camera.limitRad < Math.PI ? limit : Math.PI;
  const ray = new Float64Array(3);
  let leastCosine = 1;
  for (let i = 0; i < BORDER_SAMPLES; i += 1) {
    const u = -0.5 + (camera.width * i) / (BORDER_SAMPLES - 1);
    const v = -0.5 + (camera.height * i) / (BORDER_SAMPLES - 1);
    for (const [pu, pv] of [
      [u, -0.5],
      [u, camera.height - 0.5],
      [-0.5, v],
      [camera.width - 0.5, v],
    ] as const) {
      if (camera.unproject(pu, pv, ray, 0) === Status.OUTSIDE_DOMAIN) return limit;
      leastCosine = Math.min(leastCosine, ray[2]!);
    }
  }
  const widest = Math.acos(Math.max(-1, leastCosine));
  // Between two samples the border bulges outwards by less than a twentieth.
  return Math.min(limit, 1.05 * widest + MARGIN_RAD);
}
