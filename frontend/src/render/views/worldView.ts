import { colorOfPerson } from '../../core/presence/presence';
import type { Editor, Viewpoint } from '../../core/editor';
import { trackOf } from '../../core/geometry/track';
import { isCuboid, type Label } from '../../core/document/label';
import { intersectRayGround, pointOnRay, type Ray } from '../../core/geometry/ray';
import { yawOf } from '../../core/geometry/quat';
import { add, distance, subtract, type Vec3 } from '../../core/geometry/vec3';
import type { Readable, Value } from '../../core/observable';
import type { Hit, ViewRef } from '../../core/tools/input';
import type { Canvas2d } from '../overlay/canvas2d';
import { gizmoAxisAt, paintGizmo, type GizmoAxis } from '../overlay/gizmo';
import { paintScaleBar } from '../overlay/scaleBar';
import {
  paintBoxCursor,
  paintHoverTag,
  paintOthersBox,
  paintPerspectiveHandles,
} from '../overlay/worldMarks';
import { grabPoint, handleAt, perspectiveHandles, type HandleSpot } from '../picking/boxHandles';
import { pickLabel } from '../picking/pickLabel';
import { pickNearby } from '../picking/pickNearby';
import { pickPoint } from '../picking/pickPoint';
import { pickTilePoint } from '../picking/pickTilePoint';
import { paintMark } from '../overlay/markInSpace';
import { paintPins } from '../overlay/pinMarks';
import type { PointerMark } from '../pointerMark';
import type { ClipScene } from '../scene';
import type { ViewSettings } from '../viewSettings';
import { FlightControl } from './flightControl';
import { OrbitCamera, type OrbitPose } from './orbitCamera';
import { PoseGlide } from './poseGlide';
import { screenCursor } from './screenCursor';
import type { ScreenPoint } from '../picking/viewProjection';
import type { StageView } from './stageView';
import type { ViewDrag } from './viewInput';

/** A point within this of the pointer is meant. */
const POINT_RADIUS_PX = 6;
/** A click this near to the points of an object, on screen and in the world, means it. */
const NEARBY_PX = 40;
const NEARBY_M = 0.6;
/** Lower than this above the ground is ground. */
const GROUND_BAND_M = 0.25;

export interface WorldViewPorts {
  readonly editor: Editor;
  readonly scene: ClipScene;
  readonly settings: Readable<ViewSettings>;
  readonly titleOf: (className: string) => string;
  readonly requestDraw: () => void;
  /** What is pointed at in one view, for the others. */
  readonly mark: Value<PointerMark | null>;
}

/** The free 3D view. */
export class WorldView implements StageView {
  readonly id = 'world';
  readonly isPerspective = true;
  readonly slabAxis = null;
  readonly hasScene = true;
  readonly orbit: OrbitCamera;
  readonly #ports: WorldViewPorts;
  #width_px = 1;
  #height_px = 1;
  #followed_m: Vec3 | null = null;
  #followedWhat = '';
  readonly flight: FlightControl;
  /** On the way to where a key or a button sent it. */
  #glide: PoseGlide | null = null;
  #lastFrame_ms: number | null = null;

  constructor(ports: WorldViewPorts) {
    this.#ports = ports;
    this.orbit = new OrbitCamera({ target_m: [0, 0, 0], distance_m: 38, yaw_rad: 0, pitch_rad: 0.62 });
    this.orbit.setPose(this.#behindEgo());
    this.flight = new FlightControl(this.orbit, ports.requestDraw);
  }

  get space(): ClipScene {
    return this.#ports.scene;
  }

  get camera(): OrbitCamera['camera'] {
    return this.orbit.camera;
  }

  /** Behind the ego, looking along its way. */
  resetPose(): void {
    this.#glideTo(this.#behindEgo());
  }

  /** Begins to fly from where one is; a second time: ends. */
  toggleFlight(element: HTMLElement | null): void {
    if (this.#glide !== null) this.#jumpTo(this.#glide.goal);
    this.flight.toggle(element);
  }

  /** What moves by itself moves on: called in every frame that is drawn. */
  advance(time_ms: number): void {
    const elapsed_s = this.#lastFrame_ms === null ? 0 : (time_ms - this.#lastFrame_ms) / 1000;
    this.#lastFrame_ms = time_ms;
    if (this.#glide !== null) {
      const { pose, isDone } = this.#glide.at(time_ms);
      this.orbit.setPose(pose);
      if (isDone) this.#glide = null;
    } else if (!this.flight.advance(elapsed_s)) {
      this.#lastFrame_ms = null;
      return;
    }
    this.#ports.requestDraw();
  }

  #behindEgo(): OrbitPose {
    const pose = this.#ports.scene.egoPose;
    const yaw = yawOf(pose.quat_xyzw);
    const ahead: Vec3 = [Math.cos(yaw) * 8, Math.sin(yaw) * 8, 0];
    return {
      target_m: this.#onGround(add(pose.position_m, ahead)),
      distance_m: 38,
      yaw_rad: yaw,
      pitch_rad: 0.62,
    };
  }

  /** Goes there in a moment; at once for those who want nothing to move. */
  #glideTo(pose: Partial<OrbitPose>): void {
    const goal = { ...(this.#glide?.goal ?? this.orbit.pose), ...pose };
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#jumpTo(goal);
      return;
    }
    this.#glide = new PoseGlide(this.orbit.pose, goal);
    this.#ports.requestDraw();
  }

  #jumpTo(pose: Partial<OrbitPose>): void {
    this.#glide = null;
    this.orbit.setPose(pose);
    this.#ports.requestDraw();
  }

