import { fittedPose } from '../../../core/batch/fittedPose';
import { setPosesAt } from '../../../core/actions/keyframesAt';
import type { BoxFitter, FitRequest, FittedBox, Refusal } from '../../../core/assist/ports';
import type { RigidTransform } from '../../../core/geometry/rigid';
import { trackOf } from '../../../core/geometry/track';
import { formatClipTime } from '../../format';
import { pointsOnObject } from '../../../render/batch/pointsInBox';
import type { Labelling } from '../labelling';

/** A fit begins at one point; the surest of so many is taken. */
const CLICKS = 4;

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
  const points = pointsOnObject(cloud.positions_m, state, CLICKS);
  if (points.length === 0) return { kind: 'refused', reason: 'there are no points in or about the box.' };
  const answers = await Promise.all(
    points.map((point_m) => asked(fitter, { point_m, className: label.class, timeNs })),
  );
  const found = answers.filter((answer) => answer.kind === 'fitted');
  const [best] = found.toSorted((a, b) => b.confidence - a.confidence);
  const [refusal] = answers.filter((answer) => answer.kind === 'refused');
  if (best === undefined) return refusal ?? null;
  const sensor_m = editor.clip.trajectory.atClamped(timeNs).position_m;
  return { timeNs, pose: fittedPose(state, best.box, sensor_m) };
}

async function asked(fitter: BoxFitter, request: FitRequest): Promise<FittedBox | Refusal> {
  try {
    return await fitter.fit(request);
  } catch (error) {
    return { kind: 'refused', reason: error instanceof Error ? error.message : 'the search failed.' };
  }
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
