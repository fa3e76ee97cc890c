import type { Editor } from '../../core/editor';
import type { Ray } from '../../core/geometry/ray';
import { yawOf } from '../../core/geometry/quat';
import type { Vec3 } from '../../core/geometry/vec3';
import type { Hit, ViewRef } from '../../core/tools/input';
import { AGGREGATE } from '../layers/layer';
import type { Canvas2d } from '../overlay/canvas2d';
import { paintTag } from '../overlay/marks';
import type { ScreenPoint } from '../picking/viewProjection';
import type { ClipScene } from '../scene';
import { OrbitCamera } from './orbitCamera';
import type { StageView } from './stageView';

/** The points of the selected object from all its times, to be turned about: its true shape. */
export class AggregateView implements StageView {
  readonly id = 'aggregate';
  readonly isPerspective = true;
  readonly slabAxis = null;
  readonly space: ClipScene;
  readonly #orbit = new OrbitCamera({ target_m: [0, 0, 0], distance_m: 8, yaw_rad: 0.6, pitch_rad: 0.5 });
  readonly #requestDraw: () => void;
  readonly #editor: Editor;
  /** The heading of the box when it was last looked at: the view turns with it. */
  #heading_rad = 0;
  #fitted: { readonly labelId: string; readonly reach_m: number } | null = null;

  constructor(space: ClipScene, editor: Editor, requestDraw: () => void) {
    this.space = space;
    this.#editor = editor;
    this.#requestDraw = requestDraw;
    this.#orbit.camera.layers.set(AGGREGATE);
  }

  get camera(): OrbitCamera['camera'] {
    return this.#orbit.camera;
  }

  get hasScene(): boolean {
    return this.space.selected !== null;
  }

  /** Stays with the box, as it lies. */
  follow(): void {
    const { selected } = this.space;
    if (selected === null || this.#editor.isGesture.get()) return;
    const heading = yawOf(selected.state.quat_xyzw);
    const reach_m = Math.hypot(...selected.state.size_m);
    const isNew =
      this.#fitted?.labelId !== selected.labelId || Math.abs(reach_m / this.#fitted.reach_m - 1) > 0.5;
    this.#orbit.setPose({
      target_m: selected.state.position_m,
      yaw_rad: this.#orbit.pose.yaw_rad + heading - this.#heading_rad,
      ...(isNew ? { distance_m: Math.max(1.6, 1.5 * reach_m) } : {}),
    });
    this.#heading_rad = heading;
    if (isNew) this.#fitted = { labelId: selected.labelId, reach_m };
  }

  resize(width_px: number, height_px: number): void {
    this.#orbit.resize(width_px, height_px);
  }

  viewRef(): ViewRef {
    return { id: this.id, kind: 'world' };
  }

  toScreen(point_m: Vec3): ScreenPoint | null {
    return this.#orbit.toScreen(point_m);
  }

  rayThrough(x_px: number, y_px: number): Ray {
    return this.#orbit.rayThrough(x_px, y_px);
  }

  /** It is for looking: the sides are pulled in the other views. */
  hitAt(): Hit {
    return { kind: 'none' };
  }

  /** A click in it selects nothing else. */
  pressOwn(): boolean {
    return false;
  }

  dragView(kind: 'turn' | 'pan', dx_px: number, dy_px: number): void {
    if (kind === 'turn') this.#orbit.orbit(dx_px, dy_px);
    else this.#orbit.pan(dx_px, dy_px);
    this.#requestDraw();
  }

  zoomAt(factor: number): void {
    this.#orbit.zoom(factor, this.#orbit.pose.target_m);
    this.#requestDraw();
  }

  doubleClick(): void {
    this.#fitted = null;
    this.#requestDraw();
  }

  cursorFor(): string | null {
    return 'grab';
  }

  paintOverlay(canvas: Canvas2d): void {
    canvas.clear();
    if (this.space.selected === null) return;
    const count = this.space.aggregate.pointCount;
    const words = count === 0 ? 'no points yet' : `${count.toLocaleString('en')} points`;
    paintTag(canvas.context, words, [canvas.width_px - 4, canvas.height_px - 14], { align: 'right' });
  }
}
