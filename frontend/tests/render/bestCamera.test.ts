import { describe, expect, it } from 'vitest';

import { labelId } from '../../src/core/document/ids';
import { bestCamera } from '../../src/render/cameras/bestCamera';
import { visiblePart } from '../../src/render/cameras/occlusion';
import { makeBox, makeClip, tick } from '../core/fixtures';

const BOX = { position_m: [20, 0, 1], quat_xyzw: [0, 0, 0, 1], size_m: [4, 2, 2] } as const;

describe('what hides a box', () => {
  it('is what stands between it and the viewer, and nothing else', () => {
    const beside = { ...BOX, position_m: [15, 6, 1] } as const;
    const behind = { ...BOX, position_m: [30, 0, 1], size_m: [4, 20, 20] } as const;
    const around = { ...BOX, position_m: [0, 0, 1] } as const;
    expect(visiblePart(BOX, [0, 0, 1], [beside, behind, around])).toBe(1);
    const wall = { ...BOX, position_m: [10, 0, 1], size_m: [0.2, 20, 20] } as const;
    expect(visiblePart(BOX, [0, 0, 1], [beside, wall])).toBe(0);
  });

  it('may hide a part: of the rear face the left third', () => {
    const post = { ...BOX, position_m: [17.9, 1, 1], size_m: [0.1, 1, 10] } as const;
    expect(visiblePart(BOX, [0, 0, 1], [post])).toBeCloseTo(2 / 3, 9);
  });
});

describe('the best camera', () => {
  const FRONT = makeClip().manifest.cameras[0]!;
  const left = {
    ...FRONT,
    name: 'left',
    ego_from_camera: { ...FRONT.ego_from_camera, position_m: [-8, 4, 1.5] as [number, number, number] },
  };
  const clip = makeClip({ cameras: [FRONT, left] });
  const label = makeBox('far');
  const truck = makeBox('truck', {
    id: labelId('truck'),
    size_m: [3, 2.5, 3],
    keyframes: [{ time_ns: tick(0).toString(), position_m: [8, 0, 1.5], quat_xyzw: [0, 0, 0, 1] }],
  });

  it('is one that no other box stands before', () => {
    expect(bestCamera(clip, label, tick(0), null)).toBe('front');
    expect(bestCamera(clip, label, tick(0), null, [label, truck])).toBe('left');
    expect(bestCamera(clip, label, tick(0), 'front', [label, truck])).toBe('left');
  });

  it('is still one that looks there where all are hidden from', () => {
    const wall = makeBox('wall', {
      size_m: [0.2, 30, 10],
      keyframes: [{ time_ns: tick(0).toString(), position_m: [5, 0, 1.5], quat_xyzw: [0, 0, 0, 1] }],
    });
    expect(bestCamera(clip, label, tick(0), null, [label, wall])).toBe('front');
  });
});
