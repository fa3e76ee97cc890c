import { memo, useCallback, useEffect, useRef, useSyncExternalStore } from 'react';

import type { ClipCamera } from '../../core/clip/clip';
import { isCuboid, type Label } from '../../core/document/label';
import { bestCamera } from '../../render/cameras/bestCamera';
import { CameraPane } from './CameraPane';
import { useLabelling, useReadable, useSession } from './hooks';

/** All cameras: the one that shows the selection best on top, the others in the rig's own order, where they stay. */
export function CameraStrip({ rows }: { readonly rows?: number }) {
  const { cameras } = useLabelling().editor.clip;
  if (cameras.length === 0) return <p className="panel-empty">This clip has no cameras.</p>;
  return (
    <div
      className="cameras"
      aria-label="Cameras"
      data-testid="cameras"
      {...(rows === undefined ? {} : { 'data-below': true, style: { ['--camera-rows' as string]: rows } })}
    >
      <BestCamera />
      {cameras.length > 1 ? <CameraGrid cameras={cameras} /> : null}
    </div>
  );
}

const CameraGrid = memo(function CameraGrid({ cameras }: { readonly cameras: readonly ClipCamera[] }) {
  return (
    <div className="camera-grid">
      {cameras.map((camera) => (
        <CameraPane key={camera.name} camera={camera} role="strip" />
      ))}
    </div>
  );
});

function BestCamera() {
  const { cameras } = useLabelling().editor.clip;
  const best = useBestCamera();
  const pinned = useReadable(useLabelling().pinnedCamera);
  const hasSelection = useSession((session) => session.selection.length > 0);
  const camera = cameras.find((candidate) => candidate.name === (pinned ?? best)) ?? cameras[0];
  const labelling = useLabelling();
  const name = camera?.name ?? null;
  useEffect(() => {
    labelling.firstCamera = name;
  }, [labelling, name]);
  if (camera === undefined) return null;
  const isBest = hasSelection && camera.name === best;
  const badge = pinned !== null ? 'pinned' : isBest ? 'best' : null;
  return <CameraPane key={camera.name} camera={camera} role="best" {...(badge === null ? {} : { badge })} />;
}

/** The camera that shows the selected label best; held while the label is dragged and while time plays. */
function useBestCamera(): string | null {
  const { editor } = useLabelling();
  const last = useRef<string | null>(null);
  /** What `last` was found for. */
  const seen = useRef<{ readonly label: Label; readonly timeNs: bigint } | null>(null);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = [
        editor.session.subscribe(listener),
        editor.document.subscribe(listener),
        editor.isGesture.subscribe(listener),
      ];
      return () => stops.forEach((stop) => stop());
    },
    [editor],
  );
  return useSyncExternalStore(subscribe, () => {
    const { timeNs, isPlaying } = editor.session.get();
    const label = editor.shownSelectedLabel();
    if (editor.isGesture.get() || isPlaying || !isCuboid(label)) return last.current;
    if (seen.current?.label === label && seen.current.timeNs === timeNs) return last.current;
    seen.current = { label, timeNs };
    last.current =
      bestCamera(editor.clip, label, timeNs, last.current, editor.document.labels().values()) ?? last.current;
    return last.current;
  });
}
