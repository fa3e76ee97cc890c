import { describe, expect, it } from 'vitest';
import type { CameraSpec } from '../../../src/core/geometry/cameras/camera';
import { createCamera } from '../../../src/core/geometry/cameras/registry';
import type { RigidTransform } from '../../../src/core/geometry/rigid';
import type { ShutterSpec } from '../../../src/core/geometry/shutter';
import { distance, dot, subtract, type Vec3 } from '../../../src/core/geometry/vec3';
import { Trajectory } from '../../../src/core/geometry/trajectory';
import { ImageView } from '../../../src/core/geometry/view';
import { pixelTolerance, readGolden } from '../golden';

interface GoldenView {
  readonly name: string;
  readonly camera: CameraSpec & { readonly ego_from_camera: RigidTransform; readonly shutter: ShutterSpec };
  readonly time_ns: string;
  readonly trajectory: {
    readonly times_ns: readonly string[];
    readonly positions_m: readonly number[][];
    readonly quats_xyzw: readonly number[][];
  };
  readonly points: readonly {
    readonly point_world: Vec3;
    readonly velocity_mps: Vec3;
    readonly uv: readonly [number, number] | null;
    readonly depth_m: number | null;
    readonly offset_ns: number | null;
    readonly status: number;
  }[];
}

const { cases } = readGolden('views') as { readonly cases: readonly GoldenView[] };

function viewOf(golden: GoldenView): ImageView {
  const { times_ns, positions_m, quats_xyzw } = golden.trajectory;
  const trajectory = new Trajectory(
    BigInt64Array.from(times_ns, BigInt),
    Float64Array.from(positions_m.flat()),
    Float64Array.from(quats_xyzw.flat()),
  );
  const { camera } = golden;
  return new ImageView(
    createCamera(camera),
    camera.ego_from_camera,
    trajectory,
    BigInt(golden.time_ns),
    camera.shutter,
  );
}

describe.each(cases)('view: $name', (golden) => {
  const view = viewOf(golden);
  const out = new Float64Array(4);

  it('sees every golden point where and when Python does', () => {
    for (const { point_world: p, velocity_mps: v, uv, depth_m, offset_ns, status } of golden.points) {
      expect([p, view.projectWorld(p[0], p[1], p[2], v[0], v[1], v[2], out, 0)]).toEqual([p, status]);
      if (uv === null) {
        expect(out[0]).toBeNaN();
        continue;
      }
      expect(Math.hypot(out[0]! - uv[0], out[1]! - uv[1]), String(p)).toBeLessThan(
        pixelTolerance(uv[0], uv[1]),
      );
      expect(out[2]).toBeCloseTo(depth_m ?? NaN, 6);
      expect(Math.abs(out[3]! - (offset_ns ?? NaN))).toBeLessThan(1);
    }
  });

  it('finds standing points again on the rays through their pixels', () => {
    const standing = golden.points.filter(
      (point) => point.status === 0 && point.velocity_mps.every((v) => v === 0),
    );
    for (const { point_world, uv } of standing) {
      const ray = uv === null ? null : view.rayThrough(uv[0], uv[1]);
      if (ray === null) throw new Error('a pixel that shows a point has a ray');
      const along = dot(subtract(point_world, ray.origin_m), ray.direction);
      const foot: Vec3 = [
        ray.origin_m[0] + along * ray.direction[0],
        ray.origin_m[1] + along * ray.direction[1],
        ray.origin_m[2] + along * ray.direction[2],
      ];
      expect(distance(foot, point_world)).toBeLessThan(1e-5 * Math.max(1, along));
    }
  });
});
