import { useSizeEverywhere } from '../../actions/resizeBox';
import { isCuboid } from '../../document/label';
import { lint, type LintRule } from '../lint';

/** People change theirs by walking; a tenth and ten centimetres are no measuring errors. */
const SHARE = 0.1;
const MIN_CHANGE_M = 0.1;

/** A size that changes over time. */
export const CHANGING_SIZE: LintRule = {
  id: 'changing_size',
  title: 'Size changes',
  inputs: [],
  check: (label) => {
    if (!isCuboid(label)) return [];
    const sizes = label.keyframes.map((keyframe) => keyframe.size_m ?? label.size_m);
    const changed = sizes.findIndex((size) =>
      size.some((value, k) => {
        const first = sizes[0]?.[k] ?? value;
        return Math.abs(value - first) > Math.max(MIN_CHANGE_M, SHARE * first);
      }),
    );
    const keyframe = label.keyframes[changed];
    if (keyframe === undefined) return [];
    const timeNs = BigInt(keyframe.time_ns);
    return [
      lint({
        rule: 'changing_size',
        severity: 'warning',
        labelIds: [label.id],
        timeNs,
        message: 'The size of the box changes over time.',
        fixes: [
          {
            title: 'Use this size at all times',
            diff: (document) => useSizeEverywhere(document, label.id, timeNs),
          },
        ],
      }),
    ];
  },
};
