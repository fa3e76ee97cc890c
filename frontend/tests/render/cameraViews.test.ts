import { describe, expect, it } from 'vitest';

import { fitted, panned, zoomedAt, zoomedTo } from '../../src/render/cameras/pictureTransform';

const PICTURE = { width: 1936, height: 1216 };
const VIEW = { width: 400, height: 300 };

describe('pictureTransform', () => {
  it('fits the whole picture in the middle', () => {
    const [x, y, width, height] = fitted(PICTURE, VIEW).frame(PICTURE.width, PICTURE.height);
    expect(x).toBeCloseTo(0);
    expect(width).toBeCloseTo(400);
    expect(y + height / 2).toBeCloseTo(150);
  });

  it('keeps the pixel under the pointer when it zooms', () => {
    const whole = fitted(PICTURE, VIEW);
    const near = zoomedAt(whole, 0.25, 250, 140, PICTURE, VIEW);
    const u = (x: number, transform: typeof whole): number => (x - transform.x_px) / transform.scale;
    expect(near.scale).toBeCloseTo(4 * whole.scale);
    expect(u(250, near)).toBeCloseTo(u(250, whole));
  });

  it('never zooms out beyond the whole picture', () => {
    const whole = fitted(PICTURE, VIEW);
    expect(zoomedAt(whole, 10, 20, 20, PICTURE, VIEW).scale).toBeCloseTo(whole.scale);
  });

  it('shows no empty room beside an enlarged picture, however far it is panned', () => {
    const near = zoomedAt(fitted(PICTURE, VIEW), 0.2, 200, 150, PICTURE, VIEW);
    const left = panned(near, 1e5, 1e5, PICTURE, VIEW);
    expect([left.x_px, left.y_px]).toEqual([0, 0]);
    const right = panned(near, -1e5, -1e5, PICTURE, VIEW);
    expect(right.x_px + PICTURE.width * right.scale).toBeCloseTo(400);
    expect(right.y_px + PICTURE.height * right.scale).toBeCloseTo(300);
  });

  it('brings a region to the middle with room about it', () => {
    const close = zoomedTo({ u0: 900, v0: 600, u1: 1000, v1: 660 }, PICTURE, VIEW);
    const middle = close.x_px + (950 + 0.5) * close.scale;
    expect(middle).toBeCloseTo(200);
    expect(100 * close.scale).toBeLessThan(400 / 2);
    expect(100 * close.scale).toBeGreaterThan(100);
  });
});
