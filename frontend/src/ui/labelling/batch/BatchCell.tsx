import { memo, useEffect, useRef, useState } from 'react';

import { cellState, type CellState } from '../../../core/batch/cellState';
import { confidenceAt } from '../../../core/assist/proposal';
import type { LabelId } from '../../../core/document/ids';
import { isCuboid } from '../../../core/document/label';
import { Value } from '../../../core/observable';
import { CellViews } from '../../../render/batch/cellViews';
import { ORTHO_SIDES } from '../../../render/views/orthoCamera';
import type { OrthoView } from '../../../render/views/orthoView';
import { formatClipTime } from '../../format';
import { useLabelling, useLabels, useReadable, useSelected, useSession } from '../hooks';
import { CellCamera } from './CellCamera';

const STATE_WORDS: Readonly<Record<CellState, string>> = {
  keyframe: 'Keyframe',
  interpolated: 'Between keyframes',
  static: 'Static: the same at all times',
  absent: 'Not there at this time',
};
const NO_COUNT = new Value<number | null>(null);

interface CellProps {
  readonly labelId: LabelId;
  readonly timeNs: bigint;
  readonly index: number;
}

/** The label at one time: from three sides, and in the camera that shows it best. */
export const BatchCell = memo(function BatchCell({ labelId, timeNs, index }: CellProps) {
  const views = useCellViews(labelId, timeNs);
  const { batch } = useLabelling();
  const isActive = useSession((session) => session.timeNs === timeNs);
  const isChosen = useSelected(batch, (state) => state.chosen.has(timeNs));
  const proposal = useSession((session) => session.proposals.find((item) => item.labelId === labelId));
  const own = useLabels().get(labelId);
  const label = proposal?.label ?? own;
  const confidence = proposal === undefined ? null : confidenceAt(proposal, timeNs);
  const state = isCuboid(label) ? cellState(label, timeNs) : 'absent';
  return (
    <article
      className="batch-cell"
      data-active={isActive || undefined}
      data-chosen={isChosen || undefined}
      data-state={state}
      data-testid={`batch-cell-${index}`}
    >
      <CellHead timeNs={timeNs} state={state} isChosen={isChosen} confidence={confidence} views={views} />
      <div className="batch-views">
        {ORTHO_SIDES.map((side) => (
          <div key={side} className={`batch-view batch-${side}`}>
            <CellOrtho view={views?.orthos[side] ?? null} name={`cell-${index}-${side}`} />
          </div>
        ))}
        <div className="batch-view batch-camera">
          {isCuboid(label) && state !== 'absent' ? (
            <CellCamera label={label} timeNs={timeNs} index={index} />
          ) : null}
        </div>
        {state === 'absent' ? <p className="view-hint">{STATE_WORDS.absent}</p> : null}
      </div>
    </article>
  );
});

/** What the cell draws with; it goes when the cell does. */
function useCellViews(labelId: LabelId, timeNs: bigint): CellViews | null {
  const labelling = useLabelling();
  const [views, setViews] = useState<CellViews | null>(null);
  useEffect(() => {
    const { editor, sweeps, cloud, colorOf, stage, cells } = labelling;
    const { heightsOf } = stage.scene;
    const made = new CellViews(labelId, timeNs, {
      editor,
      sweeps,
      settings: cloud,
      colorOf,
      heightsOf,
      requestDraw: stage.requestDraw,
    });
    cells.set(timeNs, made.space);
    setViews(made);
    return () => {
      cells.delete(timeNs);
      made.dispose();
      setViews(null);
    };
  }, [labelling, labelId, timeNs]);
  return views;
}

/** Time and state. A click goes there; with Ctrl it is chosen too, with Shift all up to it. */
function CellHead({
  timeNs,
  state,
  isChosen,
  confidence,
  views,
}: {
  readonly timeNs: bigint;
  readonly state: CellState;
  readonly isChosen: boolean;
  /** How sure the machine is of what it proposes here, 0 to 1; null where nothing is proposed. */
  readonly confidence: number | null;
  readonly views: CellViews | null;
}) {
  const { batch, editor } = useLabelling();
  const points = useReadable(views?.space.pointCount ?? NO_COUNT);
  const isProposed = confidence !== null;
  const words = isProposed ? `${STATE_WORDS[state]}; a track is proposed` : STATE_WORDS[state];
  return (
    <button
      type="button"
      className="batch-head"
      title={`${words}. Ctrl+click chooses it too, Shift+click all up to it.`}
      aria-pressed={isChosen}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey) batch.toggle(timeNs);
        else if (event.shiftKey) batch.chooseTo(timeNs);
        else {
          batch.chooseNone();
          batch.goTo(timeNs);
        }
        event.currentTarget.blur();
      }}
    >
      <span className="batch-mark" data-state={state} data-proposed={isProposed || undefined} />
      <span className="batch-time">{formatClipTime(timeNs, editor.clip.startNs)}</span>
      <span className="batch-state">
        {isProposed ? `proposed, ${Math.round(100 * confidence)} % sure` : ''}
      </span>
      <span className="batch-points">{points === null ? '' : `${points} pts`}</span>
    </button>
  );
}

/** The place of one view: the stage draws it. */
function CellOrtho({ view, name }: { readonly view: OrthoView | null; readonly name: string }) {
  const { stage } = useLabelling();
  const element = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (view === null || element.current === null || overlay.current === null) return undefined;
    return stage.attach(view, element.current, overlay.current);
  }, [stage, view]);
  return (
    <div
      ref={element}
      className="view"
      role="application"
      aria-label={name.replaceAll('-', ' ')}
      data-testid={`view-${name}`}
    >
      <canvas ref={overlay} className="view-canvas" />
    </div>
  );
}
