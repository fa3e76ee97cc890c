import type { TrackDirection } from '../actions/withTrack';
import { doubtsOf, isProposedAt, leastSure, type Doubt } from '../assist/proposal';
import type { LabelId } from '../document/ids';
import { acceptLabels, preLabels } from '../document/origin';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import { operation, type Operation } from './operation';
import { selectedPreLabels } from './preLabelling';
import { all, needsMovingBox, needsOwnBox, selectedBox, type Requirement } from './requirements';

const available = (context: EditorContext): boolean => context.assist.canTrack;

/** What the machine finds, and the person's word on it. */
export const PROPOSING: readonly Operation[] = [
  follow('track.both', 'Follow the object through the clip', 'u', 'both'),
  follow('track.forward', 'Follow the object from here on', '>', 'forward'),
  follow('track.back', 'Follow the object back from here', '<', 'back'),
  operation({
    id: 'track.follow_new',
    title: 'Follow new boxes by themselves, on or off',
    group: 'keyframes',
    keys: ['alt+u'],
    available,
    disabledReason: (context) => context.readOnlyReason,
    run: ({ session }) => session.set({ followsNewBoxes: !session.get().followsNewBoxes }),
  }),
  operation({
    id: 'proposal.accept',
    title: 'Accept the proposed label or track',
    group: 'edit',
    keys: ['Enter'],
    available: (context) => context.assist.canTrack || preLabels(context.document).length > 0,
    disabledReason: all(needsSomethingProposed, needsUnlocked(acceptable)),
    run: (context) => {
      // A track that is accepted takes its label with it.
      const tracks = proposedSelection(context);
      const labels = selectedPreLabels(context).filter((id) => !tracks.includes(id));
      const title = labels.length === 1 ? 'Accept label' : `Accept ${labels.length} labels`;
      context.edit(title, acceptLabels(context.document, labels));
      if (tracks.length > 0) context.assist.accept(tracks);
    },
  }),
  operation({
    id: 'proposal.accept_until_here',
    title: 'Accept the proposed track up to here',
    group: 'edit',
    keys: ['shift+Enter'],
    available,
    disabledReason: all(needsProposal, needsMovingBox, needsUnlocked(proposedSelection), (context) => {
      const [id] = proposedSelection(context);
      const proposal = id === undefined ? null : context.assist.proposalOf(id);
      return proposal !== null && isProposedAt(proposal, context.session.get().timeNs)
        ? null
        : 'The box is yours here: go to a time at which it is proposed.';
    }),
    run: (context) => {
      const [id] = proposedSelection(context);
      if (id !== undefined) context.assist.acceptUntilHere(id);
    },
  }),
  operation({
    id: 'proposal.accept_all',
    title: 'Accept all proposed tracks',
    group: 'edit',
    keys: ['ctrl+shift+Enter'],
    available,
    disabledReason: all(needsAnyProposal, needsUnlocked(proposed)),
    run: (context) => context.assist.accept(proposed(context)),
  }),
  operation({
    id: 'proposal.refuse',
    title: 'Refuse the proposed track, or stop following',
    group: 'edit',
    keys: ['shift+Escape'],
    available,
    disabledReason: (context) =>
      refusable(context).length === 0 ? 'Nothing is proposed for the selected label.' : null,
    run: (context) => context.assist.refuse(refusable(context)),
  }),
  operation({
    id: 'proposal.refuse_all',
    title: 'Refuse all proposed tracks',
    group: 'edit',
    keys: ['ctrl+Delete'],
    available,
    disabledReason: needsAnyProposal,
    run: (context) => context.assist.refuse(proposed(context)),
  }),
  lookAt('proposal.next_doubt', 'Next doubtful place of a proposed track', 'F9', 1),
  lookAt('proposal.previous_doubt', 'Doubtful place before', 'shift+F9', -1),
];

function follow(id: string, title: string, key: string, direction: TrackDirection): Operation {
  return operation({
    id,
    title,
    group: 'keyframes',
    keys: [key],
    available,
    disabledReason: all(needsOwnBox, (context) => {
      const box = selectedBox(context);
      if (box !== null && context.assist.isFollowing(box.id)) return 'An object is being followed already.';
      const { timeNs } = context.session.get();
      return box !== null && trackOf(box).existsAt(timeNs) ? null : 'The label is not there at this time.';
    }),
    run: (context) => {
      const box = selectedBox(context);
      if (box !== null) context.assist.track(box, direction);
    },
  });
}

/** Goes from one place that the machine is not sure of to the next, over all proposals. */
function lookAt(id: string, title: string, key: string, by: 1 | -1): Operation {
  return operation({
    id,
    title,
    group: 'time',
    keys: [key],
    repeats: true,
    available,
    disabledReason: needsAnyProposal,
    run: (context) => {
      const place = placeBeside(context, by);
      if (place === undefined) return;
      context.session.select(place.labelId);
      context.session.set({ timeNs: place.timeNs, isPlaying: false, sought: { labelId: place.labelId } });
    },
  });
}

/** The next doubtful place from the current label and time on; of a sure track the least sure one. */
function placeBeside(context: EditorContext, by: 1 | -1): Doubt | undefined {
  const { proposals, selection, timeNs } = context.session.get();
  const places = proposals.flatMap((proposal) => {
    const doubts = doubtsOf(proposal);
    return doubts.length > 0 ? doubts : leastSure(proposal);
  });
  const own = places.filter(({ labelId }) => labelId === selection[0]);
  const ahead =
    by > 0 ? own.find((place) => place.timeNs > timeNs) : own.findLast((place) => place.timeNs < timeNs);
  if (ahead !== undefined) return ahead;
  const at = own[0] === undefined ? -1 : places.indexOf((by > 0 ? own.at(-1) : own[0]) ?? own[0]);
  return places[(at + (at < 0 && by < 0 ? 0 : by) + places.length) % places.length];
}

function proposed(context: EditorContext): LabelId[] {
  return context.session.get().proposals.map(({ labelId }) => labelId);
}

function proposedSelection(context: EditorContext): LabelId[] {
  const { selection } = context.session.get();
  return proposed(context).filter((id) => selection.includes(id));
}

function refusable(context: EditorContext): LabelId[] {
  return context.session.get().selection.filter((id) => context.assist.hasAny(id));
}

function acceptable(context: EditorContext): LabelId[] {
  return [...proposedSelection(context), ...selectedPreLabels(context)];
}

function needsSomethingProposed(context: EditorContext): string | null {
  return selectedPreLabels(context).length > 0 ? null : needsProposal(context);
}

function needsAnyProposal(context: EditorContext): string | null {
  return context.session.get().proposals.length === 0 ? 'Nothing is proposed.' : null;
}

function needsProposal(context: EditorContext): string | null {
  if (proposedSelection(context).length > 0) return null;
  return (
    needsAnyProposal(context) ?? 'Nothing is proposed for the selected label: select one that has a track.'
  );
}

function needsUnlocked(labelIds: (context: EditorContext) => readonly LabelId[]): Requirement {
  return (context) =>
    labelIds(context)
      .map((id) => context.lockedReason(id))
      .find((reason) => reason !== null) ?? null;
}
