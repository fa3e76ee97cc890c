import { flipKeyframes } from '../../actions/flipKeyframes';
import { deleteKeyframe } from '../../actions/keyframes';
import { isCuboid } from '../../document/label';
import { lint, type Lint, type LintRule } from '../lint';
import { agilityOf, segmentsOf } from '../segments';

const MIN_TURN_RAD = Math.PI / 6;
/** Nearer to half a turn than this, front and back were mixed up. */
const FLIP_RAD = (5 * Math.PI) / 6;

/** A box that turns faster between two keyframes than such a thing can. */
export const SUDDEN_SPIN: LintRule = {
  id: 'sudden_spin',
  title: 'Sudden spin',
  inputs: [],
  check: (label) => {
    if (!isCuboid(label)) return [];
    const { turn_radps } = agilityOf(label);
    return segmentsOf(label).flatMap(({ yawStepRad, seconds, toNs }): Lint[] => {
      const turn = Math.abs(yawStepRad);
      if (turn < MIN_TURN_RAD || turn / seconds < turn_radps) return [];
      const isFlip = turn > FLIP_RAD;
      const degrees = Math.round((turn * 180) / Math.PI);
      return [
        lint(
          {
            rule: 'sudden_spin',
            severity: 'warning',
            labelIds: [label.id],
            timeNs: toNs,
            message: `The box turns by ${degrees}° in ${seconds.toFixed(1)} s.`,
            fixes: [
              ...(isFlip
                ? [
                    {
                      title: 'Flip the heading from here on',
                      diff: (document: Parameters<typeof flipKeyframes>[0]) =>
                        flipKeyframes(document, label.id, toNs),
                    },
                  ]
                : []),
              {
                title: 'Delete this keyframe',
                diff: (document) => deleteKeyframe(document, label.id, toNs),
              },
            ],
          },
          true,
        ),
      ];
    });
  },
};
