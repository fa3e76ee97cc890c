import { describe, expect, it } from 'vitest';
import type { CameraSpec } from '../../../src/core/geometry/cameras/camera';
import { createCamera } from '../../../src/core/geometry/cameras/registry';
import { pixelTolerance, readGolden } from '../golden';

interface GoldenCamera {
  readonly camera: CameraSpec;
  readonly limit_rad: number;
  readonly project: readonly {
    readonly point: readonly [number, number, number];
    readonly uv: readonly [number, number] | null;
    readonly status: number;
  }[];
  readonly unproject: readonly {
    readonly uv: readonly [number, number];
    readonly ray: readonly [number, number, number] | null;
    readonly status: number;
  }[];
}

const { cameras } = readGolden('cameras') as { readonly cameras: readonly GoldenCamera[] };
const out = new Float64Array(3);

describe.each(cameras.map((golden) => ({ name: golden.camera.name, golden })))(
  'camera $name',
  ({ golden }) => {
    const camera = createCamera(golden.camera);

    it('ends where Python says that it ends', () => {
      expect(Math.abs(camera.limitRad - golden.limit_rad)).toBeLessThan(1e-9);
    });

    it('projects every golden point to the same pixel with the same status', () => {
      for (const { point, uv, status } of golden.project) {
        expect([point, camera.project(point[0], point[1], point[2], out, 0)]).toEqual([point, status]);
        if (uv === null) {
          expect(out[0]).toBeNaN();
          expect(out[1]).toBeNaN();
        } else {
          const error = Math.hypot(out[0]! - uv[0], out[1]! - uv[1]);
          expect(error, String(point)).toBeLessThan(pixelTolerance(uv[0], uv[1]));
        }
      }
    });

    it('gives every golden pixel the same ray', () => {
      for (const { uv, ray, status } of golden.unproject) {
        expect([uv, camera.unproject(uv[0], uv[1], out, 0)]).toEqual([uv, status]);
        if (ray === null) expect(out[0]).toBeNaN();
        else
          expect(Math.hypot(out[0]! - ray[0], out[1]! - ray[1], out[2]! - ray[2]), String(uv)).toBeLessThan(
            1e-9,
          );
      }
    });
  },
);

describe('camera descriptions', () => {
  const good: CameraSpec = {
    name: 'front',
    width: 640,
    height: 480,
    model: 'pinhole',
    params: { fx: 500, fy: 500, cx: 320, cy: 240 },
  };

  it.each([
    ['model', { ...good, model: 'toString' }],
    ['width', { ...good, width: 0 }],
    ['height', { ...good, height: 4.5 }],
    ['params.fx', { ...good, params: { ...good.params, fx: -1 } }],
    ['params.cy', { ...good, params: { fx: 1, fy: 1, cx: 1 } }],
    ['params.distortion', { ...good, params: { ...good.params, distortion: [0.1] } }],
    ['params.distortion', { ...good, model: 'opencv', params: { ...good.params, distortion: [1, 2, 3] } }],
    ['max_angle_rad', { ...good, max_angle_rad: 4 }],
    ['params.xi', { ...good, model: 'mei', params: { ...good.params, xi: -2, distortion: [0, 0, 0, 0] } }],
    ['params.reference', { ...good, model: 'ftheta', params: { cx: 1, cy: 1 } }],
    ['params.k', { ...good, model: 'woodscape', params: { cx: 1, cy: 1, k: [-1, 0, 0, 0] } }],
  ])('that can not be used are refused with the name of the field %s', (field, spec) => {
    expect(() => createCamera(spec)).toThrow(`camera "front": ${field}: expected`);
  });

  it('refuse points that are not finite instead of painting them somewhere', () => {
    const camera = createCamera(good);
    expect(camera.project(NaN, 0, 1, out, 0)).toBe(2);
    expect(camera.project(0, Infinity, 1, out, 0)).toBe(2);
  });
});
