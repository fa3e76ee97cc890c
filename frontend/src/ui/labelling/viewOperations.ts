import { operation, type Operation } from '../../core/operations/operation';
import { isCuboid } from '../../core/document/label';
import { bestCamera } from '../../render/cameras/bestCamera';
import type { FollowMode } from '../../render/viewSettings';
import { cloudOperations } from './cloudOperations';
import type { Labelling } from './labelling';

const FOLLOWS: readonly FollowMode[] = ['ego', 'selection', 'none'];
const FOLLOW_TITLES: Readonly<Record<FollowMode, string>> = {
  ego: 'Follow the ego',
  selection: 'Follow the selected object',
  none: 'Follow nothing',
};

/** What one does with the views and panels: by key, in the palette, and on buttons. */
export function viewOperations(labelling: Labelling): Operation[] {
  const { layout, stage } = labelling;
  const needsSweeps = (): string | null =>
    labelling.editor.clip.manifest.sweeps.length === 0 ? 'This clip has no point clouds.' : null;
  const settings = () => layout.get().settings;
  return [
    operation({
      id: 'view.focus',
      title: 'Show the selection',
      group: 'view',
      keys: ['f'],
      run: () => stage.world.focus(),
    }),
    operation({
      id: 'view.ego',
      title: 'Show the ego',
      group: 'view',
      keys: ['shift+f'],
      run: () => stage.world.resetPose(),
    }),
    operation({
      id: 'view.top',
      title: 'View from the top',
      group: 'view',
      keys: ['z'],
      run: () => stage.world.toggleTop(),
    }),
    operation({
      id: 'view.fly',
      title: 'Fly by W A S D, Q E and the mouse, and back',
      group: 'view',
      keys: ['alt+f'],
      disabledReason: () => (stage.isWorldShown ? null : 'The 3D view is not on the screen.'),
      run: () => stage.toggleFlight(),
    }),
    operation({
      id: 'view.follow',
      title: 'Follow the ego, the selection or nothing',
      group: 'view',
      keys: ['y'],
      run: () => layout.changeSettings({ follow: next(FOLLOWS, settings().follow) }),
    }),
    ...FOLLOWS.map((follow) =>
      operation({
        id: `view.follow.${follow}`,
        title: FOLLOW_TITLES[follow],
        group: 'view',
        run: () => layout.changeSettings({ follow }),
      }),
    ),
    operation({
      id: 'view.orthos',
      title: 'Views of the selection on or off',
      group: 'view',
      keys: ['o'],
      run: () => layout.change({ isOrthoOpen: !layout.get().isOrthoOpen }),
    }),
    operation({
      id: 'view.aggregate',
      title: 'Points of all times in the views of the selection on or off',
      group: 'view',
      keys: ['shift+o'],
      disabledReason: needsSweeps,
      run: () => layout.changeSettings({ showsAggregate: !settings().showsAggregate }),
    }),
    operation({
      id: 'view.large_ortho',
      title: 'Top, side, front view large in turn, and back',
      group: 'view',
      keys: ['shift+z'],
      run: ({ session }) => {
        const order = ['top', 'side', 'front', null];
        const at = order.indexOf(session.get().largeViewId);
        layout.change({ isOrthoOpen: true });
        session.set({ largeViewId: order[(at + 1) % order.length] ?? null });
      },
    }),
    operation({
      id: 'view.pin_camera',
      title: 'Keep the camera that is shown first, or the best one again',
      group: 'view',
      keys: ['alt+v'],
      run: () => {
        const { pinnedCamera } = labelling;
        pinnedCamera.set(pinnedCamera.get() === null ? labelling.firstCamera : null);
      },
    }),
    operation({
      id: 'view.points_in_pictures',
      title: 'Points of the cloud over pictures on or off',
      group: 'view',
      keys: ['alt+o'],
      disabledReason: needsSweeps,
      run: () => layout.changeSettings({ showsPointsInPictures: !settings().showsPointsInPictures }),
    }),
    operation({
      id: 'view.pointer_mark',
      title: 'Mark what is pointed at in all views on or off',
      group: 'view',
      keys: ['alt+m'],
      run: () => {
        layout.changeSettings({ showsPointerMark: !settings().showsPointerMark });
        stage.mark.set(null);
      },
    }),
    ...cameraOperations(labelling),
    ...cloudOperations(labelling),
    operation({
      id: 'view.grid',
      title: 'Ground grid on or off',
      group: 'view',
      run: () => layout.changeSettings({ showsGrid: !settings().showsGrid }),
    }),
    operation({
      id: 'view.path',
      title: 'Ego path on or off',
      group: 'view',
      run: () => layout.changeSettings({ showsPath: !settings().showsPath }),
    }),
    operation({
      id: 'view.frusta',
      title: 'Cameras in 3D on or off',
      group: 'view',
      run: () => layout.changeSettings({ showsFrusta: !settings().showsFrusta }),
    }),
    operation({
      id: 'view.left_panel',
      title: 'Label list on or off',
      group: 'view',
      keys: ['shift+l'],
      run: () => layout.change({ isLeftOpen: !layout.get().isLeftOpen }),
    }),
    operation({
      id: 'view.right_panel',
      title: 'Cameras and properties on or off',
      group: 'view',
      keys: ['shift+r'],
      run: () => layout.change({ isRightOpen: !layout.get().isRightOpen }),
    }),
    operation({
      id: 'view.timeline',
      title: 'Timeline on or off',
      group: 'view',
      keys: ['shift+t'],
      run: () => layout.change({ isTimelineOpen: !layout.get().isTimelineOpen }),
    }),
  ];
}

function cameraOperations({ editor }: Labelling): Operation[] {
  const { cameras } = editor.clip;
  const large = (): string | null => cameraOfView(editor.session.get().largeViewId);
  const show = (name: string | undefined): void => {
    editor.session.set({ largeViewId: name === undefined ? null : `camera:${name}` });
  };
  return [
    operation({
      id: 'view.large_camera',
      title: 'Best camera large, and back',
      group: 'view',
      keys: ['c'],
      run: () => {
        if (editor.session.get().largeViewId !== null) {
          show(undefined);
          return;
        }
        const label = editor.shownSelectedLabel();
        const best = isCuboid(label)
          ? bestCamera(
              editor.clip,
              label,
              editor.session.get().timeNs,
              null,
              editor.document.labels().values(),
            )
          : null;
        show(best ?? cameras[0]?.name);
      },
    }),
    operation({
      id: 'view.next_camera',
      title: 'Next camera large',
      group: 'view',
      keys: ['shift+c'],
      repeats: true,
      run: () => {
        const at = cameras.findIndex((camera) => camera.name === large());
        show(cameras[(at + 1) % cameras.length]?.name);
      },
    }),
    ...cameras.slice(0, 9).map((camera, index) =>
      operation({
        id: `view.camera.${camera.name}`,
        title: `Camera ${camera.name} large, and back`,
        group: 'view',
        keys: [`alt+${index + 1}`],
        run: () => show(large() === camera.name ? undefined : camera.name),
      }),
    ),
  ];
}

/** The camera that a view's id names, or null. */
export function cameraOfView(viewId: string | null): string | null {
  return viewId?.startsWith('camera:') === true ? viewId.slice('camera:'.length) : null;
}

function next<T>(values: readonly T[], current: T): T {
  const following = values[(values.indexOf(current) + 1) % values.length];
  return following ?? current;
}
