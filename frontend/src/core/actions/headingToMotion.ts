import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { CuboidLabel, Keyframe } from '../document/label';
import type { ReadableDocument } from '../document/store';
import { wrapAngle, yawOf } from '../geometry/quat';
import { trackOf } from '../geometry/track';
import { editCuboid } from './editCuboid';
import { turnedBy } from './poseBox';

/** Slower than this a direction is noise. */
const MIN_SPEED_MPS = 0.5;

/** Either side of a keyframe that its direction is taken from. */
const REACH_NS = 100_000_000n;

/**
 * Turns the box at every keyframe so that its front looks where it goes. Where it stands it keeps the heading of its
 * nearest keyframe in motion.
 */
export function headingToMotion(document: ReadableDocument, labelId: LabelId): RecordsDiff {
  return editCuboid(document, labelId, (label) => {
    const yaws = motionYaws(label);
    if (yaws.every((yaw) => yaw === null)) return label;
    return {
      ...label,
      keyframes: label.keyframes.map((keyframe, i) => headed(keyframe, label, nearestKnown(yaws, i))),
    };
  });
}

/** The direction of motion at every keyframe, radians from +x; null where it stands. */
export function motionYaws(label: CuboidLabel): (number | null)[] {
  if (label.static || label.keyframes.length < 2) return label.keyframes.map(() => null);
  const track = trackOf(label);
  return track.timesNs.map((time, i) => {
    // Across a gap nothing is known of how it went.
    const hasBefore = i > 0 && label.keyframes[i - 1]?.gap_after !== true;
    const hasAfter = i < track.timesNs.length - 1 && label.keyframes[i]?.gap_after !== true;
    if (!hasBefore && !hasAfter) return null;
    const from = track.extended(hasBefore ? time - REACH_NS : time).position_m;
    const to = track.extended(hasAfter ? time + REACH_NS : time).position_m;
    const seconds = Number(REACH_NS) * 1e-9 * (hasBefore && hasAfter ? 2 : 1);
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    return Math.hypot(dx, dy) < MIN_SPEED_MPS * seconds ? null : Math.atan2(dy, dx);
  });
}

function headed(keyframe: Keyframe, label: CuboidLabel, yaw: number | null): Keyframe {
  if (yaw === null) return keyframe;
  const turn = wrapAngle(yaw - yawOf(keyframe.quat_xyzw));
  const { quat_xyzw } = turnedBy({ ...keyframe, size_m: label.size_m }, [0, 0, 1], turn);
  return { ...keyframe, quat_xyzw };
}

function nearestKnown(yaws: readonly (number | null)[], index: number): number | null {
  for (let reach = 0; reach < yaws.length; reach += 1) {
    const known = yaws[index - reach] ?? yaws[index + reach] ?? null;
    if (known !== null) return known;
  }
  return null;
}
