import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { add, distance, scale, type Vec3 } from '../../src/core/geometry/vec3';
import { OrbitCamera } from '../../src/render/views/orbitCamera';

const pose = fc.record({
  target_m: fc.tuple(...[0, 1, 2].map(() => fc.double({ min: -200, max: 200, noNaN: true }))) as fc.Arbitrary<
    [number, number, number]
  >,
  distance_m: fc.double({ min: 1, max: 300, noNaN: true }),
  yaw_rad: fc.double({ min: -7, max: 7, noNaN: true }),
  pitch_rad: fc.double({ min: -0.1, max: Math.PI / 2, noNaN: true }),
});
const pixel = fc.tuple(
  fc.double({ min: 0, max: 800, noNaN: true }),
  fc.double({ min: 0, max: 600, noNaN: true }),
);

function cameraOf(value: {
  target_m: Vec3;
  distance_m: number;
  yaw_rad: number;
  pitch_rad: number;
}): OrbitCamera {
  const camera = new OrbitCamera(value);
  camera.resize(800, 600);
  return camera;
}

describe('OrbitCamera', () => {
  it('shows a point of the ray through a pixel at that pixel', () => {
    fc.assert(
      fc.property(pose, pixel, fc.double({ min: 1, max: 200, noNaN: true }), (value, [x, y], along_m) => {
        const camera = cameraOf(value);
        const ray = camera.rayThrough(x, y);
        const screen = camera.toScreen(add(ray.origin_m, scale(ray.direction, along_m)));
        expect(screen).not.toBeNull();
        expect(Math.hypot(screen![0] - x, screen![1] - y)).toBeLessThan(0.01);
      }),
    );
  });

  it('keeps the place that is zoomed to where it is on the screen', () => {
    const camera = cameraOf({ target_m: [3, 4, 0], distance_m: 30, yaw_rad: 0.3, pitch_rad: 0.6 });
    const ray = camera.rayThrough(600, 450);
    const place = add(ray.origin_m, scale(ray.direction, 25));
    camera.zoom(0.5, place);
    const screen = camera.toScreen(place)!;
    expect(screen[0]).toBeCloseTo(600, 6);
    expect(screen[1]).toBeCloseTo(450, 6);
  });

  it('shows the target in the middle and looks the way of its yaw', () => {
    const camera = cameraOf({ target_m: [3, 4, 5], distance_m: 30, yaw_rad: Math.PI / 2, pitch_rad: 0.6 });
    const middle = camera.toScreen([3, 4, 5])!;
    expect(middle[0]).toBeCloseTo(400, 9);
    expect(middle[1]).toBeCloseTo(300, 9);
    // Looking north: what is farther north is farther up, what is east is at the right.
    expect(camera.toScreen([3, 6, 5])![1]).toBeLessThan(300);
    expect(camera.toScreen([5, 4, 5])![0]).toBeGreaterThan(400);
  });

  it('hides what is behind the viewer', () => {
    const camera = cameraOf({ target_m: [0, 0, 0], distance_m: 10, yaw_rad: 0, pitch_rad: 0 });
    expect(camera.toScreen([-11, 0, 0])).toBeNull();
  });

  it('moves what is in the middle along with the pointer when it is panned from straight above', () => {
    const camera = cameraOf({ target_m: [0, 0, 0], distance_m: 20, yaw_rad: 0.4, pitch_rad: Math.PI / 2 });
    camera.pan(50, -30);
    const screen = camera.toScreen([0, 0, 0])!;
    expect(screen[0]).toBeCloseTo(450, 1);
    expect(screen[1]).toBeCloseTo(270, 1);
    expect(distance(camera.pose.target_m, [0, 0, 0])).toBeGreaterThan(0.5);
  });
});
