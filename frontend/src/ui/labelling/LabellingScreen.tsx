import { useRef } from 'react';

import { Splitter } from '../controls/Splitter';
import { CameraStrip } from './CameraStrip';
import { Header } from './Header';
import { HelpOverlay } from './HelpOverlay';
import { LabelPanel } from './LabelPanel';
import { LintPanel } from './LintPanel';
import { Palette } from './Palette';
import { PropertiesPanel } from './PropertiesPanel';
import { StagePanel } from './StagePanel';
import { TimelinePanel } from './TimelinePanel';
import { Tour } from './Tour';
import { useLabelling, useLayout } from './hooks';
import { useUiScale } from '../look/useLook';
import { useKeys } from './useKeys';
import './labelling.css';
import './help.css';

/** The labelling screen: views in the middle, lists about them, time below. */
export function LabellingScreen() {
  const labelling = useLabelling();
  const { layout } = labelling;
  const left = useLayout((value) => (value.isLeftOpen ? value.leftWidth_px : null));
  const right = useLayout((value) => (value.isRightOpen ? value.rightWidth_px : null));
  const bottom = useLayout((value) => (value.isTimelineOpen ? value.timelineHeight_px : null));
  const camerasShare = useLayout((value) => value.camerasShare);
  const rightPanel = useRef<HTMLDivElement>(null);
  // Widths are kept as they are at the usual scale: a larger scale takes more of the screen for the same words.
  const scale = useUiScale();
  useKeys(labelling);
  const columns = [
    left === null ? '' : `${left * scale}px 5px`,
    'minmax(0, 1fr)',
    right === null ? '' : `5px ${right * scale}px`,
  ];
  return (
    <div className="tool" onClick={letGo}>
      <Header />
      <main className="tool-main" style={{ gridTemplateColumns: columns.join(' ') }}>
        {left === null ? null : (
          <>
            <div className="left-column">
              <LabelPanel />
              <LintPanel />
            </div>
            <Splitter
              label="Width of the label list"
              orientation="vertical"
              value={left}
              min={150}
              max={480}
              step={16}
              perPixel={() => 1 / scale}
              onChange={(leftWidth_px) => layout.change({ leftWidth_px })}
            />
          </>
        )}
        <StagePanel />
        {right === null ? null : (
          <>
            <Splitter
              label="Width of the cameras"
              orientation="vertical"
              value={right}
              min={240}
              max={800}
              step={16}
              perPixel={() => -1 / scale}
              onChange={(rightWidth_px) => layout.change({ rightWidth_px })}
            />
            <div
              ref={rightPanel}
              className="right-panel"
              style={{
                gridTemplateRows: `minmax(0, ${camerasShare}fr) 5px minmax(0, ${1 - camerasShare}fr)`,
              }}
            >
              <CameraStrip />
              <Splitter
                label="Height of the cameras"
                orientation="horizontal"
                value={camerasShare}
                min={0.2}
                max={0.85}
                step={0.02}
                perPixel={() => 1 / Math.max(rightPanel.current?.clientHeight ?? 1, 1)}
                onChange={(share) => layout.change({ camerasShare: share })}
              />
              <PropertiesPanel />
            </div>
          </>
        )}
      </main>
      {bottom === null ? null : (
        <>
          <Splitter
            label="Height of the timeline"
            orientation="horizontal"
            value={bottom}
            min={96}
            max={320}
            step={8}
            perPixel={() => -1 / scale}
            onChange={(timelineHeight_px) => layout.change({ timelineHeight_px })}
          />
          <div style={{ height: bottom * scale }}>
            <TimelinePanel />
          </div>
        </>
      )}
      <HelpOverlay />
      <Palette />
      <Tour />
    </div>
  );
}

/** After a click of the pointer the keys belong to the views again; who works by the keyboard keeps the focus. */
function letGo(event: React.MouseEvent): void {
  const isByPointer = event.detail > 0;
  if (isByPointer && event.target instanceof Element)
    event.target.closest<HTMLElement>('.row button')?.blur();
}
