import { useEffect, useRef, useState } from 'react';

import { gridColumns } from '../../../core/batch/gridShape';
import { chooseSweeps } from '../../../render/sweepChoice';
import { useLabelling, useReadable } from '../hooks';
import { BatchBar } from './BatchBar';
import { BatchCell } from './BatchCell';
import './batch.css';

/** A cell is best about so wide against its height. */
const CELL_ASPECT = 1.45;

/** The selected box at several times side by side: each cell can be worked in. */
export function BatchPanel() {
  const { batch, editor, sweeps } = useLabelling();
  const { timesNs, nextTimesNs, labelId } = useReadable(batch);
  const grid = useRef<HTMLDivElement>(null);
  const columns = useColumns(grid, timesNs.length);

  // Its own points first, then those of the next page: turning it waits for nothing.
  useEffect(() => {
    const all = editor.clip.manifest.sweeps;
    const wanted = [...timesNs, ...nextTimesNs].flatMap((timeNs) => chooseSweeps(all, timeNs, 'nearest'));
    sweeps.want([...new Set(wanted)], [], 'batch');
  }, [editor, sweeps, timesNs, nextTimesNs]);
  useEffect(() => () => sweeps.want([], [], 'batch'), [sweeps]);

  return (
    <section className="batch" aria-label="Batch view" data-testid="batch">
      <BatchBar />
      <div
        ref={grid}
        className="batch-grid"
        style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
      >
        {labelId === null ? (
          <p className="view-hint">
            Select a box, in the list or in a picture: it is shown here at several times.
          </p>
        ) : (
          timesNs.map((timeNs, index) => (
            <BatchCell key={`${labelId} ${timeNs}`} labelId={labelId} timeNs={timeNs} index={index} />
          ))
        )}
      </div>
    </section>
  );
}

/** As many columns as make the cells largest, also when the panel changes its size. */
function useColumns(grid: React.RefObject<HTMLDivElement | null>, count: number): number {
  const labelling = useLabelling();
  const [size, setSize] = useState<readonly [number, number]>([1200, 800]);
  useEffect(() => {
    const element = grid.current;
    if (element === null) return undefined;
    const measure = (): void => setSize([element.clientWidth, element.clientHeight]);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [grid]);
  const columns = gridColumns(Math.max(count, 1), size[0], size[1], CELL_ASPECT);
  useEffect(() => {
    labelling.batchColumns = columns;
    labelling.stage.requestDraw();
  }, [labelling, columns]);
  return columns;
}
