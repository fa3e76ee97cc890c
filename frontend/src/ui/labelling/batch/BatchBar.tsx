import { Loader, SegmentedControl } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconDiamond,
  IconDiamondOff,
  IconRotate2,
  IconTimeline,
  IconWand,
  IconX,
} from '@tabler/icons-react';

import { BATCH_STEPS, CELL_COUNTS } from '../../../core/batch/batch';
import { useLabelling, useReadable, useSelectedLabel } from '../hooks';
import { OperationButton } from '../OperationButton';

/** What is in the cells, how many, how far apart, and what is done to the chosen ones. */
export function BatchBar() {
  const labelling = useLabelling();
  const { batch, titleOf, colorOf, batchFit } = labelling;
  const { cellCount, step, pageIndex, pageCount, chosen, timesNs } = useReadable(batch);
  const fit = useReadable(batchFit);
  const label = useSelectedLabel();
  const words =
    chosen.size > 0 ? `${chosen.size} of ${timesNs.length} cells` : timesNs.length > 0 ? 'this cell' : '';
  return (
    <header className="batch-bar" role="toolbar" aria-label="Batch view" onClick={letGo}>
      {label === undefined ? null : (
        <span className="batch-label">
          <span className="swatch" style={{ background: colorOf(label.class) }} />
          <span className="row-text">{titleOf(label.class)}</span>
        </span>
      )}
      <SegmentedControl
        size="xs"
        aria-label="Cells"
        data={CELL_COUNTS.map((count) => ({ value: String(count), label: String(count) }))}
        value={String(cellCount)}
        onChange={(text) => labelling.setBatchCells(Number(text))}
        data-testid="batch-cells"
      />
      <SegmentedControl
        size="xs"
        aria-label="How far apart the cells are"
        data={BATCH_STEPS.map((item) => ({
          value: String(item),
          label:
            item === 'life'
              ? 'whole life'
              : item === 1
                ? 'each tick'
                : `every ${item}th`.replace('2th', '2nd'),
        }))}
        value={String(step)}
        onChange={(text) => labelling.setBatchStep(text === 'life' ? 'life' : Number(text))}
        data-testid="batch-step"
      />
      {step === 'life' ? null : (
        <span className="batch-pages">
          <OperationButton
            id="batch.previous_page"
            icon={<IconChevronLeft size={15} stroke={1.8} />}
            size={24}
          />
          <span data-testid="batch-page">
            {pageIndex + 1} / {pageCount}
          </span>
          <OperationButton
            id="batch.next_page"
            icon={<IconChevronRight size={15} stroke={1.8} />}
            size={24}
          />
        </span>
      )}
      <span className="batch-actions">
        <span className="batch-target">{words}</span>
        <OperationButton id="batch.set_keyframes" icon={<IconDiamond size={15} stroke={1.8} />} size={26} />
        <OperationButton
          id="batch.delete_keyframes"
          icon={<IconDiamondOff size={15} stroke={1.8} />}
          size={26}
        />
        <OperationButton id="batch.interpolate" icon={<IconTimeline size={15} stroke={1.8} />} size={26} />
        <OperationButton id="batch.flip" icon={<IconRotate2 size={15} stroke={1.8} />} size={26} />
        <OperationButton
          id="batch.fit"
          icon={fit === null ? <IconWand size={15} stroke={1.8} /> : <Loader size={13} />}
          iconName={fit === null ? 'wand' : 'loader'}
          size={26}
        />
        <OperationButton id="view.batch" icon={<IconX size={15} stroke={1.8} />} size={26} />
      </span>
    </header>
  );
}

/** After a click of the pointer the arrow keys belong to the cells again; who works by the keyboard keeps the focus. */
function letGo(event: React.MouseEvent): void {
  if (event.detail === 0) return;
  // The browser gives a label's control the focus after the click.
  setTimeout(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
}
