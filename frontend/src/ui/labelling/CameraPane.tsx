import { ActionIcon, Tooltip } from '@mantine/core';
import { IconArrowsMaximize, IconArrowsMinimize, IconFocusCentered, IconPin } from '@tabler/icons-react';
import { memo, useEffect, useRef, useState } from 'react';

import type { ClipCamera } from '../../core/clip/clip';
import { Value, type Readable } from '../../core/observable';
import { CameraView, type CameraRole, type ShownImage } from '../../render/cameras/cameraView';
import { formatClipTime, formatOffset } from '../format';
import { useLabelling, useLayout, useReadable, useSession } from './hooks';
import { PictureOptions } from './PictureOptions';

/** One camera with its title: name, the exact time of the picture, how far that is from the cursor. */
export const CameraPane = memo(function CameraPane({
  camera,
  role,
  badge,
}: {
  readonly camera: ClipCamera;
  readonly role: CameraRole;
  readonly badge?: string;
}) {
  const labelling = useLabelling();
  const element = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  // Not a state of this part: with every step in time another image is shown, and only its time is drawn anew.
  const [shown] = useState(() => new Value<ShownImage | null>(null));

  useEffect(() => {
    if (element.current === null || picture.current === null || overlay.current === null) return undefined;
    const { editor, loop, pictures, settings, colorOf, pictureListeners, stage } = labelling;
    const view = new CameraView(
      camera,
      role,
      { element: element.current, picture: picture.current, overlay: overlay.current },
      {
        editor,
        loop,
        pictures,
        settings,
        colorOf,
        onImage: (image) => shown.set(image),
        mark: stage.mark,
        clouds: () => stage.scene.clouds.shownClouds(),
      },
    );
    pictureListeners.add(view.requestDraw);
    view.requestDraw();
    return () => {
      pictureListeners.delete(view.requestDraw);
      view.dispose();
    };
  }, [labelling, camera, role, shown]);

  const { width, height } = camera.camera;
  return (
    <figure
      className={`camera camera-${role}`}
      {...(role === 'large' ? {} : { style: { aspectRatio: aspectOf(width, height, role) } })}
      onPointerEnter={() => labelling.stage.highlightCamera(camera.name)}
      onPointerLeave={() => labelling.stage.highlightCamera(null)}
    >
      <div
        ref={element}
        className="view"
        role="application"
        aria-label={`Camera ${camera.name}`}
        data-testid={`camera-${role}-${camera.name}`}
      >
        <canvas ref={picture} className="view-canvas view-picture" />
        <canvas ref={overlay} className="view-canvas" />
      </div>
      <CameraTitle camera={camera} role={role} shown={shown} {...(badge === undefined ? {} : { badge })} />
    </figure>
  );
});

/** Drawn anew when the camera is another; what goes with time is a part of its own. */
const CameraTitle = memo(function CameraTitle({
  camera,
  role,
  shown,
  badge,
}: {
  readonly camera: ClipCamera;
  readonly role: CameraRole;
  readonly shown: Readable<ShownImage | null>;
  readonly badge?: string;
}) {
  const { editor, layout } = useLabelling();
  const isLarge = useSession((session) => session.largeViewId === `camera:${camera.name}`);
  const zooms = useLayout((value) => value.settings.zoomsToSelection);
  const key = editor.clip.cameras.indexOf(camera) + 1;
  const words = isLarge ? 'Back to the usual arrangement' : `Large${key <= 9 ? ` (Alt+${key})` : ''}`;
  return (
    <figcaption className="camera-title">
      <span className="camera-name" title={camera.name}>
        {camera.name}
      </span>
      {badge === undefined ? null : <span className="camera-badge">{badge}</span>}
      <CameraTime shown={shown} />
      {role === 'best' ? <PictureOptions /> : null}
      {role === 'best' ? <PinButton camera={camera.name} /> : null}
      {role === 'best' ? (
        <Tooltip label={zooms ? 'Show the whole picture' : 'Show the selection close up'}>
          <ActionIcon
            size={20}
            variant={zooms ? 'light' : 'subtle'}
            color={zooms ? 'accent' : 'gray'}
            aria-label="Close up of the selection"
            aria-pressed={zooms}
            onClick={() => layout.changeSettings({ zoomsToSelection: !zooms })}
          >
            <IconFocusCentered size={13} />
          </ActionIcon>
        </Tooltip>
      ) : null}
      <Tooltip label={words}>
        <ActionIcon
          size={20}
          variant="subtle"
          color="gray"
          aria-label={`${words}: ${camera.name}`}
          data-testid={`enlarge-${camera.name}`}
          onClick={() => editor.session.set({ largeViewId: isLarge ? null : `camera:${camera.name}` })}
        >
          {isLarge ? <IconArrowsMinimize size={13} /> : <IconArrowsMaximize size={13} />}
        </ActionIcon>
      </Tooltip>
    </figcaption>
  );
});

/** How far the picture is from the time cursor. Plain: every camera has one, and it changes with every step. */
function CameraTime({ shown }: { readonly shown: Readable<ShownImage | null> }) {
  const { editor } = useLabelling();
  const image = useReadable(shown);
  const offset = useSession((session) => (image === null ? '' : formatOffset(image.timeNs - session.timeNs)));
  const exact =
    image === null
      ? 'This camera has no pictures'
      : `Taken at ${formatClipTime(image.timeNs, editor.clip.startNs)} of the clip, ${offset} from the time cursor`;
  return (
    <span className="camera-time" title={exact}>
      {offset}
    </span>
  );
}

/** Shows this camera first, whatever is selected. */
function PinButton({ camera }: { readonly camera: string }) {
  const { pinnedCamera } = useLabelling();
  const isPinned = useReadable(pinnedCamera) === camera;
  const words = isPinned ? 'Show the best camera first again' : 'Keep this camera first';
  return (
    <Tooltip label={words}>
      <ActionIcon
        size={20}
        variant={isPinned ? 'light' : 'subtle'}
        color={isPinned ? 'accent' : 'gray'}
        aria-label="Pin this camera"
        aria-pressed={isPinned}
        onClick={() => pinnedCamera.set(isPinned ? null : camera)}
      >
        <IconPin size={13} />
      </ActionIcon>
    </Tooltip>
  );
}

/** The shape of a picture's place: the picture's own, within bounds, or an upright one would push all others away. */
function aspectOf(width: number, height: number, role: CameraRole): number {
  const aspect = width / height;
  return role === 'best' ? Math.min(2.4, Math.max(1.35, aspect)) : Math.max(1.1, aspect);
}
