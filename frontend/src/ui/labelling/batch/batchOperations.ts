import {
  deleteKeyframesAt,
  flipAt,
  interpolateBetween,
  setKeyframesAt,
} from '../../../core/actions/keyframesAt';
import { interpolatePose } from '../../../core/actions/interpolateKeyframe';
import { BATCH_STEPS, CELL_COUNTS } from '../../../core/batch/batch';
import type { RecordsDiff } from '../../../core/document/diff';
import type { CuboidLabel } from '../../../core/document/label';
import { trackOf } from '../../../core/geometry/track';
import { operation, type Operation } from '../../../core/operations/operation';
import type { Labelling } from '../labelling';
import { fitCells } from './fitCells';

type Reason = string | null;

/** What one does in the batch view. Its keys hold while it is open. */
export function batchOperations(labelling: Labelling): Operation[] {
  const { batch } = labelling;
  return [
    operation({
      id: 'view.batch',
      title: 'Batch view: the selection at several times, and back',
      group: 'view',
      keys: ['shift+b'],
      run: () => (batch.get().isOpen ? batch.close() : batch.open()),
    }),
    ...goingAbout(labelling),
    ...choosing(labelling),
    ...editing(labelling),
  ];
}

function goingAbout(labelling: Labelling): Operation[] {
  const { batch } = labelling;
  const cell = (id: string, title: string, key: string, by: () => number): Operation =>
    ofBatch(labelling, { id, title, keys: [key], repeats: true, run: () => batch.step(by()) });
  const page = (id: string, title: string, key: string, by: 1 | -1): Operation =>
    ofBatch(labelling, {
      id,
      title,
      keys: [key],
      repeats: true,
      why: () => {
        const { step, pageIndex, pageCount } = batch.get();
        if (step === 'life') return 'The whole life is on this page: choose a smaller step to turn pages.';
        const isThere = by > 0 ? pageIndex + 1 < pageCount : pageIndex > 0;
        return isThere ? null : `This is the ${by > 0 ? 'last' : 'first'} page.`;
      },
      run: () => batch.turnPage(by),
    });
  return [
    cell('batch.next_cell', 'Next cell', 'ArrowRight', () => 1),
    cell('batch.previous_cell', 'Previous cell', 'ArrowLeft', () => -1),
    cell('batch.cell_below', 'Cell below', 'ArrowDown', () => labelling.batchColumns),
    cell('batch.cell_above', 'Cell above', 'ArrowUp', () => -labelling.batchColumns),
    page('batch.next_page', 'Next page of cells', 'shift+ArrowRight', 1),
    page('batch.previous_page', 'Previous page of cells', 'shift+ArrowLeft', -1),
    ofBatch(labelling, {
      id: 'batch.more_cells',
      title: 'More cells',
      keys: ['*'],
      run: () => labelling.setBatchCells(neighbour(CELL_COUNTS, batch.get().cellCount, 1)),
    }),
    ofBatch(labelling, {
      id: 'batch.fewer_cells',
      title: 'Fewer cells',
      keys: ['/'],
      run: () => labelling.setBatchCells(neighbour(CELL_COUNTS, batch.get().cellCount, -1)),
    }),
    ofBatch(labelling, {
      id: 'batch.step',
      title: 'Cells over the whole life, or every tick, second, fifth, tenth',
      keys: ['m'],
      run: () => {
        const at = BATCH_STEPS.indexOf(batch.get().step);
        labelling.setBatchStep(BATCH_STEPS[(at + 1) % BATCH_STEPS.length] ?? 'life');
      },
    }),
  ];
}

function choosing(labelling: Labelling): Operation[] {
  const { batch, editor } = labelling;
  return [
    ofBatch(labelling, {
      id: 'batch.choose_all',
      title: 'Choose all cells',
      keys: ['ctrl+a'],
      run: () => batch.chooseAll(),
    }),
    ofBatch(labelling, {
      id: 'batch.choose',
      title: 'Choose this cell too, or no more',
      keys: ['x'],
      run: () => batch.toggle(editor.session.get().timeNs),
    }),
    ofBatch(labelling, {
      id: 'batch.leave',
      title: 'Choose no cells; leave the batch view',
      keys: ['Escape'],
      run: () => (batch.get().chosen.size > 0 ? batch.chooseNone() : batch.close()),
    }),
  ];
}

