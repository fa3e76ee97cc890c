import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';

import { isCuboid } from '../../core/document/label';
import type { StageViewId } from '../../render/stage';
import { Splitter } from '../controls/Splitter';
import { BatchPanel } from './batch/BatchPanel';
import { CameraPane } from './CameraPane';
import { CloudBar } from './CloudBar';
import { Hud } from './Hud';
import { useLabelling, useLayout, useReadable, useSelected, useSelectedLabel, useSession } from './hooks';
import { cameraOfView } from './viewOperations';
import { afterFirstPicture } from './afterPaint';

const TITLES: Readonly<Record<StageViewId, string>> = {
  world: '3D',
  aggregate: 'All times',
  top: 'Top',
  side: 'Side',
  front: 'Front',
};
const ORTHOS = ['top', 'side', 'front'] as const;

/** The middle: the 3D view, the selection from three sides, or one view large. */
export function StagePanel() {
  const { stage, layout, editor, batch, pictureListeners } = useLabelling();
  const isBatch = useSelected(batch, (state) => state.isOpen);
  const share = useLayout((value) => value.orthoShare);
  const isOrthoOpen = useLayout((value) => value.isOrthoOpen);
  const largeId = useSession((session) => session.largeViewId);
  const largeCamera = editor.clip.cameras.find((camera) => camera.name === cameraOfView(largeId)) ?? null;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [failure, setFailure] = useState<string | null>(null);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    let release: (() => void) | null = null;
    // Making a GPU context takes a while: panels and pictures come first.
    const stop = afterFirstPicture(pictureListeners, () => {
      try {
        release = stage.attachCanvas(element);
      } catch (error) {
        setFailure(error instanceof Error ? error.message : String(error));
      }
    });
    return () => {
      stop();
      release?.();
    };
  }, [stage, pictureListeners]);

  const isLost = useReadable(stage.isContextLost);
  const showsAggregate = useLayout((value) => value.settings.showsAggregate);
  const places: readonly StageViewId[] = [
    'world',
    ...ORTHOS,
    ...(showsAggregate ? (['aggregate'] as const) : []),
  ];
  const isPlace = isOrthoOpen && largeId !== 'world' && places.some((id) => id === largeId);
  const large: string = largeCamera === null ? (isPlace ? (largeId ?? 'world') : 'world') : 'camera';
  const small = places.filter((id) => id !== large);
  const showsSmall = isOrthoOpen && !isBatch;
  return (
    <div
      ref={frame}
      className="stage"
      style={{
        gridTemplateColumns: `repeat(${showsSmall ? small.length : 1}, minmax(0, 1fr))`,
        gridTemplateRows: showsSmall
          ? `minmax(0, ${1 - share}fr) 5px minmax(0, ${share}fr)`
          : 'minmax(0, 1fr)',
      }}
    >
      <canvas ref={canvas} className="stage-canvas" aria-hidden />
      {failure === null ? null : (
        <p className="stage-failure" role="alert">
          The 3D view needs WebGL 2, which this browser does not give: {failure}. Cameras and lists still
          work.
        </p>
      )}
      {isLost ? (
        <p className="stage-failure" role="alert" data-testid="graphics-lost">
          The graphics card let this page go; the 3D views come back with it. Your labels are safe, and
          cameras and lists still work. If it takes long, reload the page.
        </p>
      ) : null}
      {isBatch ? (
        <div className="stage-large" style={{ gridColumn: '1 / -1', gridRow: 1 }}>
          <BatchPanel />
          <Hud />
        </div>
      ) : (
        <div className="stage-large" style={{ gridColumn: '1 / -1', gridRow: 1 }} data-large={large}>
          {largeCamera === null ? (
            <StageCell key={large} id={large as StageViewId} isLarge />
          ) : (
            <CameraPane key={largeCamera.name} camera={largeCamera} role="large" />
          )}
          {large === 'world' ? <CloudBar /> : null}
          <Hud />
        </div>
      )}
      {showsSmall ? (
        <>
          <div style={{ gridColumn: '1 / -1', gridRow: 2 }}>
            <Splitter
              label="Height of the views of the selection"
              orientation="horizontal"
              value={share}
              min={0.15}
              max={0.7}
              step={0.02}
              perPixel={() => -1 / Math.max(frame.current?.clientHeight ?? 1, 1)}
              onChange={(orthoShare) => layout.change({ orthoShare })}
            />
          </div>
          {small.map((id) => (
            <div key={id} className="stage-small" style={{ gridRow: 3 }}>
              <StageCell id={id} isLarge={false} />
            </div>
          ))}
        </>
      ) : null}
    </div>
  );
}

/** One view of the stage: React gives it its place, the stage draws it. */
function StageCell({ id, isLarge }: { readonly id: StageViewId; readonly isLarge: boolean }) {
  const { stage, editor } = useLabelling();
  const element = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const title = TITLES[id];

  useEffect(() => {
    if (element.current === null || overlay.current === null) return undefined;
    return stage.attachView(id, element.current, overlay.current);
  }, [stage, id]);

  const words = isLarge ? `Back to the usual arrangement` : `${title} view large`;
  return (
    <>
      <div
        ref={element}
        className="view"
        role="application"
        aria-label={id === 'world' ? '3D view' : `${title} view of the selection`}
        data-testid={`view-${id}`}
      >
        <canvas ref={overlay} className="view-canvas" />
      </div>
      <div className="view-title">
        {isLarge && id === 'world' ? null : title}
        {id === 'world' && isLarge ? null : (
          <Tooltip label={words}>
            <ActionIcon
              size={20}
              variant="subtle"
              color="gray"
              aria-label={words}
              onClick={() => editor.session.set({ largeViewId: isLarge || id === 'world' ? null : id })}
            >
              {isLarge ? <IconArrowsMinimize size={13} /> : <IconArrowsMaximize size={13} />}
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {id === 'world' ? null : <OrthoHint />}
    </>
  );
}

/** Why there is nothing to see. */
function OrthoHint() {
  const label = useSelectedLabel();
  const hint = useOrthoHint(isCuboid(label));
  return hint === null ? null : <p className="view-hint">{hint}</p>;
}

function useOrthoHint(hasBox: boolean): string | null {
  const { stage, editor } = useLabelling();
  useReadable(editor.session);
  if (!hasBox) return 'Select a box';
  const [id] = editor.session.get().selection;
  if (id !== undefined && editor.session.get().hidden.has(id)) return 'The box is hidden';
  return stage.existsNow(id ?? null) ? null : 'Not there at this time';
}
