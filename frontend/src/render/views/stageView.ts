import type { Camera } from 'three';

import type { Vec3 } from '../../core/geometry/vec3';
import type { Canvas2d } from '../overlay/canvas2d';
import type { ScreenPoint } from '../picking/viewProjection';
import type { ViewController } from './viewInput';

/** One rectangle of the stage: a camera into the scene, an overlay, and what the pointer does in it. */
export interface StageView extends ViewController {
  readonly id: string;
  readonly camera: Camera;
  readonly isPerspective: boolean;
  /** Along which points before and behind the box are cut away, in the box's frame; null: nothing is. */
  readonly slabAxis: readonly [number, number, number] | null;
  /** False: there is nothing to look at; only the overlay is drawn. */
  readonly hasScene: boolean;
  /** Where a point of the world is drawn: CSS pixels from the view's top left; null: behind the viewer. */
  toScreen(point_m: Vec3): ScreenPoint | null;
  resize(width_px: number, height_px: number): void;
  paintOverlay(canvas: Canvas2d): void;
}
