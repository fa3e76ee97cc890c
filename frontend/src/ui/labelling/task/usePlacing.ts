import { useEffect, useState } from 'react';

import { intersectRayGround } from '../../../core/geometry/ray';
import type { Vec3 } from '../../../core/geometry/vec3';
import type { Labelling } from '../labelling';
import { useLabelling } from '../hooks';

const VIEWS = '.stage, .cameras';
const CAMERA = 'camera:';
/** How often the ground under the ray's end is asked again: it isn't flat. */
const ROUNDS = 4;

/** Where a comment is to be: a place in the world, and the camera whose picture was clicked. */
export interface Place {
  readonly position_m: Vec3;
  /** Empty: it was clicked in 3D, and shows in all pictures. */
  readonly camera: string;
}

/** Asks for a place by a click into any view; the click does nothing else. Escape or another press of the button ends it. */
export function usePlacing(): {
  readonly isPlacing: boolean;
  readonly place: Place | null;
  readonly setPlacing: (isPlacing: boolean) => void;
  readonly clear: () => void;
} {
  const labelling = useLabelling();
  const [isPlacing, setPlacing] = useState(false);
  const [place, setPlace] = useState<Place | null>(null);
  useEffect(() => {
    if (!isPlacing) return undefined;
    const abort = new AbortController();
    const options = { capture: true, signal: abort.signal };
    document.body.classList.add('is-placing');
    window.addEventListener(
      'pointerdown',
      (event) => {
        if (!(event.target instanceof Element) || event.target.closest(VIEWS) === null || event.button !== 0)
          return;
        event.preventDefault();
        event.stopPropagation();
        const found = placeUnder(labelling);
        if (found === null) {
          labelling.notice.set({ words: 'There is neither a point nor the ground there' });
          return;
        }
        setPlace(found);
        setPlacing(false);
      },
      options,
    );
    window.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        setPlacing(false);
      },
      options,
    );
    return () => {
      abort.abort();
      document.body.classList.remove('is-placing');
    };
  }, [isPlacing, labelling]);
  useEffect(() => {
    const { session } = labelling.editor;
    const { timeNs } = session.get();
    session.set({
      draftPin: place === null ? null : { id: 'draft', sign: '+', fromNs: timeNs, toNs: timeNs, ...place },
    });
    return () => session.set({ draftPin: null });
  }, [place, labelling]);
  return { isPlacing, place, setPlacing, clear: () => setPlace(null) };
}

/** What the pointer is at: the point of the cloud under it, else where its ray meets the ground. */
function placeUnder(labelling: Labelling): Place | null {
  const mark = labelling.stage.mark.get();
  if (mark === null) return null;
  const camera = mark.viewId.startsWith(CAMERA) ? mark.viewId.slice(CAMERA.length) : '';
  if (mark.point_m !== null) return { position_m: mark.point_m, camera };
  if (mark.ray === null) return null;
  const { ground } = labelling.editor;
  let height_m = ground.zAt(mark.ray.origin_m[0], mark.ray.origin_m[1]);
  let hit: Vec3 | null = null;
  for (let round = 0; round < ROUNDS && height_m !== null; round += 1) {
    hit = intersectRayGround(mark.ray, height_m);
    if (hit === null) return null;
    height_m = ground.zAt(hit[0], hit[1]) ?? height_m;
  }
  return hit === null ? null : { position_m: hit, camera };
}
