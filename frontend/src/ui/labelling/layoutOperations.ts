import { operation, type Operation } from '../../core/operations/operation';
import { cameraDock, presetLayout, type CameraDock, type PresetId, type Side } from './arrangement';
import type { Labelling } from './labelling';

const BRIGHTER = 1.2;
const DOCK_TITLES: Readonly<Record<CameraDock, string>> = {
  right: 'Cameras at the right',
  left: 'Cameras at the left',
  bottom: 'Cameras below',
};

/** Where the panels stand, and how bright pictures are. */
export function layoutOperations(labelling: Labelling): Operation[] {
  const { layout, batch } = labelling;
  const preset = (id: PresetId, title: string, key: string): Operation =>
    operation({
      id: `layout.${id}`,
      title,
      group: 'view',
      keys: [key],
      run: () => {
        layout.change(presetLayout(id, window.innerWidth));
        labelling.editor.session.set({ largeViewId: null });
        if (id === 'batch') batch.open();
        else batch.close();
      },
    });
  const dock = (at: CameraDock): Operation =>
    operation({
      id: `layout.cameras_${at}`,
      title: DOCK_TITLES[at],
      group: 'view',
      run: () =>
        layout.change({
          camerasAt: at,
          isCamerasOpen: true,
          ...(at === 'bottom' ? {} : at === 'left' ? { isLeftOpen: true } : { isRightOpen: true }),
        }),
    });
  const properties = (at: Side): Operation =>
    operation({
      id: `layout.properties_${at}`,
      title: `Properties at the ${at}`,
      group: 'view',
      run: () =>
        layout.change({
          propertiesAt: at,
          ...(at === 'left' ? { isLeftOpen: true } : { isRightOpen: true }),
        }),
    });
  const bright = (id: string, title: string, key: string, factor: number): Operation =>
    operation({
      id,
      title,
      group: 'view',
      keys: [key],
      repeats: true,
      run: () => {
        const { pictureBrightness } = layout.get().settings;
        const next = Math.min(4, Math.max(0.4, pictureBrightness * factor));
        layout.changeSettings({ pictureBrightness: Math.abs(next - 1) < 0.02 ? 1 : next });
      },
    });
  return [
    preset('space', 'Arrangement: 3D large', 'ctrl+alt+1'),
    preset('pictures', 'Arrangement: pictures large', 'ctrl+alt+2'),
    preset('batch', 'Arrangement: batch view', 'ctrl+alt+3'),
    operation({
      id: 'layout.usual',
      title: 'Arrangement: as it comes',
      group: 'view',
      keys: ['ctrl+alt+0'],
      run: () => {
        batch.close();
        layout.resetArrangement();
      },
    }),
    dock('right'),
    dock('left'),
    dock('bottom'),
    operation({
      id: 'layout.cameras_next',
      title: 'Cameras right, below, left in turn',
      group: 'view',
      keys: ['alt+c'],
      run: () => {
        const docks: readonly CameraDock[] = ['right', 'bottom', 'left'];
        const at = docks.indexOf(cameraDock(layout.get()));
        layout.change({ camerasAt: docks[(at + 1) % docks.length] ?? 'right', isCamerasOpen: true });
      },
    }),
    operation({
      id: 'view.cameras',
      title: 'Cameras on or off',
      group: 'view',
      keys: ['alt+shift+c'],
      run: () => layout.change({ isCamerasOpen: !layout.get().isCamerasOpen }),
    }),
    properties('right'),
    properties('left'),
    bright('view.brighter', 'Brighter pictures', 'shift+ArrowUp', BRIGHTER),
    bright('view.darker', 'Darker pictures', 'shift+ArrowDown', 1 / BRIGHTER),
  ];
}

/** True where the layout is what an operation would make it. */
export function isLayoutOn(labelling: Labelling, id: string): boolean {
  const layout = labelling.layout.get();
  if (id === `layout.cameras_${cameraDock(layout)}`) return layout.isCamerasOpen;
  if (id === 'view.cameras') return layout.isCamerasOpen;
  return id === `layout.properties_${layout.propertiesAt === 'left' ? 'left' : 'right'}`;
}
