import { useRef } from 'react';

import { isCuboid } from '../../core/document/label';
import { bestCamera } from '../../render/cameras/bestCamera';
import { CameraPane } from './CameraPane';
import { useLabelling, useReadable, useSelectedLabel, useSession } from './hooks';

/** All cameras: the one that shows the selection best on top, the others in the rig's own order, where they stay. */
export function CameraStrip() {
  const { editor } = useLabelling();
  const { cameras } = editor.clip;
  const best = useBestCamera();
  const camera = cameras.find((candidate) => candidate.name === best) ?? cameras[0];
  const hasSelection = useSession((session) => session.selection.length > 0);
  if (camera === undefined) return <p className="panel-empty">This clip has no cameras.</p>;
  return (
    <div className="cameras" aria-label="Cameras">
      <CameraPane
        key={`best ${camera.name}`}
        camera={camera}
        role="best"
        {...(hasSelection && best !== null ? { badge: 'best' } : {})}
      />
      {cameras.length > 1 ? (
        <div className="camera-grid">
          {cameras.map((item) => (
            <CameraPane key={item.name} camera={item} role="strip" />
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** The camera that shows the selected label best; held while the label is dragged. */
function useBestCamera(): string | null {
  const { editor } = useLabelling();
  const label = useSelectedLabel();
  const timeNs = useSession((session) => session.timeNs);
  const isGesture = useReadable(editor.isGesture);
  const last = useRef<string | null>(null);
  if (isGesture) return last.current;
  if (isCuboid(label)) last.current = bestCamera(editor.clip, label, timeNs, last.current) ?? last.current;
  return last.current;
}
