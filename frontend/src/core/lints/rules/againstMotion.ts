import { flipHeading } from '../../actions/flipHeading';
import { headingToMotion } from '../../actions/headingToMotion';
import { isCuboid } from '../../document/label';
import { wrapAngle } from '../../geometry/quat';
import { lint, type LintRule } from '../lint';
import { lengthOf, segmentsOf } from '../segments';

/** Cars back out of parking places; nobody reverses down a street. */
const MIN_PATH_M = 6;
const MIN_SPEED_MPS = 1;
const SIDEWAYS_RAD = Math.PI / 3;
const BACKWARDS_RAD = (2 * Math.PI) / 3;

/** A box that goes backwards or sideways for most of its way. */
export const AGAINST_MOTION: LintRule = {
  id: 'against_motion',
  title: 'Heading against the motion',
  inputs: [],
  check: (label) => {
    if (!isCuboid(label)) return [];
    const moving = segmentsOf(label)
      .filter((segment) => lengthOf(segment) / segment.seconds > MIN_SPEED_MPS)
      .map((segment) => {
        const heading = segment.yawRad + segment.yawStepRad / 2;
        const way = Math.atan2(segment.step_m[1], segment.step_m[0]);
        return { ...segment, length_m: lengthOf(segment), off: Math.abs(wrapAngle(way - heading)) };
      });
    const sum = (least: number): number =>
      moving.reduce((total, { off, length_m }) => total + (off > least ? length_m : 0), 0);
    const path = moving.reduce((total, { length_m }) => total + length_m, 0);
    const [backwards, wrong] = [sum(BACKWARDS_RAD), sum(SIDEWAYS_RAD)];
    const first = moving.find(({ off }) => off > SIDEWAYS_RAD);
    if (first === undefined || wrong < MIN_PATH_M || wrong < path / 2) return [];
    const isBackwards = backwards > wrong / 2;
    const along = {
      title: 'Turn the heading towards the motion',
      diff: (document: Parameters<typeof headingToMotion>[0]) => headingToMotion(document, label.id),
    };
    const flip = {
      title: 'Flip heading',
      diff: (document: Parameters<typeof flipHeading>[0]) => flipHeading(document, label.id),
    };
    return [
      lint({
        rule: 'against_motion',
        severity: 'warning',
        labelIds: [label.id],
        timeNs: first.fromNs,
        message: `The box goes ${isBackwards ? 'backwards' : 'sideways'} for ${Math.round(wrong)} m.`,
        fixes: isBackwards ? [flip, along] : [along],
      }),
    ];
  },
};
