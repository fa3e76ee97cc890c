import type { Object3D } from 'three';

/** Three's layer of what only the free 3D view shows; everything else is on layer 0. */
export const WORLD_ONLY = 1;

/** One kind of thing in the 3D scene: it owns its objects, its GPU buffers and their end. */
export interface Layer {
  readonly object: Object3D;
  dispose(): void;
}

/** Three's layer of what the view of an object over all times shows, and nothing else. */
export const AGGREGATE = 2;
