import { resizeBox } from '../../actions/resizeBox';
import { isCuboid } from '../../document/label';
import { classNamed } from '../../document/ontology';
import { lint, type LintRule } from '../lint';

/** Smaller than a half or larger than the double of what is usual. */
const FACTOR = 2;

const AXES = ['long', 'wide', 'high'] as const;

/** A size far off what things of the class usually measure. */
export const UNUSUAL_SIZE: LintRule = {
  id: 'unusual_size',
  title: 'Size off what is usual for the class',
  inputs: [],
  check: (label, { layer }) => {
    if (!isCuboid(label)) return [];
    const ontologyClass = classNamed(layer, label.class);
    const usual = ontologyClass?.size_m;
    if (ontologyClass === undefined || usual === undefined) return [];
    const axis = ([0, 1, 2] as const).find((k) => {
      const ratio = label.size_m[k] / usual[k];
      return ratio > FACTOR || ratio < 1 / FACTOR;
    });
    if (axis === undefined) return [];
    const timeNs = BigInt(label.keyframes[0]?.time_ns ?? 0);
    return [
      lint({
        rule: 'unusual_size',
        severity: 'warning',
        labelIds: [label.id],
        timeNs,
        message: `The box is ${label.size_m[axis].toFixed(1)} m ${AXES[axis]}; ${ontologyClass.title.toLowerCase()} usually measures ${usual[axis].toFixed(1)} m.`,
        fixes: [
          {
            title: 'Take the usual size',
            diff: (document) => resizeBox(document, label.id, timeNs, usual, [0, 0, -1]),
          },
        ],
      }),
    ];
  },
};
