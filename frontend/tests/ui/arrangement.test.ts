import { describe, expect, it } from 'vitest';

import { arrange, presetLayout } from '../../src/ui/labelling/arrangement';
import { DEFAULT_LAYOUT, defaultLayout } from '../../src/ui/labelling/layout';

describe('where the panels stand', () => {
  it('is labels at the left, cameras over properties at the right as it comes', () => {
    expect(arrange(DEFAULT_LAYOUT)).toEqual({
      left: ['labels'],
      right: ['cameras', 'properties'],
      hasCamerasBelow: false,
    });
  });

  it('is where each was put, and nowhere when it was closed', () => {
    expect(arrange({ ...DEFAULT_LAYOUT, camerasAt: 'bottom', propertiesAt: 'left' })).toEqual({
      left: ['labels', 'properties'],
      right: [],
      hasCamerasBelow: true,
    });
    expect(arrange({ ...DEFAULT_LAYOUT, camerasAt: 'left', isRightOpen: false })).toMatchObject({
      left: ['labels', 'cameras'],
      right: [],
    });
    expect(arrange({ ...DEFAULT_LAYOUT, isCamerasOpen: false })).toMatchObject({ right: ['properties'] });
  });

  it('is at the right where what was kept is no place', () => {
    expect(arrange({ ...DEFAULT_LAYOUT, camerasAt: 'moon', propertiesAt: '' }).right).toEqual([
      'cameras',
      'properties',
    ]);
  });

  it('leaves the views room on every screen', () => {
    for (const width of [1366, 1920, 3840]) {
      const { leftWidth_px, rightWidth_px } = defaultLayout(width);
      expect(leftWidth_px + rightWidth_px).toBeLessThan(0.45 * width);
      for (const id of ['space', 'pictures', 'batch'] as const) {
        const layout = { ...defaultLayout(width), ...presetLayout(id, width) };
        const { left, right } = arrange(layout);
        const sides = (left.length ? layout.leftWidth_px : 0) + (right.length ? layout.rightWidth_px : 0);
        expect(width - sides).toBeGreaterThan(0.3 * width);
      }
    }
  });
});
