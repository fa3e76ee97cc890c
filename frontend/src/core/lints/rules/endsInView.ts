import { nearestIndex, type Clip } from '../../clip/clip';
import { setLife } from '../../actions/life';
import { isCuboid, type CuboidLabel } from '../../document/label';
import type { BoxState } from '../../geometry/box';
import { projectBoxTarget } from '../../geometry/outline/boxTarget';
import { intersectRayBox } from '../../geometry/ray';
import { STATE_LENGTH, stateOf, Track, trackOf } from '../../geometry/track';
import { distance, normalize, subtract, type Vec3 } from '../../geometry/vec3';
import { lint, type Lint, type LintRule, type LintSurroundings } from '../lint';

/** Farther off, things come and go as the sensors see them. */
const NEAR_M = 40;
const COARSE_PX = 2;

/** One end of a label's life that all of it is in a picture at. */
interface SeenEnd {
  readonly timeNs: bigint;
  readonly word: 'begins' | 'ends';
  readonly seenBy: readonly { readonly camera: string; readonly from_m: Vec3; readonly to_m: Vec3 }[];
}

/** What hangs on the label alone is found once per label: what stands in the way changes with the others. */
const found = new WeakMap<CuboidLabel, readonly SeenEnd[]>();

/** A label that begins or ends, within the clip, where all of it is in a picture, near and with nothing before it. */
export const ENDS_IN_VIEW: LintRule = {
  id: 'ends_in_view',
  title: 'Begins or ends in full view',
  inputs: ['others'],
  check: (label, around) => {
    if (!isCuboid(label)) return [];
    let ends = found.get(label);
    if (ends === undefined) {
      ends = seenEnds(label, around.clip);
      found.set(label, ends);
    }
    return ends.flatMap((end) => lintOf(label, end, around));
  },
};

function lintOf(label: CuboidLabel, { timeNs, word, seenBy }: SeenEnd, around: LintSurroundings): Lint[] {
  if (seenBy.length === 0) return [];
  const others = boxesNear(label, timeNs, around.document);
  const seen = seenBy.find(({ from_m, to_m }) => !isHidden(label, from_m, to_m, others));
  if (seen === undefined) return [];
  const { startNs, endNs } = around.clip;
  const { fromNs, toNs } = trackOf(label);
  return [
    lint(
      {
        rule: 'ends_in_view',
        severity: 'warning',
        labelIds: [label.id],
        timeNs,
        message: `The label ${word} in full view of camera ${seen.camera}.`,
        fixes: [
          {
            title: word === 'begins' ? 'There from the clip’s beginning' : 'There to the clip’s end',
            diff: (document) =>
              word === 'begins'
                ? setLife(document, label.id, startNs, toNs)
                : setLife(document, label.id, fromNs, endNs),
          },
        ],
      },
      true,
    ),
  ];
}

function seenEnds(label: CuboidLabel, clip: Clip): SeenEnd[] {
  const { fromNs, toNs } = trackOf(label);
  const [firstTick, lastTick] = [clip.ticksNs[0] ?? clip.startNs, clip.ticksNs.at(-1) ?? clip.endNs];
  const ends: SeenEnd[] = [];
  if (fromNs !== null && fromNs > firstTick)
    ends.push({ timeNs: fromNs, word: 'begins', seenBy: seenBy(label, fromNs, clip) });
  if (toNs !== null && toNs < lastTick)
    ends.push({ timeNs: toNs, word: 'ends', seenBy: seenBy(label, toNs, clip) });
  return ends;
}

/** The cameras that have all of the box in their picture nearest to a time, and it near. */
function seenBy(label: CuboidLabel, timeNs: bigint, clip: Clip): SeenEnd['seenBy'] {
  const to_m = trackOf(label).extended(timeNs).position_m;
  // At the image's own time the label may be gone already: it is looked at as if it went on.
  const endless = new Track({ ...label, from_ns: clip.startNs.toString(), to_ns: clip.endNs.toString() });
  return clip.cameras.flatMap((camera) => {
    const index = nearestIndex(camera.timesNs, timeNs);
    if (index === null) return [];
    const view = camera.exposure(index);
    const from_m = view.origin_m;
    if (distance(from_m, to_m) > NEAR_M) return [];
    const target = projectBoxTarget(view, endless, COARSE_PX);
    return target?.truncation === 0 ? [{ camera: camera.name, from_m, to_m }] : [];
  });
}

/** The other boxes that are there at a time, so near that they could stand in the way of a near camera. */
function boxesNear(label: CuboidLabel, timeNs: bigint, document: LintSurroundings['document']): BoxState[] {
  trackOf(label).extendedInto(timeNs, here);
  const boxes: BoxState[] = [];
  for (const other of document.labels().values()) {
    if (other.id === label.id || !isCuboid(other) || !trackOf(other).stateInto(timeNs, there)) continue;
    const apart = Math.hypot((here[0] ?? 0) - (there[0] ?? 0), (here[1] ?? 0) - (there[1] ?? 0));
    if (apart < NEAR_M) boxes.push(stateOf(there));
  }
  return boxes;
}

const here = new Float64Array(STATE_LENGTH);
const there = new Float64Array(STATE_LENGTH);

/** True when another box stands in the way to the middle of this one. */
function isHidden(label: CuboidLabel, from_m: Vec3, to_m: Vec3, others: readonly BoxState[]): boolean {
  const ray = { origin_m: from_m, direction: normalize(subtract(to_m, from_m)) };
  const far = distance(from_m, to_m) - label.size_m[0] / 2;
  return others.some((state) => {
    const hit = intersectRayBox(ray, state);
    return hit !== null && hit.distance_m < far;
  });
}
