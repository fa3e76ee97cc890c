import { describe, expect, it } from 'vitest';

import { BOX_TOOL } from '../../src/core/tools/box/boxTool';
import { SELECT_TOOL } from '../../src/core/tools/select/selectTool';
import { builtInOperations } from '../../src/core/operations/builtIn';
import { OperationRegistry } from '../../src/core/operations/registry';
import type { Labelling } from '../../src/ui/labelling/labelling';
import { batchOperations } from '../../src/ui/labelling/batch/batchOperations';
import { layoutOperations } from '../../src/ui/labelling/layoutOperations';
import { planeNudging } from '../../src/ui/labelling/planeNudging';
import { cameraOfView, viewOperations } from '../../src/ui/labelling/viewOperations';

const CAMERAS = Array.from({ length: 11 }, (_, index) => ({ name: `camera_${index}` }));

describe('the operations of the views', () => {
  it('take no key that an operation of the editor has, with nine classes and eleven cameras', () => {
    const layer = {
      name: 'objects',
      title: 'Objects',
      classes: Array.from({ length: 9 }, (_, index) => ({
        name: `class_${index}`,
        title: `Class ${index}`,
        color: '#0072B2',
        geometries: ['cuboid' as const],
        hotkey: String(index + 1),
        attributes: [],
      })),
    };
    const registry = new OperationRegistry();
    registry.register(...builtInOperations([SELECT_TOOL, BOX_TOOL], layer));
    // Only what the operations are made from is read here: the clip's cameras.
    const labelling = {
      editor: { clip: { cameras: CAMERAS, manifest: { sweeps: [] } } },
    } as unknown as Labelling;
    registry.register(
      ...viewOperations(labelling),
      ...layoutOperations(labelling),
      ...batchOperations(labelling),
      ...planeNudging(labelling),
    );
    expect(registry.keysOf('view.camera.camera_8')).toEqual(['alt+9']);
    expect(registry.help().some((item) => item.id === 'view.camera.camera_9')).toBe(false);
  });

  it('name a camera by the id of its view', () => {
    expect(cameraOfView('camera:front main')).toBe('front main');
    expect(cameraOfView('top')).toBeNull();
    expect(cameraOfView(null)).toBeNull();
  });
});
