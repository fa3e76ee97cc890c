import { attributeKeyframes } from '../actions/attributeKeyframes';
import type { TrackDirection } from '../actions/withTrack';
import type { Clip } from '../clip/clip';
import type { CuboidLabel } from '../document/label';
import { trackOf } from '../geometry/track';
import type { OtherBox } from './ports';

/** As many as one question may name: those next in time. */
const MOST = 500;

/**
 * A label's other boxes that a track from a time on must agree with: where only one side is followed, those of the side
 * that stays, and those that the person has set on the way (`ownNs`). A keyframe that is there for its attributes alone
 * says nothing about the place.
 */
export function otherBoxes(
  label: CuboidLabel,
  timeNs: bigint,
  direction: TrackDirection,
  ownNs: readonly bigint[],
  clip: Clip,
): readonly OtherBox[] {
  const track = trackOf(label);
  const riding = attributeKeyframes(label, timeNs);
  const stays = (time: bigint): boolean =>
    ownNs.includes(time) || direction === 'both' || (direction === 'forward' ? time < timeNs : time > timeNs);
  const away = (time: bigint): number => Math.abs(Number(time - timeNs));
  return track.timesNs
    .filter((time) => time !== timeNs && stays(time) && !riding.has(time.toString()))
    .filter((time) => time >= clip.startNs && time <= clip.endNs)
    .toSorted((a, b) => away(a) - away(b))
    .slice(0, MOST)
    .map((time) => ({ timeNs: time, box: track.extended(time) }));
}
