import { deleteLabels } from '../../actions/deleteLabels';
import { setLife } from '../../actions/life';
import { isCuboid } from '../../document/label';
import { trackOf } from '../../geometry/track';
import { lint, type LintRule } from '../lint';

/** At fewer ticks than this nobody saw it move. */
const MIN_TICKS = 2;

/** A label that is hardly ever there. */
export const SHORT_LIFE: LintRule = {
  id: 'short_life',
  title: 'Hardly ever there',
  inputs: [],
  check: (label, { clip }) => {
    if (!isCuboid(label) || clip.ticksNs.length <= MIN_TICKS) return [];
    const track = trackOf(label);
    let count = 0;
    for (const time of clip.ticksNs) {
      if (track.existsAt(time)) count += 1;
      if (count >= MIN_TICKS) return [];
    }
    return [
      lint({
        rule: 'short_life',
        severity: 'warning',
        labelIds: [label.id],
        timeNs: track.timesNs[0] ?? null,
        message:
          count === 0 ? 'The label is there at no tick of the clip.' : 'The label is there at one tick only.',
        fixes: [
          {
            title: 'There for the whole clip',
            diff: (document) => setLife(document, label.id, clip.startNs, clip.endNs),
          },
          { title: 'Delete label', diff: (document) => deleteLabels(document, [label.id]) },
        ],
      }),
    ];
  },
};
