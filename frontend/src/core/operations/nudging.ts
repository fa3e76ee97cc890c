import { stateAt, withPose } from '../actions/keyframes';
import { editCuboid } from '../actions/editCuboid';
import { withPoseEverywhere } from '../actions/offsetTrack';
import { movedAlong, turnedBy } from '../actions/poseBox';
import { withSize } from '../actions/resizeBox';
import type { CuboidLabel } from '../document/label';
import type { BoxState } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';
import { operation, type Operation } from './operation';
import { needsEditableBox, selectedBox } from './requirements';

const STEP_M = 0.1;
const FINE_STEP_M = 0.02;
const TURN_RAD = Math.PI / 180;
const FINE_TURN_RAD = TURN_RAD / 5;

/** Moving, turning and sizing the selected box by keys. With Alt in fine steps; with Shift the size changes. */
export const NUDGING: readonly Operation[] = [
  ...move('forward', 'forward', 'w', [1, 0, 0]),
  ...move('backward', 'backward', 's', [-1, 0, 0]),
  ...move('left', 'left', 'a', [0, 1, 0]),
  ...move('right', 'right', 'd', [0, -1, 0]),
  ...move('up', 'up', 'PageUp', [0, 0, 1]),
  ...move('down', 'down', 'PageDown', [0, 0, -1]),
  ...turn('left', 'q', 1),
  ...turn('right', 'e', -1),
  size('longer', 'Longer, rear kept', 'shift+w', [1, 0, 0], [-1, 0, 0]),
  size('shorter', 'Shorter, rear kept', 'shift+s', [-1, 0, 0], [-1, 0, 0]),
  size('wider', 'Wider', 'shift+a', [0, 1, 0], [0, 0, 0]),
  size('narrower', 'Narrower', 'shift+d', [0, -1, 0], [0, 0, 0]),
  size('taller', 'Taller, bottom kept', 'shift+PageUp', [0, 0, 1], [0, 0, -1]),
  size('lower', 'Lower, bottom kept', 'shift+PageDown', [0, 0, -1], [0, 0, -1]),
];

function move(id: string, words: string, key: string, direction: Vec3): readonly Operation[] {
  return steps(id, key).map(({ suffix, note, chord, isFine }) => {
    const step = isFine ? FINE_STEP_M : STEP_M;
    return pose(`move.${id}${suffix}`, `Move ${words}${note}`, chord, (label, timeNs) => {
      const offset: Vec3 = [direction[0] * step, direction[1] * step, direction[2] * step];
      return movedAlong(stateAt(label, timeNs), offset);
    });
  });
}

function turn(id: string, key: string, sign: 1 | -1): readonly Operation[] {
  return steps(id, key).map(({ suffix, note, chord, isFine }) => {
    const angle = sign * (isFine ? FINE_TURN_RAD : TURN_RAD);
    return pose(`turn.${id}${suffix}`, `Turn ${id}${note}`, chord, (label, timeNs) =>
      turnedBy(stateAt(label, timeNs), [0, 0, 1], angle),
    );
  });
}

function size(id: string, title: string, chord: string, direction: Vec3, anchor: Vec3): Operation {
  return nudge(`size.${id}`, title, chord, (label, timeNs) => {
    const { size_m } = stateAt(label, timeNs);
    const next: Vec3 = [
      size_m[0] + direction[0] * STEP_M,
      size_m[1] + direction[1] * STEP_M,
      size_m[2] + direction[2] * STEP_M,
    ];
    return withSize(label, timeNs, next, anchor);
  });
}

function steps(id: string, key: string): { suffix: string; note: string; chord: string; isFine: boolean }[] {
  return [
    { suffix: '', note: '', chord: key, isFine: false },
    { suffix: '_fine', note: ' a little', chord: `alt+${key}`, isFine: true },
  ].map((step) => ({ ...step, id }));
}

/** A nudge of the pose: at this time, or of all keyframes alike. */
function pose(
  id: string,
  title: string,
  chord: string,
  change: (label: CuboidLabel, timeNs: bigint) => BoxState,
): Operation {
  return nudge(id, title, chord, (label, timeNs, isEverywhere) => {
    const next = change(label, timeNs);
    return isEverywhere ? withPoseEverywhere(label, timeNs, next) : withPose(label, timeNs, next);
  });
}

function nudge(
  id: string,
  title: string,
  chord: string,
  change: (label: CuboidLabel, timeNs: bigint, isEverywhere: boolean) => CuboidLabel,
): Operation {
  return operation({
    id,
    title,
    group: 'label',
    keys: [chord],
    repeats: true,
    takesUp: 'box',
    disabledReason: needsEditableBox,
    run: (context) => {
      const box = selectedBox(context);
      if (box === null) return;
      const { timeNs, editsAllKeyframes } = context.session.get();
      context.edit(
        title,
        editCuboid(context.document, box.id, (label) => change(label, timeNs, editsAllKeyframes)),
      );
    },
  });
}
