import { describe, expect, it } from 'vitest';

import type { BoxState } from '../../src/core/geometry/box';
import { fromYaw } from '../../src/core/geometry/quat';
import { boxHandlesHarness } from './handleViews';
import { grabPoint, handleAt, perspectiveHandles } from '../../src/render/picking/boxHandles';
import { orthoHandleAt, orthoOutline } from '../../src/render/picking/orthoHandles';
import { OrthoCamera, type OrthoSide } from '../../src/render/views/orthoCamera';

const BOX: BoxState = { position_m: [10, 2, 0.8], quat_xyzw: fromYaw(0.4), size_m: [4.6, 1.9, 1.6] };

function orthoOf(side: OrthoSide): OrthoCamera {
  const camera = new OrthoCamera(side);
  camera.resize(400, 260);
  camera.setFrame(BOX);
  return camera;
}

describe('handles in perspective', () => {
  it('offers the faces that look at the viewer, and not those behind', () => {
    const camera = boxHandlesHarness(BOX, { yaw_rad: 0.4, pitch_rad: 0.7 });
    const handles = perspectiveHandles(BOX, camera).map((spot) => spot.handle);
    expect(handles).toContain('-x');
    expect(handles).toContain('+z');
    expect(handles).not.toContain('+x');
    expect(handles).not.toContain('-z');
    expect(handles).toContain('heading');
    expect(handles).toContain('lift');
  });

  it('finds a handle up to twelve pixels from its middle and not beyond', () => {
    const camera = boxHandlesHarness(BOX, { yaw_rad: 0.4, pitch_rad: 0.7 });
    const spots = perspectiveHandles(BOX, camera);
    const rear = spots.find((spot) => spot.handle === '-x')!;
    expect(handleAt([rear], [rear.screen_px[0] + 11, rear.screen_px[1]])).toBe(rear);
    expect(handleAt([rear], [rear.screen_px[0] + 13, rear.screen_px[1]])).toBeNull();
  });

  it('gives no face handles to a box too small on the screen to pull apart', () => {
    const camera = boxHandlesHarness(BOX, { yaw_rad: 0.4, pitch_rad: 0.7, distance_m: 400 });
    const handles = perspectiveHandles(BOX, camera).map((spot) => spot.handle);
    expect(handles.filter((handle) => handle.includes('x') || handle.includes('y'))).toEqual([]);
  });

  it('is grabbed on its axis under the pointer, so that nothing jumps at the first move', () => {
    const camera = boxHandlesHarness(BOX, { yaw_rad: 0.4, pitch_rad: 0.7 });
    const rear = perspectiveHandles(BOX, camera).find((spot) => spot.handle === '-x')!;
    const ray = camera.rayThrough(rear.screen_px[0], rear.screen_px[1] + 6);
    const grabbed = grabPoint(rear, ray);
    const offset = grabbed.map((part, k) => part - rear.point_m[k]!);
    const along = offset.reduce((sum, part, k) => sum + part * rear.axis![k]!, 0);
    expect(Math.hypot(...offset)).toBeCloseTo(Math.abs(along), 9);
    expect(Math.abs(along)).toBeGreaterThan(0.01);
  });
});

describe('handles in orthographic views', () => {
  it('shows the heading to the right in the top view', () => {
    const outline = orthoOutline(BOX, orthoOf('top'))!;
    const { from_px, to_px } = outline.heading!;
    expect(to_px[0] - from_px[0]).toBeCloseTo(30, 6);
    expect(to_px[1]).toBeCloseTo(from_px[1], 6);
  });

  it.each([
    ['top', ['-x', '+x', '-y', '+y']],
    ['side', ['-x', '+x', '-z', '+z']],
    ['front', ['-y', '+y', '-z', '+z']],
  ] as const)('lets the four sides be pulled in the %s view', (side, expected) => {
    const camera = orthoOf(side);
    const outline = orthoOutline(BOX, camera)!;
    const found = outline.corners.map((corner, i) => {
      const next = outline.corners[(i + 1) % 4]!;
      const middle = [
        (corner.screen_px[0] + next.screen_px[0]) / 2,
        (corner.screen_px[1] + next.screen_px[1]) / 2,
      ] as const;
      return orthoHandleAt(outline, middle);
    });
    expect(new Set(found)).toEqual(new Set(expected));
  });

  it('has corners, the body and, outside, nothing', () => {
    const outline = orthoOutline(BOX, orthoOf('top'))!;
    const rightTop = outline.corners.find((corner) => corner.handle === '+x+y')!;
    expect(orthoHandleAt(outline, rightTop.screen_px)).toBe('+x+y');
    expect(orthoHandleAt(outline, [200, 130])).toBe('body');
    expect(orthoHandleAt(outline, [5, 5])).toBeNull();
    expect(orthoHandleAt(outline, outline.heading!.to_px)).toBe('heading');
  });

  it('leaves the middle of a box that is small on the screen to moving', () => {
    const camera = orthoOf('top');
    camera.zoomAt(8, 200, 130);
    const outline = orthoOutline(BOX, camera)!;
    expect(orthoHandleAt(outline, [200, 130])).toBe('body');
  });
});

describe('OrthoCamera', () => {
  it('keeps the place under the pointer when it zooms', () => {
    const camera = orthoOf('side');
    const before = camera.rayThrough(300, 60);
    camera.zoomAt(0.5, 300, 60);
    const after = camera.rayThrough(300, 60);
    for (let k = 0; k < 3; k += 1) expect(after.origin_m[k]).toBeCloseTo(before.origin_m[k]!, 9);
  });

  it.each(['top', 'side', 'front'] as const)(
    'shows a point of a ray where the ray went through: %s',
    (side) => {
      const camera = orthoOf(side);
      const ray = camera.rayThrough(123, 77);
      const point = ray.origin_m.map((part, k) => part + 42 * ray.direction[k]!) as unknown as [
        number,
        number,
        number,
      ];
      const screen = camera.toScreen(point)!;
      expect(screen[0]).toBeCloseTo(123, 6);
      expect(screen[1]).toBeCloseTo(77, 6);
    },
  );
});
