import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CameraSpec } from '../../../src/core/geometry/cameras/camera';
import { createCamera } from '../../../src/core/geometry/cameras/registry';
import type { RigidTransform } from '../../../src/core/geometry/rigid';
import type { ShutterSpec } from '../../../src/core/geometry/shutter';
import { Trajectory } from '../../../src/core/geometry/trajectory';
import type { Vec3 } from '../../../src/core/geometry/vec3';
import { ImageView } from '../../../src/core/geometry/view';
import { pixelTolerance } from '../golden';

/** Reference vectors from outside of the project; where they are absent, the golden ones have to do. */
const FOLDER = new URL('../../../../../shared/vectors/', import.meta.url);
const isThere = existsSync(FOLDER);
const WHY = isThere ? '' : ' (skipped: ../shared/vectors is not there)';

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'));
}

interface CameraVectors {
  readonly cameras: readonly {
    readonly camera: CameraSpec;
    readonly points: readonly {
      readonly p: Vec3;
      readonly ok: boolean;
      readonly uv: readonly [number, number] | null;
      readonly im?: boolean;
      readonly near?: boolean;
    }[];
  }[];
}

interface ShutterVectors {
  readonly tolerance_px: Readonly<Record<string, number>>;
  readonly cases: readonly {
    readonly name: string;
    readonly camera: CameraSpec & { readonly shutter: ShutterSpec; readonly ego_from_camera: RigidTransform };
    readonly time_ns: string;
    readonly trajectory: {
      readonly times_ns: readonly string[];
      readonly positions_m: readonly number[][];
      readonly quats_xyzw: readonly number[][];
    };
    readonly points: readonly Record<string, unknown>[];
  }[];
}

describe.skipIf(!isThere)(`reference vectors${WHY}`, () => {
  it('of cameras: the same pixels, and the same points left out', () => {
    const out = new Float64Array(2);
    let count = 0;
    for (const { camera: spec, points } of (read('camera_vectors.json') as CameraVectors).cameras) {
      const camera = createCamera(spec);
      for (const { p, ok, uv, im, near } of points) {
        const status = camera.project(p[0], p[1], p[2], out, 0);
        if (near !== true) expect([spec.name, p, status === 0 || status === 3]).toEqual([spec.name, p, ok]);
        if (uv === null || (status !== 0 && status !== 3)) continue;
        expect(Math.hypot(out[0]! - uv[0], out[1]! - uv[1])).toBeLessThan(pixelTolerance(uv[0], uv[1]));
        expect(status === 0).toBe(im);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(1000);
  });

  it('of rolling shutters: the same pixels within their tolerance', () => {
    const { cases, tolerance_px } = read('rolling_shutter_vectors.json') as ShutterVectors;
    const out = new Float64Array(4);
    let count = 0;
    for (const { name, camera, time_ns, trajectory, points } of cases) {
      const view = new ImageView(
        createCamera(camera),
        camera.ego_from_camera,
        new Trajectory(
          BigInt64Array.from(trajectory.times_ns, BigInt),
          Float64Array.from(trajectory.positions_m.flat()),
          Float64Array.from(trajectory.quats_xyzw.flat()),
        ),
        BigInt(time_ns),
        camera.shutter,
      );
      const tolerance = tolerance_px[name] ?? tolerance_px['default'] ?? 0;
      for (const point of points) {
        const world = point['p_world'] as Vec3;
        const velocity = (point['velocity_mps'] ?? [0, 0, 0]) as Vec3;
        view.projectWorld(...world, ...velocity, out, 0);
        const roots = (point['roots'] ?? []) as readonly { readonly uv: readonly [number, number] }[];
        if (roots.length !== 1) continue;
        const [u, v] = roots[0]!.uv;
        expect(Math.hypot(out[0]! - u, out[1]! - v), `${name} ${String(world)}`).toBeLessThan(tolerance);
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(100);
  });
});
