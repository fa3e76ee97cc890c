import { putOnGround } from '../../actions/putOnGround';
import { isCuboid } from '../../document/label';
import type { Ground } from '../../editor/ground';
import { boxPoint, type BoxState } from '../../geometry/box';
import { trackOf } from '../../geometry/track';
import { lint, type LintRule } from '../lint';

/** The ground is known to about this, and wheels sink into kerbs. */
const TOLERANCE_M = 0.35;

/** Things that hang or stand on poles are not on the ground. */
const AIRBORNE = /sign|light|signal|gantry|wire/;

/** Below the middle of the box and about it: seen from afar the ground is known here and there only. */
const PLACES: readonly (readonly [number, number])[] = [
  [0, 0],
  [1.4, 1.4],
  [1.4, -1.4],
  [-1.4, 1.4],
  [-1.4, -1.4],
];

/** How high the box's bottom is above the ground about it that is nearest to it, metres; null where none is known. */
function leastOff(box: BoxState, ground: Ground): number | null {
  const [, , z] = boxPoint(box, [0, 0, -1]);
  let least: number | null = null;
  for (const [along, across] of PLACES) {
    const [x, y] = boxPoint(box, [along, across, -1]);
    const groundZ = ground.zAt(x, y);
    if (groundZ === null) continue;
    const above = z - groundZ;
    if (least === null || Math.abs(above) < Math.abs(least)) least = above;
  }
  return least;
}

/** A box that sinks into the ground or floats above it at a keyframe. */
export const OFF_GROUND: LintRule = {
  id: 'off_ground',
  title: 'Sunk into the ground or floating above it',
  inputs: ['ground'],
  check: (label, { ground }) => {
    if (!isCuboid(label) || AIRBORNE.test(label.class)) return [];
    const track = trackOf(label);
    let worst = 0;
    let worstNs: bigint | null = null;
    for (const time of track.timesNs) {
      const above = leastOff(track.extended(time), ground);
      if (above === null) continue;
      if (Math.abs(above) <= TOLERANCE_M || Math.abs(above) <= Math.abs(worst)) continue;
      worst = above;
      worstNs = time;
    }
    if (worstNs === null) return [];
    const far = `${Math.abs(worst).toFixed(1)} m`;
    return [
      lint({
        rule: 'off_ground',
        severity: 'warning',
        labelIds: [label.id],
        timeNs: worstNs,
        message:
          worst < 0 ? `The box is ${far} deep in the ground.` : `The box floats ${far} above the ground.`,
        fixes: [
          {
            title: 'Put on the ground',
            diff: (document) => putOnGround(document, label.id, (x_m, y_m) => ground.zAt(x_m, y_m)),
          },
        ],
      }),
    ];
  },
};
