import { useEffect } from 'react';

import type { Comment, LabelChange } from '../../../api/workApi';
import { labelId } from '../../../core/document/ids';
import { readLabel, type WireLabel } from '../../../core/document/readLabel';
import { openSaid, pinsOf } from '../../../core/work/pins';
import { useLabelling, useLabels } from '../hooks';
import { NO_TALK, placeOf } from './talk';

/** Has the views show open comments where they are pinned and what changed as it was, and the keys go through them. */
export function usePins(
  comments: readonly Comment[] | undefined,
  changes: readonly LabelChange[] | undefined,
): void {
  const labelling = useLabelling();
  const labels = useLabels();
  useEffect(() => {
    const open = openSaid(comments ?? []);
    labelling.talk.set({ open, changed: (changes ?? []).map(({ label_id }) => label_id) });
    labelling.editor.session.set({ pins: pinsOf(open, (id, timeNs) => placeOf(labelling, id, timeNs)) });
    // Labels that move take the pins along that name no place.
  }, [labelling, comments, changes, labels]);
  useEffect(() => {
    labelling.before.setChanges(
      (changes ?? []).map(({ label_id, before }) => ({
        labelId: labelId(label_id),
        // The server has checked it by the format.
        before: before === null ? null : readLabel(before as unknown as WireLabel),
      })),
    );
  }, [labelling, changes]);
  useEffect(
    () => () => {
      labelling.before.setChanges([]);
      labelling.talk.set(NO_TALK);
      labelling.editor.session.set({ pins: [], pinId: null, draftPin: null });
    },
    [labelling],
  );
}
