import type { Object3D } from 'three';

/** One kind of thing in the 3D scene: it owns its objects, its GPU buffers and their end. */
export interface Layer {
  readonly object: Object3D;
  dispose(): void;
}
