import type { Camera, Scene } from 'three';

import type { Vec3 } from '../../core/geometry/vec3';
import type { Canvas2d } from '../overlay/canvas2d';
import type { ScreenPoint } from '../picking/viewProjection';
import type { ViewController } from './viewInput';

/** What stands before a view: several views may look into the same one. */
export interface ViewSpace {
  readonly scene: Scene;
  /** Brings it up to date; once in a frame, before its views are drawn. */
  update(): void;
  /** Sets it up for one of its views, right before that is drawn. */
  prepareView(pixelRatio: number, isPerspective: boolean, slabAxis: Vec3 | null): void;
}

/** One rectangle of the stage: a camera into the scene, an overlay, and what the pointer does in it. */
export interface StageView extends ViewController {
  readonly id: string;
  readonly space: ViewSpace;
  readonly camera: Camera;
  readonly isPerspective: boolean;
  /** Along which points before and behind the box are cut away, in the box's frame; null: nothing is. */
  readonly slabAxis: Vec3 | null;
  /** False: there is nothing to look at; only the overlay is drawn. */
  readonly hasScene: boolean;
  /** Where a point of the world is drawn: CSS pixels from the view's top left; null: behind the viewer. */
  toScreen(point_m: Vec3): ScreenPoint | null;
  /** Goes along with what it shows; once in a frame. */
  follow(): void;
  resize(width_px: number, height_px: number): void;
  paintOverlay(canvas: Canvas2d): void;
}
