import { deleteLabels } from '../../actions/deleteLabels';
import { isCuboid, type CuboidLabel } from '../../document/label';
import { sharedVolume, volumeOf } from '../../geometry/boxOverlap';
import { trackOf } from '../../geometry/track';
import type { Clip } from '../../clip/clip';
import { lint, type Lint, type LintRule } from '../lint';

/** Of the smaller one: less is a box drawn a little large. */
const SHARE = 0.15;
/** From here on it is the same thing labelled twice. */
const TWICE = 0.6;

interface Overlap {
  readonly timeNs: bigint;
  readonly share: number;
}

/** Two boxes in one place at one time. */
export const OVERLAP: LintRule = {
  id: 'overlap',
  title: 'Two boxes in one place',
  inputs: [],
  check: (label, { document, clip }) => {
    if (!isCuboid(label)) return [];
    const lints: Lint[] = [];
    for (const other of document.labels().values()) {
      if (other.id === label.id || !isCuboid(other)) continue;
      const [first, second] = label.id < other.id ? [label, other] : [other, label];
      const worst = worstOverlap(first, second, clip);
      if (worst !== null) lints.push(lintOf(first, second, worst));
    }
    return lints;
  },
};

function lintOf(first: CuboidLabel, second: CuboidLabel, { timeNs, share }: Overlap): Lint {
  // The one that fewer keyframes speak for goes.
  const spare = first.keyframes.length < second.keyframes.length ? first : second;
  return lint({
    rule: 'overlap',
    severity: 'warning',
    labelIds: [first.id, second.id],
    timeNs,
    message: `Two boxes share ${Math.round(100 * share)} % of the smaller one.`,
    fixes:
      share >= TWICE && first.class === second.class
        ? [
            {
              title: 'Delete the one with fewer keyframes',
              diff: (document) => deleteLabels(document, [spare.id]),
            },
          ]
        : [],
  });
}

/** Where they share most, at the clip's ticks; null where it is little at all of them. */
function worstOverlap(a: CuboidLabel, b: CuboidLabel, clip: Clip): Overlap | null {
  const [trackA, trackB] = [trackOf(a), trackOf(b)];
  const areBothStill = trackA.isStanding && trackB.isStanding;
  let worst: Overlap | null = null;
  for (const timeNs of clip.ticksNs) {
    const [boxA, boxB] = [trackA.at(timeNs), trackB.at(timeNs)];
    if (boxA === null || boxB === null) continue;
    const share = sharedVolume(boxA, boxB) / Math.min(volumeOf(boxA), volumeOf(boxB));
    if (share > (worst?.share ?? SHARE)) worst = { timeNs, share };
    if (areBothStill) break;
  }
  return worst;
}
