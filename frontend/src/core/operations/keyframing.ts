import { deleteKeyframe, setKeyframe } from '../actions/keyframes';
import { interpolateAttributes, interpolatePose } from '../actions/interpolateKeyframe';
import { endHere, setGapAfter, startHere } from '../actions/life';
import type { RecordsDiff } from '../document/diff';
import type { LabelId } from '../document/ids';
import type { ReadableDocument } from '../document/store';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import { operation, type Operation } from './operation';
import { all, needsEditableBox, needsKeyframeHere, needsMovingBox, selectedBox } from './requirements';

/** What is done to a box at the current time. */
export const KEYFRAMING: readonly Operation[] = [
  operation({
    id: 'keyframe.set',
    title: 'Set keyframe',
    group: 'keyframes',
    keys: ['k'],
    takesUp: 'box',
    disabledReason: all(needsMovingBox, (context) => {
      const box = selectedBox(context);
      const isThere = box !== null && trackOf(box).keyframeAt(context.session.get().timeNs) !== null;
      return isThere ? 'There is a keyframe at this time already.' : null;
    }),
    run: (context) => editHere(context, 'Set keyframe', setKeyframe),
  }),
  operation({
    id: 'keyframe.delete',
    title: 'Delete keyframe',
    group: 'keyframes',
    keys: ['shift+k'],
    disabledReason: all(needsKeyframeHere, (context) =>
      selectedBox(context)?.keyframes.length === 1
        ? 'A box needs one keyframe: delete the label instead.'
        : null,
    ),
    run: (context) => editHere(context, 'Delete keyframe', deleteKeyframe),
  }),
  operation({
    id: 'keyframe.interpolate_pose',
    title: 'Pose from the neighbours, attributes kept',
    group: 'keyframes',
    keys: ['alt+i'],
    disabledReason: all(needsKeyframeHere, (context) =>
      selectedBox(context)?.keyframes.length === 1
        ? 'There is no other keyframe to take the pose from.'
        : null,
    ),
    run: (context) => editHere(context, 'Pose from the neighbours', interpolatePose),
  }),
  operation({
    id: 'keyframe.interpolate_attributes',
    title: 'Attributes as before, pose kept',
    group: 'keyframes',
    keys: ['alt+shift+i'],
    disabledReason: all(needsKeyframeHere, (context) => {
      const box = selectedBox(context);
      const index = box === null ? null : trackOf(box).keyframeAt(context.session.get().timeNs);
      const says = index === null ? undefined : box?.keyframes[index]?.attributes;
      return says === undefined ? 'This keyframe says nothing about attributes.' : null;
    }),
    run: (context) => editHere(context, 'Attributes as before', interpolateAttributes),
  }),
  operation({
    id: 'life.start_here',
    title: 'Begins here',
    group: 'keyframes',
    keys: ['['],
    takesUp: 'until_here',
    disabledReason: all(needsEditableBox, (context) => {
      const to = trackIfAny(context)?.toNs ?? null;
      return to !== null && context.session.get().timeNs > to
        ? 'The label has ended before this time.'
        : null;
    }),
    run: (context) => boundHere(context, 'Begins here', startHere),
  }),
  operation({
    id: 'life.end_here',
    title: 'Ends here',
    group: 'keyframes',
    keys: [']'],
    takesUp: 'until_here',
    disabledReason: all(needsEditableBox, (context) => {
      const from = trackIfAny(context)?.fromNs ?? null;
      return from !== null && context.session.get().timeNs < from
        ? 'The label begins after this time.'
        : null;
    }),
    run: (context) => boundHere(context, 'Ends here', endHere),
  }),
  operation({
    id: 'life.gone_after',
    title: 'Gone from here to the next keyframe',
    group: 'keyframes',
    keys: ['g'],
    disabledReason: all(needsMovingBox, (context) => {
      const last = trackIfAny(context)?.timesNs.at(-1);
      const isLast = last !== undefined && context.session.get().timeNs >= last;
      return isLast ? 'There is no later keyframe to come back at: let the label end here instead.' : null;
    }),
    run: (context) =>
      editHere(context, 'Gone from here', (document, id, timeNs) => setGapAfter(document, id, timeNs, true)),
  }),
  operation({
    id: 'life.back_here',
    title: 'There again from here',
    group: 'keyframes',
    keys: ['shift+g'],
    disabledReason: all(needsMovingBox, (context) => {
      const track = trackIfAny(context);
      const { timeNs } = context.session.get();
      return track !== null && isInGap(track, timeNs) ? null : 'The label is not gone at this time.';
    }),
    run: (context) =>
      editHere(context, 'There again from here', (document, id, timeNs) =>
        setGapAfter(document, id, timeNs, false),
      ),
  }),
];

/** Begins or ends the label here: what is still proposed beyond is not wanted any more. */
function boundHere(context: EditorContext, title: string, action: typeof startHere): void {
  editHere(context, title, action);
  const box = selectedBox(context);
  if (box !== null) context.assist.refuse([box.id]);
}

function editHere(
  context: EditorContext,
  title: string,
  action: (document: ReadableDocument, id: LabelId, timeNs: bigint) => RecordsDiff,
): void {
  const box = selectedBox(context);
  if (box !== null) context.edit(title, action(context.document, box.id, context.session.get().timeNs));
}

function trackIfAny(context: EditorContext): ReturnType<typeof trackOf> | null {
  const box = selectedBox(context);
  return box === null ? null : trackOf(box);
}

/** In a gap, or at the keyframe where one begins. */
function isInGap(track: ReturnType<typeof trackOf>, timeNs: bigint): boolean {
  return track.gapAt(timeNs) !== null;
}
