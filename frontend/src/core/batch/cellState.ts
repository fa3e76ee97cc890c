import type { CuboidLabel } from '../document/label';
import { trackOf } from '../geometry/track';

/** What a label is at a time: fixed there, between what is fixed, the same at all times, or not there. */
export type CellState = 'keyframe' | 'interpolated' | 'static' | 'absent';

export function cellState(label: CuboidLabel, timeNs: bigint): CellState {
  const track = trackOf(label);
  if (!track.existsAt(timeNs)) return 'absent';
  if (label.static) return 'static';
  return track.keyframeAt(timeNs) === null ? 'interpolated' : 'keyframe';
}
