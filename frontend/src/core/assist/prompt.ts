import type { SessionState } from '../session/session';

/** One line about what the machine found for the selected label, or null when there is nothing to say. */
export function assistPrompt(session: SessionState): string | null {
  const { proposals, fitNote, trackNote, selection } = session;
  const [selected, another] = selection;
  if (selected === undefined || another !== undefined) return null;
  const proposal = proposals.find((candidate) => candidate.labelId === selected);
  if (proposal !== undefined) {
    const surest = percent(Math.min(...proposal.tracked.confidence, 1));
    return `Track proposed, ${surest} sure where it is least so. Enter: accept. Esc: refuse.`;
  }
  if (trackNote?.labelId === selected) {
    return trackNote.kind === 'running' ? 'Following the object …' : `No track: ${trackNote.reason}`;
  }
  if (fitNote?.labelId !== selected) return null;
  switch (fitNote.kind) {
    case 'running':
      return 'Box of the usual size; fitting …';
    case 'fitted': {
      const stands = fitNote.isStatic ? ' It seems to stand: P makes it static.' : '';
      return `Fitted to the points, ${percent(fitNote.confidence)} sure.${stands}`;
    }
    case 'refused':
      return `Box of the usual size, not fitted: ${fitNote.reason}`;
  }
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
