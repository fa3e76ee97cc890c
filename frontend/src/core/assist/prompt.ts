import type { SessionState } from '../session/session';
import { confidenceAt, doubtsOf, leastConfidence, type FitNote, type Proposal } from './proposal';

/** The keys of an operation as the person has them, for a sentence; empty where it has none. */
export type KeyWords = (operationId: string) => string;

/** One line about what the machine found for the selected label, or null when there is nothing to say. */
export function assistPrompt(session: SessionState, keys: KeyWords): string | null {
  const { proposals, fitNote, trackNotes, selection } = session;
  const [selected, another] = selection;
  if (another !== undefined) return null;
  if (selected === undefined) return waitingPrompt(session, keys);
  const proposal = proposals.find((candidate) => candidate.labelId === selected);
  const trackNote = trackNotes.get(selected);
  // While it is solved anew, what was found before is still in sight, but no longer the last word.
  if (proposal !== undefined && trackNote?.kind !== 'running')
    return proposalPrompt(proposal, session.timeNs, keys);
  const fit = fitNote?.labelId === selected ? fitPrompt(fitNote, keys) : null;
  if (trackNote === undefined) return fit;
  const words =
    trackNote.kind === 'running'
      ? `Following the object … ${keyed(keys, 'select.none', 'stop')}`
      : `No track: ${trackNote.reason}`;
  return fit === null ? words : `${fit} ${words}`;
}

function proposalPrompt(proposal: Proposal, timeNs: bigint, keys: KeyWords): string {
  const doubts = doubtsOf(proposal).length;
  const here = confidenceAt(proposal, timeNs);
  const sure = here === null ? '' : `, ${percent(here)} sure here`;
  const least =
    doubts === 0
      ? `${percent(leastConfidence(proposal))} where it is least so.`
      : `${doubts} ${doubts === 1 ? 'place' : 'places'} to look at (${keys('proposal.next_doubt')}).`;
  const what = proposal.label.static ? 'It seems to stand: proposed as static' : 'Track proposed';
  return [
    `${what}${sure}; ${least}`,
    keyed(keys, 'proposal.accept', 'accept'),
    ...(here === null || proposal.label.static
      ? []
      : [keyed(keys, 'proposal.accept_until_here', 'only up to here')]),
    keyed(keys, 'select.none', 'refuse'),
  ].join(' ');
}

/** Nothing is selected, but something waits. */
function waitingPrompt({ proposals }: SessionState, keys: KeyWords): string | null {
  if (proposals.length === 0) return null;
  const what = proposals.length === 1 ? 'One track is' : `${proposals.length} tracks are`;
  return `${what} proposed. ${keyed(keys, 'proposal.next_doubt', 'look')} ${keyed(keys, 'proposal.accept_all', 'accept all')}`;
}

function fitPrompt(note: FitNote, keys: KeyWords): string {
  switch (note.kind) {
    case 'running':
      return 'Box of the usual size; fitting …';
    case 'fitted': {
      const stands = note.isStatic
        ? ` It seems to stand: ${keys('label.toggle_static')} makes it static.`
        : '';
      return `Fitted to the points, ${percent(note.confidence)} sure.${stands}`;
    }
    case 'refused':
      return `Box of the usual size, not fitted: ${note.reason}`;
  }
}

function keyed(keys: KeyWords, operationId: string, words: string): string {
  return `${keys(operationId)}: ${words}.`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
