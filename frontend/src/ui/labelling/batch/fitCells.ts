import { fittedPose } from '../../../core/batch/fittedPose';
import { setPosesAt } from '../../../core/actions/keyframesAt';
import type { FittedBox, Refusal } from '../../../core/assist/ports';
import type { RigidTransform } from '../../../core/geometry/rigid';
import { trackOf } from '../../../core/geometry/track';
import { formatClipTime } from '../../format';
import { pointOnObject } from '../../../render/batch/pointsInBox';
import type { Labelling } from '../labelling';

interface Fitted {
  readonly timeNs: bigint;
  readonly pose: RigidTransform;
}

/**
 * Fits the label to the points of each of the chosen cells, its size kept, in one step of undo. Cells that can't be
 * fitted stay as they are; a word says why.
 */
export async function fitCells(labelling: Labelling): Promise<void> {
  const { batch, editor, notice, batchFit } = labelling;
  const label = batch.label();
  if (label === null || batchFit.get() !== null) return;
  const times = batch.targetsNs().filter((timeNs) => trackOf(label).existsAt(timeNs));
  const fits: Fitted[] = [];
  const reasons: string[] = [];
  for (const [index, timeNs] of times.entries()) {
    batchFit.set({ done: index, count: times.length });
    const found = await fitCell(labelling, timeNs);
    if (found === null) continue;
    if ('reason' in found) reasons.push(`${formatClipTime(timeNs, editor.clip.startNs)}: ${found.reason}`);
    else fits.push(found);
  }
  batchFit.set(null);
  await gestureOver(labelling);
  if (fits.length > 0 && editor.document.get(label.id) !== undefined) {
    const title = fits.length === 1 ? 'Fit the box' : `Fit the box at ${fits.length} times`;
    editor.edit(title, setPosesAt(editor.document, label.id, fits));
  }
  const [reason] = reasons;
  if (reason !== undefined) {
    const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : '';
    notice.set({ words: `Not fitted at ${reason}${more}` });
  }
}

async function fitCell(labelling: Labelling, timeNs: bigint): Promise<Fitted | Refusal | null> {
  const { editor, fitter, cells } = labelling;
  const space = cells.get(timeNs);
  const state = space?.selected?.state;
  const label = labelling.batch.label();
  if (fitter === null || space === undefined || state === undefined || label === null) return null;
  const { cloud } = space;
  if (cloud === null) return { kind: 'refused', reason: 'the points are still on their way.' };
  const point_m = pointOnObject(cloud.positions_m, state);
  if (point_m === null) return { kind: 'refused', reason: 'there are no points in or about the box.' };
  let answer: FittedBox | Refusal;
  try {
    answer = await fitter.fit({ point_m, className: label.class, timeNs });
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : 'the search failed.' };
  }
  if (answer.kind === 'refused') return answer;
  const sensor_m = editor.clip.trajectory.atClamped(timeNs).position_m;
  return { timeNs, pose: fittedPose(state, answer.box, sensor_m) };
}

/** Waits until no gesture is under way: an edit would take it back. */
function gestureOver({ editor }: Labelling): Promise<void> {
  if (!editor.isGesture.get()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = editor.isGesture.subscribe(() => {
      if (editor.isGesture.get()) return;
      stop();
      resolve();
    });
  });
}
