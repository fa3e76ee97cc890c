import type { TrackDirection } from '../actions/withTrack';
import type { EditorContext } from '../editor/context';
import { trackOf } from '../geometry/track';
import { operation, type Operation } from './operation';
import { all, needsMovingBox, selectedBox } from './requirements';

/** What the machine finds, and the person's word on it. */
export const PROPOSING: readonly Operation[] = [
  follow('track.both', 'Follow the object through the clip', 'u', 'both'),
  follow('track.forward', 'Follow the object from here on', '>', 'forward'),
  follow('track.back', 'Follow the object back from here', '<', 'back'),
  operation({
    id: 'proposal.accept',
    title: 'Accept the proposed track',
    group: 'edit',
    keys: ['Enter'],
    disabledReason: all(needsProposal, (context) => {
      for (const { labelId } of context.session.get().proposals) {
        const reason = context.lockedReason(labelId);
        if (reason !== null) return reason;
      }
      return null;
    }),
    run: (context) => context.assist.accept(),
  }),
  operation({
    id: 'proposal.refuse',
    title: 'Refuse the proposed track',
    group: 'edit',
    keys: ['shift+Escape'],
    disabledReason: needsProposal,
    run: (context) => context.assist.refuse(),
  }),
];

function follow(id: string, title: string, key: string, direction: TrackDirection): Operation {
  return operation({
    id,
    title,
    group: 'keyframes',
    keys: [key],
    available: (context) => context.assist.canTrack,
    disabledReason: all(needsMovingBox, (context) => {
      const { timeNs, trackNote } = context.session.get();
      if (trackNote?.kind === 'running') return 'An object is being followed already.';
      const box = selectedBox(context);
      return box !== null && trackOf(box).existsAt(timeNs) ? null : 'The label is not there at this time.';
    }),
    run: (context) => {
      const box = selectedBox(context);
      if (box !== null) context.assist.track(box, direction);
    },
  });
}

function needsProposal(context: EditorContext): string | null {
  return context.session.get().proposals.length === 0 ? 'Nothing is proposed.' : null;
}
