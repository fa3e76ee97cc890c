import { deleteKeyframe } from '../../actions/keyframes';
import { deleteLabels } from '../../actions/deleteLabels';
import { isCuboid } from '../../document/label';
import { trackOf } from '../../geometry/track';
import { lint, type LintRule } from '../lint';

/** A keyframe whose box holds no point of the sweep at its time: it was placed on nothing. */
export const NO_POINTS: LintRule = {
  id: 'no_points',
  title: 'No points in the box',
  inputs: ['points'],
  check: (label, { points }) => {
    if (points === null || !isCuboid(label)) return [];
    const track = trackOf(label);
    const counts = track.timesNs.map((time) =>
      track.existsAt(time) ? points.count(track.extended(time), time) : null,
    );
    const known = counts.filter((count) => count !== null);
    const empty = track.timesNs.filter((_, i) => counts[i] === 0);
    const [first] = empty;
    if (first === undefined) return [];
    const isAllEmpty = empty.length === label.keyframes.length;
    return [
      lint({
        rule: 'no_points',
        severity: 'warning',
        labelIds: [label.id],
        timeNs: first,
        message: `No points lie in the box at ${empty.length} of the ${known.length} keyframes that were looked at.`,
        fixes: [
          isAllEmpty
            ? { title: 'Delete label', diff: (document) => deleteLabels(document, [label.id]) }
            : {
                title: 'Delete this keyframe',
                diff: (document) => deleteKeyframe(document, label.id, first),
              },
        ],
      }),
    ];
  },
};
