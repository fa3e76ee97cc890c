import { Splitter } from '../controls/Splitter';
import { Header } from './Header';
import { HelpOverlay } from './HelpOverlay';
import { Palette } from './Palette';
import { TaskBar } from './task/TaskBar';
import { TimelinePanel } from './TimelinePanel';
import { Tour } from './Tour';
import { useLabelling, useLayout } from './hooks';
import { useUiScale } from '../look/useLook';
import { useKeys } from './useKeys';
import { Workspace } from './Workspace';
import './labelling.css';
import './help.css';

/** The labelling screen: views in the middle, lists about them, time below. */
export function LabellingScreen() {
  const labelling = useLabelling();
  const { layout } = labelling;
  const bottom = useLayout((value) => (value.isTimelineOpen ? value.timelineHeight_px : null));
  // Widths are kept as they are at the usual scale: a larger scale takes more of the screen for the same words.
  const scale = useUiScale();
  useKeys(labelling);
  return (
    <div className="tool" onClick={letGo}>
      <Header />
      <TaskBar />
      <Workspace />
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
