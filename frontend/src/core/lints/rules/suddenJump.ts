import { deleteKeyframe } from '../../actions/keyframes';
import { isCuboid } from '../../document/label';
import { norm } from '../../geometry/vec3';
import { lint, type Lint, type LintRule } from '../lint';
import { agilityOf, segmentsOf } from '../segments';

/** Below this it is the hand's tremble, however short the time. */
const MIN_JUMP_M = 0.5;

/** A keyframe that lies beside the way from the one before to the one after, as nothing moves. */
export const SUDDEN_JUMP: LintRule = {
  id: 'sudden_jump',
  title: 'Sudden jump',
  inputs: [],
  check: (label) => {
    if (!isCuboid(label)) return [];
    const { acceleration_mps2 } = agilityOf(label);
    const segments = segmentsOf(label);
    return segments.flatMap((before, i): Lint[] => {
      const after = segments[i + 1];
      if (after?.index !== before.index + 1) return [];
      const total = before.seconds + after.seconds;
      const change = [0, 1, 2].map(
        (k) => (after.step_m[k] ?? 0) / after.seconds - (before.step_m[k] ?? 0) / before.seconds,
      ) as [number, number, number];
      // How far the keyframe lies off the straight way between its neighbours.
      const off = (norm(change) * before.seconds * after.seconds) / total;
      if (off < MIN_JUMP_M || norm(change) / (total / 2) < acceleration_mps2) return [];
      return [
        lint(
          {
            rule: 'sudden_jump',
            severity: 'warning',
            labelIds: [label.id],
            timeNs: before.toNs,
            message: `The box jumps ${off.toFixed(1)} m out of its way here.`,
            fixes: [
              {
                title: 'Delete this keyframe',
                diff: (document) => deleteKeyframe(document, label.id, before.toNs),
              },
            ],
          },
          true,
        ),
      ];
    });
  },
};
