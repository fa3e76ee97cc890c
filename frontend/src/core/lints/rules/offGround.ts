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

/** How high the middle of the box's bottom is above the ground, metres; null where that was not seen. */
function heightOf(box: BoxState, ground: Ground): number | null {
  const [x, y, z] = boxPoint(box, [0, 0, -1]);
  const groundZ = ground.seenAt(x, y);
  return groundZ === null ? null : z - groundZ;
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
      const above = heightOf(track.extended(time), ground);
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
            diff: (document) => putOnGround(document, label.id, (x_m, y_m) => ground.seenAt(x_m, y_m)),
          },
        ],
      }),
    ];
  },
};
