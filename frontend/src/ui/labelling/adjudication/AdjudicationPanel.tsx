import { Button, Tooltip } from '@mantine/core';
import { IconArrowMerge, IconBan, IconChecks } from '@tabler/icons-react';

import { useEffect } from 'react';

import type { Adjudication, Decision } from '../../../core/adjudication/adjudication';
import { VirtualRows } from '../../controls/VirtualRows';
import { afterPaint } from '../afterPaint';
import { Keys } from '../Keys';
import { useLabelling, useReadable, useSession } from '../hooks';
import './adjudication.css';

const ROW_PX = 28;

/** The things to decide, what is agreed on least first, and the versions of the present one. */
export function AdjudicationPanel({ adjudication }: { readonly adjudication: Adjudication }) {
  const { editor } = useLabelling();
  const { current, decisions } = useReadable(adjudication.state);
  const isReadOnly = useSession((session) => session.readOnlyReason !== null);
  const open = decisions.filter(({ kind }) => kind === 'open').length;
  const agreed = adjudication.agreed().length;
  // The views are there after the first paint: the first thing to decide is brought to the middle.
  useEffect(() => afterPaint(() => adjudication.begin()), [adjudication]);
  return (
    <section className="panel adjudication" aria-label="To decide" data-testid="adjudication">
      <header className="panel-header">
        <h2>Decide</h2>
        <span className="count" data-testid="to-decide">
          {open} of {decisions.length}
        </span>
        {isReadOnly ? null : (
          <Tooltip
            label={
              <>
                Take all that every version has alike <Keys id="adjudicate.agreed" />
              </>
            }
          >
            <Button
              ml="auto"
              size="compact-xs"
              variant="light"
              leftSection={<IconChecks size={12} />}
              disabled={agreed === 0}
              onClick={() => editor.run('adjudicate.agreed')}
              data-testid="take-agreed"
            >
              {agreed} agreed
            </Button>
          </Tooltip>
        )}
      </header>
      <VirtualRows count={decisions.length} rowHeight_px={ROW_PX} label="Things to decide" shownRow={current}>
        {(index) => (
          <ThingRow
            key={index}
            adjudication={adjudication}
            index={index}
            isCurrent={index === current}
            decision={decisions[index] ?? { kind: 'open' }}
          />
        )}
      </VirtualRows>
      {isReadOnly ? null : <Choices adjudication={adjudication} current={current} />}
    </section>
  );
}

function ThingRow({
  adjudication,
  index,
  isCurrent,
  decision,
}: {
  readonly adjudication: Adjudication;
  readonly index: number;
  readonly isCurrent: boolean;
  readonly decision: Decision;
}) {
  const { editor, colorOf, titleOf } = useLabelling();
  const cluster = adjudication.clusters[index];
  if (cluster === undefined) return null;
  const labels = adjudication.versions.flatMap(({ position }) => adjudication.labelOf(index, position) ?? []);
  const classes = [...new Set(labels.map((label) => label.class))];
  return (
    <div
      className="row label-row"
      role="listitem"
      data-testid="thing"
      data-selected={isCurrent || undefined}
      data-decision={decision.kind}
    >
      <button
        type="button"
        className="row-main"
        aria-current={isCurrent}
        onClick={() => editor.act(() => adjudication.go(index))}
      >
        <span className="swatch" style={{ background: colorOf(classes[0] ?? '') }} />
        <span className="row-name">{classes.map(titleOf).join(' / ')}</span>
        <span className="thing-differs">{cluster.differs.join(', ')}</span>
        <span className="row-space" />
        <span className="row-score">{Math.round(100 * cluster.agreement)} %</span>
        <span className="thing-decision">
          {decision.kind === 'taken' ? decision.letters : decision.kind === 'none' ? 'none' : ''}
        </span>
      </button>
    </div>
  );
}

function Choices({
  adjudication,
  current,
}: {
  readonly adjudication: Adjudication;
  readonly current: number;
}) {
  const { editor } = useLabelling();
  return (
    <div className="adjudication-choices">
      {adjudication.versions.map(({ position, letter, color, person }) => (
        <Tooltip
          key={position}
          label={
            <>
              {person === null ? `Version ${letter}` : `${letter}: ${person}`}{' '}
              <Keys id={`adjudicate.pick_${position}`} />
            </>
          }
        >
          <Button
            size="compact-xs"
            variant="default"
            disabled={adjudication.labelOf(current, position) === undefined}
            leftSection={<span className="version-swatch" style={{ background: color }} />}
            onClick={() => editor.run(`adjudicate.pick_${position}`)}
            data-testid={`pick-${letter}`}
          >
            {letter}
          </Button>
        </Tooltip>
      ))}
      <Tooltip
        label={
          <>
            The mean of all versions <Keys id="adjudicate.merge" />
          </>
        }
      >
        <Button
          size="compact-xs"
          variant="default"
          disabled={adjudication.mergeRefusal() !== null}
          leftSection={<IconArrowMerge size={12} />}
          onClick={() => editor.run('adjudicate.merge')}
          data-testid="pick-mean"
        >
          Mean
        </Button>
      </Tooltip>
      <Tooltip
        label={
          <>
            There is no such thing <Keys id="adjudicate.none" />
          </>
        }
      >
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconBan size={12} />}
          onClick={() => editor.run('adjudicate.none')}
          data-testid="pick-none"
        >
          None
        </Button>
      </Tooltip>
    </div>
  );
}