  /** For undo, which goes back to where the change was made. */
  readonly viewpoint: Viewpoint = {
    get: () => this.#glide?.goal ?? this.orbit.pose,
    restore: (view) => {
      // It was taken from `get`: nobody else knows what is in it.
      this.#glideTo(view as OrbitPose);
      this.#followed_m = null;
    },
  };

  /** Straight down on what is in the middle, the way of the ego upwards; a second time: back to the slant. */
  toggleTop(): void {
    const isTop = (this.#glide?.goal ?? this.orbit.pose).pitch_rad > 1.5;
    const yaw = yawOf(this.#ports.scene.egoPose.quat_xyzw);
    this.#glideTo(isTop ? { pitch_rad: 0.62 } : { pitch_rad: Math.PI / 2, yaw_rad: yaw });
  }

  /** Brings the selection, or without one the ego, to the middle. */
  focus(): void {
    const box = this.#selectedBoxAnytime() ?? this.#selectedPath() ?? this.#soughtGhost();
    if (box === null) {
      this.resetPose();
      return;
    }
    const [l, w, h] = box.size_m;
    this.#glideTo({ target_m: box.position_m, distance_m: Math.max(4, 3.2 * Math.hypot(l, w, h)) });
  }

  /** Goes along with the ego or the selection, by as much as they moved since the last time. */
  follow(): void {
    const { follow } = this.#ports.settings.get();
    const { selection } = this.#ports.editor.session.get();
    const what = follow === 'selection' ? `label ${selection[0] ?? ''}` : follow;
    const at_m = this.#followedPosition();
    if (at_m !== null && this.#followed_m !== null && what === this.#followedWhat) {
      const moved = subtract(at_m, this.#followed_m);
      // Editing the followed box must not push the view; only time does.
      if (distance(at_m, this.#followed_m) > 0 && !this.#ports.editor.isGesture.get()) {
        this.orbit.setPose({ target_m: add(this.orbit.pose.target_m, moved) });
        this.#glide?.shift(moved);
      }
    }
    this.#followed_m = at_m;
    this.#followedWhat = what;
  }

  resize(width_px: number, height_px: number): void {
    this.#width_px = width_px;
    this.#height_px = height_px;
    this.orbit.resize(width_px, height_px);
  }

  viewRef(): ViewRef {
    return { id: this.id, kind: 'world' };
  }

  toScreen(point_m: Vec3): ScreenPoint | null {
    return this.orbit.toScreen(point_m);
  }

  rayThrough(x_px: number, y_px: number): Ray {
    return this.orbit.rayThrough(x_px, y_px);
  }

  hitAt(x_px: number, y_px: number, seeksPoints = false): Hit {
    const { editor, scene } = this.#ports;
    const ray = this.rayThrough(x_px, y_px);
    if (editor.session.get().toolId === 'select') {
      const spot = handleAt(this.#spots(), [x_px, y_px]);
      const selected = scene.selected;
      if (spot !== null && selected !== null) {
        return {
          kind: 'handle',
          labelId: selected.labelId,
          handle: spot.handle,
          point_m: grabPoint(spot, ray),
        };
      }
      const pick = pickLabel(scene.visible, ray);
      if (pick !== null) {
        const isSelected = pick.labelId === selected?.labelId;
        return isSelected
          ? { kind: 'handle', labelId: pick.labelId, handle: 'body', point_m: pick.point_m }
          : { kind: 'label', labelId: pick.labelId, point_m: pick.point_m };
      }
      if (!seeksPoints) return { kind: 'none' };
    }
    const point_m = this.#pointUnder(ray) ?? this.#pointNearby(ray);
    return point_m === null ? { kind: 'none' } : { kind: 'point', point_m };
  }

  dragView(kind: ViewDrag, dx_px: number, dy_px: number): void {
    this.#glide = null;
    if (this.flight.isOn) this.flight.look(dx_px, dy_px);
    else if (kind === 'turn') this.orbit.orbit(dx_px, dy_px);
    else this.orbit.pan(dx_px, dy_px);
    this.#ports.requestDraw();
  }

  zoomAt(factor: number, x_px: number, y_px: number): void {
    if (this.flight.isOn) {
      this.flight.changeSpeed(1 / factor);
      return;
    }
    this.#glide = null;
    this.orbit.zoom(factor, this.#placeUnder(x_px, y_px));
    this.#ports.requestDraw();
  }

  doubleClick(x_px: number, y_px: number): void {
    this.#glideTo({ target_m: this.#placeUnder(x_px, y_px) });
  }

  pressOwn(x_px: number, y_px: number): boolean {
    // With the mouse caught there is no pointer to click with: a click ends the flight.
    if (this.flight.isOn && document.pointerLockElement !== null) {
      this.flight.end();
      return true;
    }
    const axis = gizmoAxisAt(this.orbit.axes(), this.#width_px, x_px, y_px);
    if (axis === null) return false;
    this.#glideTo(GIZMO_POSES[axis]);
    return true;
  }

  hovered(x_px: number, y_px: number): void {
    const { mark, settings } = this.#ports;
    if (!settings.get().showsPointerMark) return;
    const point_m = this.#pointUnder(this.rayThrough(x_px, y_px));
    mark.set(point_m === null ? null : { viewId: this.id, point_m, ray: null });
  }

  left(): void {
    this.#ports.mark.set(null);
  }

  cursorFor(hit: Hit): string | null {
    if (hit.kind !== 'handle' || this.#ports.editor.lockedReason(hit.labelId) !== null) return null;
    const spot = this.#spots().find((candidate) => candidate.handle === hit.handle);
    return spot === undefined ? null : screenCursor(spot, this.orbit);
  }

  paintOverlay(canvas: Canvas2d): void {
    const { editor, scene } = this.#ports;
    canvas.clear();
    const selected = scene.selected;
    const { hover, toolId, cursor_m, others } = editor.session.get();
    for (const person of others) {
      for (const box of scene.visible.filter(({ labelId }) => person.selected.includes(labelId))) {
        const color = colorOfPerson(person.user_id);
        paintOthersBox(canvas.context, box, person.display_name, color, this.orbit);
      }
    }
    if (selected !== null && toolId === 'select' && editor.lockedReason(selected.labelId) === null) {
      paintPerspectiveHandles(canvas.context, this.#spots(), selected, this.orbit, hover);
    }
    const hovered = scene.visible.find((box) => box.labelId === hover?.labelId);
    if (hovered !== undefined) {
      const label = editor.document.get(hovered.labelId);
      if (label !== undefined)
        paintHoverTag(canvas.context, hovered, this.#ports.titleOf(label.class), this.orbit);
    }
    paintMark(canvas, this, this.#ports.mark.get());
    paintPins(canvas.context, this, editor.session.get());
    if (cursor_m !== null) paintBoxCursor(canvas.context, cursor_m, this.orbit);
    paintGizmo(canvas.context, this.orbit.axes(), this.#width_px);
    paintScaleBar(canvas.context, this.#metresPerPixel(), this.#height_px);
  }

  #spots(): HandleSpot[] {
    const selected = this.#ports.scene.selected;
    return selected === null ? [] : perspectiveHandles(selected.state, this.orbit);
  }

  #pointUnder(ray: Ray): Vec3 | null {
    const tangent = POINT_RADIUS_PX * this.#tangentPerPixel();
    const { clouds } = this.#ports.scene;
    const ofSweep = pickPoint(
      clouds.shownClouds().map((cloud) => cloud.positions_m),
      ray,
      tangent,
    );
    return nearer(ray, ofSweep, pickTilePoint(clouds.shownTiles(), ray, tangent));
  }

  /** A click between the points of an object means it, not the ground under it. */
  #pointNearby(ray: Ray): Vec3 | null {
    const { scene } = this.#ports;
    const clouds = scene.clouds.shownClouds().map((cloud) => cloud.positions_m);
    return pickNearby(clouds, ray, NEARBY_PX * this.#tangentPerPixel(), NEARBY_M, (x, y, z) => {
      const ground = scene.ground.zAt(x, y);
      return ground !== null && z - ground < GROUND_BAND_M;
    });
  }

  #tangentPerPixel(): number {
    return (2 * Math.tan((this.camera.fov * Math.PI) / 360)) / this.#height_px;
  }

  /** What zooming goes towards: the point under the pointer, else the ground, else straight ahead. */
  #placeUnder(x_px: number, y_px: number): Vec3 {
    const ray = this.rayThrough(x_px, y_px);
    const { pose } = this.orbit;
    const ground = intersectRayGround(ray, pose.target_m[2], 3 * pose.distance_m + 40);
    return this.#pointUnder(ray) ?? ground ?? pointOnRay(ray, pose.distance_m);
  }

  #metresPerPixel(): number {
    return (2 * Math.tan((this.camera.fov * Math.PI) / 360) * this.orbit.pose.distance_m) / this.#height_px;
  }

  #followedPosition(): Vec3 | null {
    const { follow } = this.#ports.settings.get();
    if (follow === 'ego') return this.#ports.scene.egoPose.position_m;
    if (follow === 'selection') return this.#selectedBoxAnytime()?.position_m ?? null;
    return null;
  }

  #selectedBoxAnytime(): { position_m: Vec3; size_m: Vec3 } | null {
    const { editor } = this.#ports;
    const label = editor.shownSelectedLabel();
    return isCuboid(label) ? trackOf(label).extended(editor.session.get().timeNs) : null;
  }

  /** A version's box that was gone to: it is no label of the document. */
  #soughtGhost(): { position_m: Vec3; size_m: Vec3 } | null {
    const { sought, ghosts, selection, timeNs } = this.#ports.editor.session.get();
    const ghost = selection.length > 0 ? undefined : ghosts.find(({ id }) => id === sought?.labelId);
    return isCuboid(ghost) ? trackOf(ghost).extended(timeNs) : null;
  }

  /** The middle and extent of the selected line or area. */
  #selectedPath(): { position_m: Vec3; size_m: Vec3 } | null {
    const label = this.#ports.editor.shownSelectedLabel();
    const points = label === undefined ? [] : pathPoints(label);
    if (points.length === 0) return null;
    const extent = [0, 1, 2].map((axis) => {
      const parts = points.map((point) => point[axis] ?? 0);
      return [Math.min(...parts), Math.max(...parts)] as const;
    });
    const middle = extent.map(([low, high]) => (low + high) / 2);
    const size = extent.map(([low, high]) => high - low);
    return {
      position_m: [middle[0]!, middle[1]!, middle[2]!],
      size_m: [size[0]! / 2, size[1]! / 2, size[2]! / 2],
    };
  }

  #onGround(point_m: Vec3): Vec3 {
    return [point_m[0], point_m[1], this.#ports.scene.ground.zAt(point_m[0], point_m[1]) ?? point_m[2]];
  }
}

/** From where one looks after a click on an axis: from that side towards the middle. */
const GIZMO_POSES: Readonly<Record<GizmoAxis, { yaw_rad?: number; pitch_rad: number }>> = {
  x: { yaw_rad: Math.PI, pitch_rad: 0 },
  y: { yaw_rad: -Math.PI / 2, pitch_rad: 0 },
  z: { pitch_rad: Math.PI / 2 },
};

/** Of two points that may not be there the one nearer to where the ray begins. */
function nearer(ray: Ray, a: Vec3 | null, b: Vec3 | null): Vec3 | null {
  if (a === null || b === null) return a ?? b;
  return distance(ray.origin_m, a) <= distance(ray.origin_m, b) ? a : b;
}

function pathPoints(label: Label): readonly Vec3[] {
  if (label.geometry === 'polyline') return label.vertices_m;
  return label.geometry === 'polygon' ? label.rings_m.flat() : [];
}