function editing(labelling: Labelling): Operation[] {
  const { batch, batchFit, editor } = labelling;
  const keyframes = (label: CuboidLabel): readonly bigint[] => trackOf(label).timesNs;
  const some = (test: (label: CuboidLabel, timeNs: bigint) => boolean, otherwise: string) => (): Reason => {
    const label = batch.label();
    return label !== null && batch.targetsNs().some((timeNs) => test(label, timeNs)) ? null : otherwise;
  };
  const edit =
    (title: string, change: (label: CuboidLabel, times: readonly bigint[]) => RecordsDiff) => () => {
      const label = batch.label();
      const times = batch.targetsNs();
      const words = times.length > 1 ? `${title} (${times.length} cells)` : title;
      if (label !== null) editor.edit(words, change(label, times));
    };
  const moving = (): Reason =>
    batch.label()?.static === true ? 'This box is static: it has one pose for all times.' : null;
  return [
    ofCells(labelling, {
      id: 'batch.set_keyframes',
      title: 'Set keyframes in the chosen cells',
      keys: ['k'],
      why: first(
        moving,
        some(
          (label, timeNs) => trackOf(label).existsAt(timeNs) && !keyframes(label).includes(timeNs),
          'There are keyframes already, or the label is not there.',
        ),
      ),
      run: edit('Set keyframes', (label, times) => setKeyframesAt(editor.document, label.id, times)),
    }),
    ofCells(labelling, {
      id: 'batch.delete_keyframes',
      title: 'Delete the keyframes of the chosen cells',
      keys: ['shift+k'],
      why: first(
        moving,
        some((label, timeNs) => keyframes(label).includes(timeNs), 'There are no keyframes in these cells.'),
        () =>
          batch.label()?.keyframes.length === 1
            ? 'A box needs one keyframe: delete the label instead.'
            : null,
      ),
      run: edit('Delete keyframes', (label, times) => deleteKeyframesAt(editor.document, label.id, times)),
    }),
    ofCells(labelling, {
      id: 'batch.interpolate',
      title: 'Interpolate: evenly from the first chosen cell to the last',
      keys: ['alt+i'],
      why: first(moving, () => {
        const label = batch.label();
        const times = batch.targetsNs();
        const [only] = times;
        if (times.length > 1 || label === null || only === undefined) return null;
        if (!keyframes(label).includes(only)) return 'This cell is interpolated already.';
        return label.keyframes.length === 1 ? 'There is no other keyframe to go by.' : null;
      }),
      run: edit('Interpolate', (label, times) => {
        const [from] = times;
        const to = times.at(-1);
        if (from === undefined || to === undefined) return interpolatePose(editor.document, label.id, 0n);
        return times.length === 1
          ? interpolatePose(editor.document, label.id, from)
          : interpolateBetween(editor.document, label.id, from, to);
      }),
    }),
    ofCells(labelling, {
      id: 'batch.flip',
      title: 'Turn front and back round in the chosen cells',
      keys: ['alt+h'],
      run: edit('Flip heading', (label, times) => flipAt(editor.document, label.id, times)),
    }),
    ofCells(labelling, {
      id: 'batch.fit',
      title: 'Fit the box to the points of the chosen cells',
      keys: ['alt+f'],
      why: () => {
        if (labelling.fitter === null) return 'Nobody fits boxes here.';
        if (editor.clip.manifest.sweeps.length === 0) return 'This clip has no point clouds.';
        return batchFit.get() === null ? null : 'A fit is under way.';
      },
      run: () => void fitCells(labelling),
    }),
  ];
}

interface BatchOperation {
  readonly id: string;
  readonly title: string;
  readonly keys: readonly string[];
  readonly repeats?: boolean;
  readonly takesUp?: 'box';
  readonly why?: () => Reason;
  readonly run: () => void;
}

/** An operation that is there while the batch view is. */
function ofBatch({ batch }: Labelling, { why, ...source }: BatchOperation): Operation {
  return operation({
    ...source,
    group: 'view',
    mode: 'batch',
    available: () => batch.get().isOpen,
    disabledReason: () => (batch.get().isOpen ? (why?.() ?? null) : 'The batch view is not open.'),
  });
}

/** One that changes the label in the chosen cells. */
function ofCells(labelling: Labelling, source: BatchOperation): Operation {
  const { batch, editor } = labelling;
  const isReady = (): Reason => {
    const label = batch.label();
    if (label === null) return 'Select one box first.';
    if (batch.targetsNs().length === 0) return 'Click a cell first.';
    return editor.lockedReason(label.id);
  };
  return ofBatch(labelling, { ...source, takesUp: 'box', why: first(isReady, source.why ?? (() => null)) });
}

function first(...reasons: readonly (() => Reason)[]): () => Reason {
  return () => {
    for (const reason of reasons) {
      const words = reason();
      if (words !== null) return words;
    }
    return null;
  };
}

function neighbour(values: readonly number[], current: number, by: 1 | -1): number {
  const at = values.findIndex((value) => value >= current);
  return values[Math.min(Math.max((at < 0 ? values.length - 1 : at) + by, 0), values.length - 1)] ?? current;
}
