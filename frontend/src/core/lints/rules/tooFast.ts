import { deleteKeyframe } from '../../actions/keyframes';
import { isCuboid } from '../../document/label';
import { lint, type LintRule } from '../lint';
import { agilityOf, lengthOf, segmentsOf } from '../segments';

/** Faster between two keyframes than such a thing goes. */
export const TOO_FAST: LintRule = {
  id: 'too_fast',
  title: 'Impossible speed',
  inputs: [],
  check: (label) => {
    if (!isCuboid(label)) return [];
    const limit = agilityOf(label).speed_mps;
    const [fastest] = segmentsOf(label)
      .map((segment) => ({ ...segment, speed_mps: lengthOf(segment) / segment.seconds }))
      .filter(({ speed_mps }) => speed_mps > limit)
      .sort((a, b) => b.speed_mps - a.speed_mps);
    if (fastest === undefined) return [];
    const { speed_mps, toNs } = fastest;
    return [
      lint({
        rule: 'too_fast',
        severity: 'warning',
        labelIds: [label.id],
        timeNs: toNs,
        message: `The box goes at ${Math.round(speed_mps * 3.6)} km/h on its way to here.`,
        fixes: [
          {
            title: 'Delete this keyframe',
            diff: (document) => deleteKeyframe(document, label.id, toNs),
          },
        ],
      }),
    ];
  },
};
