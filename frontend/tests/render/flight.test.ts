import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { distance, subtract, type Vec3 } from '../../src/core/geometry/vec3';
import { FlightControl } from '../../src/render/views/flightControl';
import { Flight } from '../../src/render/views/flight';
import { OrbitCamera } from '../../src/render/views/orbitCamera';

const AXES = { forward: [1, 0, 0] as Vec3, right: [0, -1, 0] as Vec3 };

/** Where a flight gets to in a time, in so many frames. */
function flown(flight: Flight, time_s: number, frames: number): Vec3 {
  let at: Vec3 = [0, 0, 0];
  for (let i = 0; i < frames; i += 1)
    at = subtract(at, subtract([0, 0, 0], flight.advance(time_s / frames, AXES)));
  return at;
}

describe('a flight', () => {
  it('goes the way of the keys that are held, and stands soon after', () => {
    const flight = new Flight();
    flight.press('KeyW');
    const [x, y, z] = flown(flight, 2, 120);
    expect(x).toBeGreaterThan(19);
    expect(x).toBeLessThanOrEqual(20);
    expect([y, z]).toEqual([0, 0]);
    flight.release('KeyW');
    flown(flight, 1, 60);
    expect(flight.isMoving).toBe(false);
  });

  it('goes as far whatever the frame rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 12, max: 400 }), (frames) => {
        const [slow, fast] = [new Flight(), new Flight()];
        for (const one of [slow, fast]) {
          one.press('KeyA');
          one.press('KeyE');
        }
        expect(distance(flown(slow, 1, 12), flown(fast, 1, frames))).toBeLessThan(1e-9);
      }),
    );
  });

  it('is no faster on a slant, four times as fast with Shift, and stays steerable', () => {
    const flight = new Flight();
    flight.press('KeyW');
    flight.press('KeyD');
    flown(flight, 1, 60);
    expect(Math.hypot(...flown(flight, 1, 60))).toBeCloseTo(10, 3);
    flight.press('ShiftLeft');
    flown(flight, 1, 60);
    expect(Math.hypot(...flown(flight, 1, 60))).toBeCloseTo(40, 3);
    for (let i = 0; i < 100; i += 1) flight.changeSpeed(1.5);
    expect(flight.speed_mps).toBe(200);
    for (let i = 0; i < 100; i += 1) flight.changeSpeed(0.5);
    expect(flight.speed_mps).toBe(0.5);
  });

  it('does not throw the viewer across the town after the page stood still', () => {
    const flight = new Flight();
    flight.press('KeyW');
    expect(Math.hypot(...flight.advance(30, AXES))).toBeLessThan(1);
  });
});

describe('flying through the 3D view', () => {
  function control(): { camera: OrbitCamera; flight: FlightControl } {
    const camera = new OrbitCamera({ target_m: [0, 0, 0], distance_m: 20, yaw_rad: 0, pitch_rad: 0 });
    return { camera, flight: new FlightControl(camera, () => undefined) };
  }

  it('leaves every key alone until it is begun and after it is ended', () => {
    const { flight } = control();
    expect(flight.key('KeyW', true)).toBe(false);
    flight.toggle(null);
    expect(flight.key('KeyW', true)).toBe(true);
    expect(flight.key('KeyP', true)).toBe(false);
    expect(flight.key('ArrowRight', true)).toBe(false);
    expect(flight.key('Escape', true)).toBe(true);
    expect(flight.isOn).toBe(false);
    expect(flight.key('KeyW', true)).toBe(false);
    expect(flight.advance(0.1)).toBe(false);
  });

  it('turns the head about the eye, also upwards', () => {
    const { camera, flight } = control();
    const eye_m = camera.eye_m();
    flight.look(200, -300);
    expect(distance(camera.eye_m(), eye_m)).toBeLessThan(1e-9);
    expect(camera.pose.yaw_rad).toBeLessThan(0);
    expect(camera.axes().forward[2]).toBeGreaterThan(0.5);
  });

  it('does not jump when turning about something begins with a view from below', () => {
    const { camera, flight } = control();
    flight.look(0, -300);
    const { pitch_rad } = camera.pose;
    camera.resize(800, 600);
    camera.orbit(1, 0);
    expect(camera.pose.pitch_rad).toBe(pitch_rad);
    camera.orbit(0, 30);
    expect(camera.pose.pitch_rad).toBeGreaterThan(pitch_rad);
    camera.orbit(0, -3000);
    expect(camera.pose.pitch_rad).toBeLessThan(0);
  });
});
