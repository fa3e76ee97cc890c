import { mergeTracks } from '../actions/mergeTracks';
import { headingToMotion, motionYaws } from '../actions/headingToMotion';
import { setLife } from '../actions/life';
import { setInterpolation } from '../actions/setInterpolation';
import { hasSpareKeyframes, simplifyTrack } from '../actions/simplifyTrack';
import { splitRefusal, splitTrack } from '../actions/splitTrack';
import { toStaticMean } from '../actions/staticMean';
import type { RecordsDiff } from '../document/diff';
import { labelId } from '../document/ids';
import { isCuboid, type CuboidLabel } from '../document/label';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import { operation, type Operation } from './operation';
import {
  all,
  needsEditable,
  needsEditableBox,
  needsMovingBox,
  selectedBox,
  selectedLabels,
  type Requirement,
} from './requirements';

/** What is done to a label's whole track. */
export const TRACKS: readonly Operation[] = [
  operation({
    id: 'track.split',
    title: 'Split here into two labels',
    group: 'label',
    keys: ['shift+x'],
    disabledReason: all(needsEditableBox, (context) => {
      const box = selectedBox(context);
      if (box === null) return null;
      const { startNs, endNs } = context.clip;
      return splitRefusal(box, context.session.get().timeNs, { fromNs: startNs, toNs: endNs });
    }),
    run: (context) => {
      const box = selectedBox(context);
      if (box === null) return;
      const second = labelId(context.newId());
      context.edit('Split label', splitTrack(context.document, box.id, second, context.session.get().timeNs));
      context.session.select(second);
    },
  }),
  operation({
    id: 'track.merge',
    title: 'Merge the two selected labels',
    group: 'label',
    keys: ['shift+m'],
    disabledReason: all(needsEditable, (context) => {
      const [first, second, third] = selectedLabels(context);
      if (!isCuboid(first) || !isCuboid(second) || third !== undefined) return 'Select two boxes first.';
      return first.class === second.class ? null : 'They are of different classes: give both the same first.';
    }),
    run: (context) => {
      const [first, second] = selectedLabels(context);
      if (first === undefined || second === undefined) return;
      context.edit('Merge labels', mergeTracks(context.document, first.id, second.id));
      context.session.select(first.id);
    },
  }),
  operation({
    id: 'life.whole_clip',
    title: 'There for the whole clip',
    group: 'keyframes',
    keys: ['shift+e'],
    disabledReason: all(needsEditableBox, (context) => {
      const track = trackIfAny(context);
      const { startNs, endNs } = context.clip;
      const isWhole =
        track !== null && (track.fromNs ?? startNs) <= startNs && (track.toNs ?? endNs) >= endNs;
      return isWhole ? 'The label is there for the whole clip already.' : null;
    }),
    run: (context) =>
      editBox(context, 'There for the whole clip', (box) =>
        setLife(context.document, box.id, context.clip.startNs, context.clip.endNs),
      ),
  }),
  operation({
    id: 'track.static_mean',
    title: 'Make static at the mean of its keyframes',
    group: 'label',
    keys: ['shift+p'],
    disabledReason: needsMovingBox,
    run: (context) =>
      editBox(context, 'Make static at the mean', (box) => toStaticMean(context.document, box.id)),
  }),
  operation({
    id: 'track.simplify',
    title: 'Delete keyframes that are not needed (5 cm, 1°)',
    group: 'keyframes',
    keys: ['shift+u'],
    disabledReason: all(needsMovingBox, (context) => {
      const box = selectedBox(context);
      return box !== null && !hasSpareKeyframes(box) ? 'Every keyframe is needed.' : null;
    }),
    run: (context) => editBox(context, 'Simplify track', (box) => simplifyTrack(context.document, box.id)),
  }),
  operation({
    id: 'track.toggle_spline',
    title: 'Curved or straight between keyframes',
    group: 'keyframes',
    keys: ['shift+i'],
    disabledReason: needsMovingBox,
    run: (context) =>
      editBox(context, 'Curved or straight', (box) =>
        setInterpolation(context.document, box.id, box.interpolation === 'linear' ? 'spline' : 'linear'),
      ),
  }),
  operation({
    id: 'track.heading_to_motion',
    title: 'Turn the heading towards the motion',
    group: 'label',
    keys: ['shift+q'],
    disabledReason: all(needsMovingBox, (context) => {
      const box = selectedBox(context);
      return box !== null && motionYaws(box).every((yaw) => yaw === null) ? 'This box does not move.' : null;
    }),
    run: (context) =>
      editBox(context, 'Heading towards motion', (box) => headingToMotion(context.document, box.id)),
  }),
  operation({
    id: 'track.edit_all',
    title: 'Move all keyframes together, on or off',
    group: 'label',
    keys: ['j'],
    disabledReason: readOnly,
    run: ({ session }) => session.set({ editsAllKeyframes: !session.get().editsAllKeyframes }),
  }),
];

function readOnly(context: EditorContext): ReturnType<Requirement> {
  return context.readOnlyReason;
}

function editBox(context: EditorContext, title: string, action: (box: CuboidLabel) => RecordsDiff): void {
  const box = selectedBox(context);
  if (box !== null) context.edit(title, action(box));
}

function trackIfAny(context: EditorContext): ReturnType<typeof trackOf> | null {
  const box = selectedBox(context);
  return box === null ? null : trackOf(box);
}
