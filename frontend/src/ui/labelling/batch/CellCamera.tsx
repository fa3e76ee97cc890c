import { memo, useEffect, useRef } from 'react';

import type { CuboidLabel } from '../../../core/document/label';
import { bestCamera } from '../../../render/cameras/bestCamera';
import { CameraView } from '../../../render/cameras/cameraView';
import { useLabelling, useReadable } from '../hooks';

/** The label close up in the camera that shows it best at the cell's time. */
export const CellCamera = memo(function CellCamera({
  label,
  timeNs,
  index,
}: {
  readonly label: CuboidLabel;
  readonly timeNs: bigint;
  readonly index: number;
}) {
  const labelling = useLabelling();
  const name = useCellCamera(label, timeNs);
  const element = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const camera = labelling.editor.clip.cameras.find((candidate) => candidate.name === name);
    if (camera === undefined || !element.current || !picture.current || !overlay.current) return undefined;
    const { editor, loop, pictures, settings, colorOf, pictureListeners } = labelling;
    const view = new CameraView(
      camera,
      'cell',
      { element: element.current, picture: picture.current, overlay: overlay.current },
      {
        editor,
        loop,
        pictures,
        settings,
        colorOf,
        timeNs,
        onPress: () => editor.session.set({ timeNs, isPlaying: false }),
        onImage: () => undefined,
      },
    );
    pictureListeners.add(view.requestDraw);
    view.requestDraw();
    return () => {
      pictureListeners.delete(view.requestDraw);
      view.dispose();
    };
  }, [labelling, name, timeNs]);

  if (name === null) return <p className="view-hint">In no picture</p>;
  return (
    <>
      <div
        ref={element}
        className="view"
        role="application"
        aria-label={`Camera ${name}, close up`}
        data-testid={`camera-cell-${index}`}
        data-camera={name}
      >
        <canvas ref={picture} className="view-canvas view-picture" />
        <canvas ref={overlay} className="view-canvas" />
      </div>
      <span className="batch-camera-name">{name}</span>
    </>
  );
});

/** The camera that shows the label best at a time; held while the label is dragged. */
function useCellCamera(label: CuboidLabel, timeNs: bigint): string | null {
  const { editor } = useLabelling();
  const isGesture = useReadable(editor.isGesture);
  const held = useRef<{ readonly label: CuboidLabel; readonly name: string | null } | null>(null);
  if (held.current === null || (!isGesture && held.current.label !== label)) {
    held.current = {
      label,
      name: bestCamera(
        editor.clip,
        label,
        timeNs,
        held.current?.name ?? null,
        editor.document.labels().values(),
      ),
    };
  }
  return held.current.name;
}
