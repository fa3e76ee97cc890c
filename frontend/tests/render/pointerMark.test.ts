import { describe, expect, it } from 'vitest';

import { pointOnRay } from '../../src/core/geometry/ray';
import { fitted } from '../../src/render/cameras/pictureTransform';
import { depthBucket, pointInPicture, projectCloud } from '../../src/render/cameras/cloudInPicture';
import { epipolarCurve, rayDistances } from '../../src/render/cameras/rayInPicture';
import { makeClip } from '../core/fixtures';

const CAMERA = makeClip().cameras[0]!;

/** The distance of a point to a polyline, pixels. */
function distanceTo(run: Float64Array, [u, v]: readonly [number, number]): number {
  let best = Infinity;
  for (let i = 0; i + 3 < run.length; i += 2) {
    const [du, dv] = [run[i + 2]! - run[i]!, run[i + 3]! - run[i + 1]!];
    const s = Math.min(
      1,
      Math.max(0, ((u - run[i]!) * du + (v - run[i + 1]!) * dv) / (du * du + dv * dv || 1)),
    );
    best = Math.min(best, Math.hypot(u - run[i]! - s * du, v - run[i + 1]! - s * dv));
  }
  return best;
}

describe('what is pointed at in another picture', () => {
  it('lies on its epipolar line, at whatever depth it is', () => {
    const from = CAMERA.view(0);
    const to = CAMERA.view(5);
    const ray = from.rayThrough(900, 500)!;
    const [run] = epipolarCurve(to, ray);
    for (const distance_m of [12, 30, 77, 200]) {
      expect(distanceTo(run!, to.pixelOf(pointOnRay(ray, distance_m))!)).toBeLessThan(0.01);
    }
  });

  it('has no line where it lies behind the camera', () => {
    const ray = { origin_m: [0, 0, 1.5] as const, direction: [-1, 0, 0] as const };
    expect(epipolarCurve(CAMERA.view(0), ray)).toEqual([]);
  });

  it('is looked for from near to far', () => {
    const distances = rayDistances();
    expect(distances[0]).toBeCloseTo(0.5, 9);
    expect(distances.at(-1)).toBeCloseTo(250, 6);
  });
});

describe('the points of a cloud in a picture', () => {
  const view = CAMERA.view(0);
  const cloud = { positions_m: Float32Array.from([20, 2, 1, 40, 4, 0.5, -20, 0, 1]), intensities: null };

  it('are where the lens shows them, those behind it left out', () => {
    const { uvd } = projectCloud(view, [cloud]);
    expect(uvd).toHaveLength(6);
    const [u, v] = view.pixelOf([20, 2, 1])!;
    expect(uvd[0]).toBeCloseTo(u, 3);
    expect(uvd[1]).toBeCloseTo(v, 3);
    expect(uvd[2]).toBeCloseTo(Math.hypot(18.4, 2, 0.5), 4);
  });

  it('tell the depth under the pointer: of several the one in front', () => {
    const near = { positions_m: Float32Array.from([40, 4, 0.5, 20.8, 2, 1]), intensities: null };
    const transform = fitted(CAMERA.camera, { width: 640, height: 400 });
    const points = projectCloud(view, [near]);
    const at = view.pixelOf([20.8, 2, 1])!;
    const [x, y] = [
      transform.x_px + (at[0] + 0.5) * transform.scale,
      transform.y_px + (at[1] + 0.5) * transform.scale,
    ];
    expect(pointInPicture(points, transform, x, y)?.[0]).toBeCloseTo(20.8, 4);
    expect(pointInPicture(points, transform, x + 200, y)).toBeNull();
  });

  it('are coloured by depth, the near end and the far end held', () => {
    expect(depthBucket(0.1)).toBe(0);
    expect(depthBucket(500)).toBe(23);
    expect(depthBucket(10)).toBeLessThan(depthBucket(11.5) + 1);
  });
});
