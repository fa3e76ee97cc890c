import { describe, expect, it } from 'vitest';

import {
  heldWindow,
  offsetAt,
  roundStep,
  windowShowing,
  xOf,
  zoomedWindow,
} from '../../src/render/timeline/timeWindow';
import { niceLength } from '../../src/render/overlay/scaleBar';

const LENGTH_NS = 20e9;
const WHOLE = { from_ns: 0, to_ns: LENGTH_NS };

describe('the window of the timeline', () => {
  it('has a place for every time and a time for every place', () => {
    const x = xOf(WHOLE, 5e9, 90, 1000);
    expect(x).toBe(340);
    expect(offsetAt(WHOLE, x, 90, 1000)).toBe(5e9);
  });

  it('keeps the time under the pointer when it zooms', () => {
    const near = zoomedWindow(WHOLE, 0.5, 5e9, LENGTH_NS);
    expect(near.to_ns - near.from_ns).toBe(10e9);
    expect(xOf(near, 5e9, 0, 1000)).toBe(250);
  });

  it('never leaves the clip', () => {
    expect(zoomedWindow(WHOLE, 3, 5e9, LENGTH_NS)).toEqual(WHOLE);
    expect(heldWindow({ from_ns: 15e9, to_ns: 25e9 }, LENGTH_NS)).toEqual({ from_ns: 10e9, to_ns: 20e9 });
  });

  it('comes along when time runs out of it, and stays otherwise', () => {
    const part = { from_ns: 0, to_ns: 4e9 };
    expect(windowShowing(part, 3e9, LENGTH_NS)).toBe(part);
    const next = windowShowing(part, 5e9, LENGTH_NS);
    expect(next.from_ns).toBeLessThan(5e9);
    expect(next.to_ns).toBeGreaterThan(5e9);
  });

  it('is marked at round times', () => {
    expect(roundStep(WHOLE, 1000, 60)).toBe(2e9);
    expect(roundStep({ from_ns: 0, to_ns: 0.2e9 }, 1200, 60)).toBe(1e7);
  });
});

describe('niceLength', () => {
  it.each([
    [7.3, 5],
    [4.9, 2],
    [1.2, 1],
    [0.07, 0.05],
    [230, 200],
  ])('of at most %d is %d', (target, expected) => {
    expect(niceLength(target)).toBeCloseTo(expected, 12);
  });
});
