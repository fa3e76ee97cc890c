import { deleteLabels } from '../../actions/deleteLabels';
import { isCuboid, type CuboidLabel } from '../../document/label';
import { sharedVolume, volumeOf } from '../../geometry/boxOverlap';
import { STATE_LENGTH, trackOf } from '../../geometry/track';
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
  const [ballsA, ballsB] = [ballsOf(a, clip), ballsOf(b, clip)];
  const areBothStill = trackA.isStanding && trackB.isStanding;
  let worst: Overlap | null = null;
  for (let i = 0; i < clip.ticksNs.length; i += 1) {
    if (!doTouch(ballsA, ballsB, BALL * i)) continue;
    const timeNs = clip.ticksNs[i] ?? clip.startNs;
    const [boxA, boxB] = [trackA.extended(timeNs), trackB.extended(timeNs)];
    const share = sharedVolume(boxA, boxB) / Math.min(volumeOf(boxA), volumeOf(boxB));
    if (share > (worst?.share ?? SHARE)) worst = { timeNs, share };
    if (areBothStill) break;
  }
  return worst;
}

/** Numbers per tick of `ballsOf`. */
const BALL = 4;

const balls = new WeakMap<CuboidLabel, Float64Array>();
const state = new Float64Array(STATE_LENGTH);

/**
 * The ball about the box at every tick: x, y, z, radius; NaN where it isn't there. Made once per label: with 200 tracks all
 * pairs are compared, and hardly any two come near each other.
 */
function ballsOf(label: CuboidLabel, clip: Clip): Float64Array {
  let found = balls.get(label);
  if (found?.length === BALL * clip.ticksNs.length) return found;
  found = new Float64Array(BALL * clip.ticksNs.length).fill(NaN);
  const track = trackOf(label);
  for (let i = 0; i < clip.ticksNs.length; i += 1) {
    if (!track.stateInto(clip.ticksNs[i] ?? clip.startNs, state)) continue;
    found.set(state.subarray(0, 3), BALL * i);
    found[BALL * i + 3] = Math.hypot(state[7] ?? 0, state[8] ?? 0, state[9] ?? 0) / 2;
  }
  balls.set(label, found);
  return found;
}

/** False also where one of them is not there. HOT: every pair of labels at every tick. */
function doTouch(a: Float64Array, b: Float64Array, at: number): boolean {
  const x = (a[at] ?? NaN) - (b[at] ?? NaN);
  const y = (a[at + 1] ?? NaN) - (b[at + 1] ?? NaN);
  const z = (a[at + 2] ?? NaN) - (b[at + 2] ?? NaN);
  const reach = (a[at + 3] ?? NaN) + (b[at + 3] ?? NaN);
  return x * x + y * y + z * z < reach * reach;
}
