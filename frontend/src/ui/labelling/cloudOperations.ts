import { operation, type Operation } from '../../core/operations/operation';
import { POINT_COLORS, SWEEP_SPANS, type PointColor, type SweepSpan } from '../../render/cloudSettings';
import type { Labelling } from './labelling';

/** What one does with point clouds: by key, in the palette, and in the view's corner. */
export function cloudOperations(labelling: Labelling): Operation[] {
  const { cloud, editor } = labelling;
  const needsSweeps = (): string | null =>
    editor.clip.manifest.sweeps.length === 0 ? 'This clip has no point clouds.' : null;
  const settings = () => cloud.get();
  const made = (source: Omit<Parameters<typeof operation>[0], 'group' | 'disabledReason'>): Operation =>
    operation({ ...source, group: 'view', disabledReason: needsSweeps });
  const spanTitles: Readonly<Record<SweepSpan, string>> = {
    nearest: 'Points of one sweep',
    near: 'Points of the sweeps around',
    all: 'Points of the whole clip',
  };
  const colorTitles: Readonly<Record<PointColor, string>> = {
    height: 'height',
    intensity: 'intensity',
    distance: 'distance',
    time: 'time',
    class: 'class',
    camera: 'camera colour',
  };
  return [
    made({
      id: 'view.sweeps',
      title: 'One sweep, its neighbours, or the whole clip',
      keys: ['m'],
      run: () => cloud.change({ span: next(SWEEP_SPANS, settings().span) }),
    }),
    ...SWEEP_SPANS.map((span) =>
      made({ id: `cloud.span.${span}`, title: spanTitles[span], run: () => cloud.change({ span }) }),
    ),
    made({
      id: 'cloud.more_sweeps',
      title: 'More sweeps around',
      run: () => cloud.change({ span: 'near', nearSweeps: settings().nearSweeps + 1 }),
    }),
    made({
      id: 'cloud.fewer_sweeps',
      title: 'Fewer sweeps around',
      run: () => cloud.change({ span: 'near', nearSweeps: settings().nearSweeps - 1 }),
    }),
    made({
      id: 'view.point_color',
      title: 'Colour points by the next thing',
      keys: ['i'],
      run: () => cloud.change({ color: next(POINT_COLORS, settings().color) }),
    }),
    ...POINT_COLORS.map((color) =>
      made({
        id: `cloud.color.${color}`,
        title: `Colour points by ${colorTitles[color]}`,
        run: () => cloud.change({ color }),
      }),
    ),
    made({
      id: 'view.points_larger',
      title: 'Larger points',
      keys: ['+', '='],
      repeats: true,
      run: () => cloud.change({ size_px: settings().size_px + 0.5 }),
    }),
    made({
      id: 'view.points_smaller',
      title: 'Smaller points',
      keys: ['-'],
      repeats: true,
      run: () => cloud.change({ size_px: settings().size_px - 0.5 }),
    }),
    made({
      id: 'cloud.ground',
      title: 'Ground points shown or hidden',
      keys: ['shift+v'],
      run: () => cloud.change({ hidesGround: !settings().hidesGround }),
    }),
    made({
      id: 'cloud.heights',
      title: 'Only a band of heights, or all',
      keys: ['shift+h'],
      run: () => cloud.change({ clipsHeight: !settings().clipsHeight }),
    }),
    operation({
      id: 'cloud.box',
      title: 'Only the points around the selected box, or all',
      group: 'view',
      keys: ['shift+y'],
      disabledReason: () =>
        needsSweeps() ??
        (settings().clipsToBox || editor.selectedLabel()?.geometry === 'cuboid'
          ? null
          : 'Select one box first.'),
      run: () => cloud.change({ clipsToBox: !settings().clipsToBox }),
    }),
    made({
      id: 'cloud.carry',
      title: 'Points of moving boxes go along with them, or stay',
      run: () => cloud.change({ carriesMoving: !settings().carriesMoving }),
    }),
  ];
}

function next<T>(values: readonly T[], current: T): T {
  return values[(values.indexOf(current) + 1) % values.length] ?? current;
}
