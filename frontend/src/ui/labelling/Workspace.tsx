import { Fragment, useEffect, useRef, useState, type ReactNode } from 'react';

import { useUiScale } from '../look/useLook';
import { Splitter } from '../controls/Splitter';
import { AdjudicationPanel } from './adjudication/AdjudicationPanel';
import { arrange, type SidePart } from './arrangement';
import { CameraStrip } from './CameraStrip';
import { useLabelling, useLayout } from './hooks';
import { LabelPanel } from './LabelPanel';
import { LintPanel } from './LintPanel';
import { PropertiesPanel } from './PropertiesPanel';
import { StagePanel } from './StagePanel';

/** A side panel may take so much of the screen; the views keep the rest. */
const LARGEST_SIDE = 0.6;
const LEAST_SIDE_PX = 150;
const LEAST_BELOW_PX = 90;

/** The views in the middle, panels beside and below them, as the person has arranged them. */
export function Workspace() {
  const { layout } = useLabelling();
  const arrangement = useLayout(arrange);
  const [leftWidth, rightWidth, below] = useLayout(
    (value) => [value.leftWidth_px, value.rightWidth_px, value.camerasHeight_px] as const,
  );
  const [brightness, contrast] = useLayout(
    ({ settings }) => [settings.pictureBrightness, settings.pictureContrast] as const,
  );
  // Widths are kept as they are at the usual scale: a larger scale takes more of the screen for the same words.
  const scale = useUiScale();
  const [screen_px, screenHeight_px] = useScreen();
  const most = (LARGEST_SIDE * screen_px) / scale;
  const hold = (width: number): number => Math.min(Math.max(width, LEAST_SIDE_PX), most);
  const mostBelow = (LARGEST_SIDE * screenHeight_px) / scale;
  const below_px = Math.min(Math.max(below, LEAST_BELOW_PX), mostBelow);
  const hasLeft = arrangement.left.length > 0;
  const hasRight = arrangement.right.length > 0;
  const columns = [
    hasLeft ? `${hold(leftWidth) * scale}px 5px` : '',
    'minmax(0, 1fr)',
    hasRight ? `5px ${hold(rightWidth) * scale}px` : '',
  ];
  const isFiltered = brightness !== 1 || contrast !== 1;
  const filter = isFiltered ? `brightness(${brightness}) contrast(${contrast})` : 'none';
  return (
    <main
      className="tool-main"
      style={{ gridTemplateColumns: columns.join(' '), ['--picture-filter' as string]: filter }}
    >
      {hasLeft ? (
        <>
          <SideStack parts={arrangement.left} />
          <Splitter
            label="Width of the left panels"
            orientation="vertical"
            value={hold(leftWidth)}
            min={LEAST_SIDE_PX}
            max={most}
            step={16}
            perPixel={() => 1 / scale}
            onChange={(leftWidth_px) => layout.change({ leftWidth_px })}
          />
        </>
      ) : null}
      <div
        className="middle"
        style={
          arrangement.hasCamerasBelow
            ? { gridTemplateRows: `minmax(0, 1fr) 5px ${below_px * scale}px` }
            : { gridTemplateRows: 'minmax(0, 1fr)' }
        }
      >
        <StagePanel />
        {arrangement.hasCamerasBelow ? (
          <>
            <Splitter
              label="Height of the cameras"
              orientation="horizontal"
              value={below_px}
              min={LEAST_BELOW_PX}
              max={mostBelow}
              step={16}
              perPixel={() => -1 / scale}
              onChange={(camerasHeight_px) => layout.change({ camerasHeight_px })}
            />
            <CameraStrip rows={below_px > 240 ? 2 : 1} />
          </>
        ) : null}
      </div>
      {hasRight ? (
        <>
          <Splitter
            label="Width of the right panels"
            orientation="vertical"
            value={hold(rightWidth)}
            min={LEAST_SIDE_PX}
            max={most}
            step={16}
            perPixel={() => -1 / scale}
            onChange={(rightWidth_px) => layout.change({ rightWidth_px })}
          />
          <SideStack parts={arrangement.right} />
        </>
      ) : null}
    </main>
  );
}

/** Panels one above the other, with bars between them. */
function SideStack({ parts }: { readonly parts: readonly SidePart[] }) {
  const { layout } = useLabelling();
  const kept = useLayout((value) => value.weights);
  const stack = useRef<HTMLDivElement>(null);
  const weight = (part: SidePart): number => Math.max(kept[part], 0.05);
  const total = parts.reduce((sum, part) => sum + weight(part), 0);
  const rows = parts.map((part) => `minmax(0, ${weight(part) / total}fr)`).join(' 5px ');
  return (
    <div ref={stack} className="side-stack" style={{ gridTemplateRows: rows }}>
      {parts.map((part, index) => {
        const above = parts[index - 1];
        return (
          <Fragment key={part}>
            {above === undefined ? null : (
              <Splitter
                label={`Height of the ${above}`}
                orientation="horizontal"
                value={weight(above) / (weight(above) + weight(part))}
                min={0.12}
                max={0.88}
                step={0.02}
                perPixel={() => {
                  const height =
                    ((weight(above) + weight(part)) / total) * (stack.current?.clientHeight ?? 1);
                  return 1 / Math.max(height, 1);
                }}
                onChange={(share) => {
                  const both = weight(above) + weight(part);
                  const weights = { ...kept, [above]: share * both, [part]: (1 - share) * both };
                  layout.change({ weights });
                }}
              />
            )}
            {PARTS[part]}
          </Fragment>
        );
      })}
    </div>
  );
}

function LabelColumn() {
  const { adjudication } = useLabelling();
  return (
    <div className="left-column">
      {adjudication === null ? null : <AdjudicationPanel adjudication={adjudication} />}
      <LabelPanel />
      <LintPanel />
    </div>
  );
}

const PARTS: Readonly<Record<SidePart, ReactNode>> = {
  labels: <LabelColumn />,
  cameras: <CameraStrip />,
  properties: <PropertiesPanel />,
};

/** The window's size; panels that were made on a larger screen must not push the views out of a smaller one. */
function useScreen(): readonly [number, number] {
  const [size, setSize] = useState<readonly [number, number]>([window.innerWidth, window.innerHeight]);
  useEffect(() => {
    const abort = new AbortController();
    const measure = (): void => setSize([window.innerWidth, window.innerHeight]);
    window.addEventListener('resize', measure, { signal: abort.signal });
    return () => abort.abort();
  }, []);
  return size;
}
