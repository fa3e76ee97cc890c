import type { Editor } from '../../core/editor';
import { boxPoint } from '../../core/geometry/box';
import type { BoxState } from '../../core/geometry/box';
import { intersectRayPlane, type Ray } from '../../core/geometry/ray';
import type { Vec3 } from '../../core/geometry/vec3';
import type { Hit, ViewRef } from '../../core/tools/input';
import { handleSigns, isSideHandle } from '../../core/tools/handles';
import type { Readable } from '../../core/observable';
import { paintMark } from '../overlay/markInSpace';
import { paintPins } from '../overlay/pinMarks';
import type { PointerMark } from '../pointerMark';
import type { Canvas2d } from '../overlay/canvas2d';
import { paintOrthoOutline } from '../overlay/orthoMarks';
import { paintScaleBar } from '../overlay/scaleBar';
import { orthoHandleAt, orthoOutline, type OrthoOutline } from '../picking/orthoHandles';
import type { VisibleBox } from '../shownBoxes';
import { OrthoCamera, type OrthoSide } from './orthoCamera';
import { resizeCursor } from './screenCursor';
import type { ScreenPoint } from '../picking/viewProjection';
import type { StageView, ViewSpace } from './stageView';
import type { ViewDrag } from './viewInput';

export interface OrthoViewPorts {
  readonly editor: Editor;
  readonly space: ViewSpace;
  /** The box that is looked at. */
  readonly selected: () => VisibleBox | null;
  readonly requestDraw: () => void;
  /** What is pointed at in another view. */
  readonly mark?: Readable<PointerMark | null>;
  /** A small view: the box alone, without measures and scale. */
  readonly isCompact?: boolean;
  /** What it is called where that isn't its side. */
  readonly id?: string;
  /** Told of a press before anything comes of it. */
  readonly onPress?: () => void;
}

/** The selected box grew or shrank by more than this against what the view was fitted to: it is fitted anew. */
const REFIT = 1.6;
/** The title and the dimensions take a line at the top and one at the bottom. */
const TITLE_ROOM_PX = 44;
const COMPACT_ROOM_PX = 6;

/** The selected box along one of its axes: its sides, corners and heading are pulled directly. */
export class OrthoView implements StageView {
  readonly id: string;
  readonly side: OrthoSide;
  readonly isPerspective = false;
  readonly ortho: OrthoCamera;
  readonly #ports: OrthoViewPorts;
  #fitted: { readonly labelId: string; readonly size_m: Vec3 } | null = null;
  #height_px = 1;

  constructor(side: OrthoSide, ports: OrthoViewPorts) {
    this.id = ports.id ?? side;
    this.side = side;
    this.#ports = ports;
    this.ortho = new OrthoCamera(side, ports.isCompact === true ? COMPACT_ROOM_PX : TITLE_ROOM_PX);
  }

  get space(): ViewSpace {
    return this.#ports.space;
  }

  get camera(): OrthoCamera['camera'] {
    return this.ortho.camera;
  }

  get slabAxis(): Vec3 {
    return this.ortho.axis;
  }

  get hasScene(): boolean {
    return this.ortho.frame !== null;
  }

  /** Follows the selected box, but holds still while it is dragged. */
  follow(): void {
    const selected = this.#ports.selected();
    if (selected === null) {
      this.#fitted = null;
      this.ortho.setFrame(null);
      return;
    }
    if (this.#ports.editor.isGesture.get() && this.ortho.frame !== null) return;
    if (this.#fitted === null || this.#needsRefit(selected.labelId, selected.state)) {
      if (this.#fitted?.labelId !== selected.labelId) this.ortho.reset();
      this.#fitted = { labelId: selected.labelId, size_m: selected.state.size_m };
    }
    this.ortho.setFrame({ ...selected.state, size_m: this.#fitted.size_m });
  }

  resize(width_px: number, height_px: number): void {
    this.ortho.resize(width_px, height_px);
    this.#height_px = height_px;
  }

  viewRef(): ViewRef {
    return { id: this.id, kind: 'ortho' };
  }

  toScreen(point_m: Vec3): ScreenPoint | null {
    return this.ortho.frame === null ? null : this.ortho.toScreen(point_m);
  }

  rayThrough(x_px: number, y_px: number): Ray | null {
    return this.ortho.frame === null ? null : this.ortho.rayThrough(x_px, y_px);
  }

  hitAt(x_px: number, y_px: number): Hit {
    const selected = this.#ports.selected();
    const outline = this.#outline();
    if (selected === null || outline === null) return { kind: 'none' };
    const handle = orthoHandleAt(outline, [x_px, y_px]);
    if (handle === null) return { kind: 'none' };
    const point_m = this.#inPlane(x_px, y_px, selected.state.position_m);
    return { kind: 'handle', labelId: selected.labelId, handle, point_m };
  }

  pressOwn(): boolean {
    this.#ports.onPress?.();
    return false;
  }

  dragView(_kind: ViewDrag, dx_px: number, dy_px: number): void {
    this.ortho.pan(dx_px, dy_px);
    this.#ports.requestDraw();
  }

  zoomAt(factor: number, x_px: number, y_px: number): void {
    this.ortho.zoomAt(factor, x_px, y_px);
    this.#ports.requestDraw();
  }

  doubleClick(): void {
    this.#fitted = null;
    this.ortho.reset();
    this.#ports.requestDraw();
  }

  cursorFor(hit: Hit): string | null {
    const selected = this.#ports.selected();
    if (hit.kind !== 'handle' || selected === null || this.#ports.editor.lockedReason(hit.labelId) !== null)
      return null;
    if (!isSideHandle(hit.handle)) return null;
    const centre = this.ortho.toScreen(selected.state.position_m);
    const side = this.ortho.toScreen(boxPoint(selected.state, handleSigns(hit.handle)));
    return centre === null || side === null ? null : resizeCursor(centre, side);
  }

  paintOverlay(canvas: Canvas2d): void {
    canvas.clear();
    const selected = this.#ports.selected();
    const outline = this.#outline();
    if (selected === null || outline === null) return;
    const { hover } = this.#ports.editor.session.get();
    const isEditable = this.#ports.editor.lockedReason(selected.labelId) === null;
    paintOrthoOutline(canvas, outline, {
      color: selected.color,
      hovered: hover?.labelId === selected.labelId ? hover.handle : null,
      isEditable,
      isProposed: selected.isProposed,
      state: selected.state,
      side: this.side,
      isCompact: this.#ports.isCompact === true,
    });
    paintMark(canvas, this, this.#ports.mark?.get() ?? null);
    if (this.#ports.isCompact !== true) paintPins(canvas.context, this, this.#ports.editor.session.get());
    if (this.#ports.isCompact !== true)
      paintScaleBar(canvas.context, this.ortho.metresPerPixel, this.#height_px);
  }

  #outline(): OrthoOutline | null {
    const selected = this.#ports.selected();
    if (selected === null || this.ortho.frame === null) return null;
    return orthoOutline(selected.state, this.ortho);
  }

  #inPlane(x_px: number, y_px: number, through_m: Vec3): Vec3 {
    const ray = this.ortho.rayThrough(x_px, y_px);
    return intersectRayPlane(ray, through_m, ray.direction) ?? through_m;
  }

  #needsRefit(labelId: string, state: BoxState): boolean {
    const fitted = this.#fitted;
    if (fitted?.labelId !== labelId) return true;
    return state.size_m.some((size, axis) => {
      const ratio = size / fitted.size_m[axis]!;
      return ratio > REFIT || ratio < 1 / REFIT;
    });
  }
}
