import type { ClipCamera } from '../../core/clip/clip';
import type { Editor } from '../../core/editor';
import { isCuboid } from '../../core/document/label';
import { projectBoxTarget } from '../../core/geometry/outline/boxTarget';
import type { Ray } from '../../core/geometry/ray';
import { trackOf } from '../../core/geometry/track';
import { normalize, subtract, type Vec3 } from '../../core/geometry/vec3';
import type { ImageView } from '../../core/geometry/view';
import type { Readable, Value } from '../../core/observable';
import type { Hit, ViewRef } from '../../core/tools/input';
import { COLORS } from '../colors';
import type { PictureKey, PictureStore } from '../data/pictureStore';
import { noteFirst } from '../firstShown';
import type { FrameLoop } from '../frameLoop';
import { Canvas2d } from '../overlay/canvas2d';
import { OVERLAY_FONT } from '../overlay/marks';
import { paintPerspectiveHandles } from '../overlay/worldMarks';
import { grabPoint, handleAt, perspectiveHandles } from '../picking/boxHandles';
import { pickLabel } from '../picking/pickLabel';
import type { ScreenPoint, ViewProjection } from '../picking/viewProjection';
import { visiblePaths } from '../shownPaths';
import { visibleBoxes, type ColorOfClass, type VisibleBox } from '../shownBoxes';
import type { ViewSettings } from '../viewSettings';
import { ViewInput, type ViewController, type ViewDrag } from '../views/viewInput';
import { screenCursor } from '../views/screenCursor';
import { paintCloud, pointInPicture, projectCloud, type CloudInPicture } from './cloudInPicture';
import { epipolarCurve } from './rayInPicture';
import type { PointCloud } from '../layers/pointsLayer';
import { paintPins } from '../overlay/pinMarks';
import { paintPointMark, paintRayMark, type PointerMark } from '../pointerMark';
import { paintCameraOverlay } from './cameraOverlay';
import { paintPaths } from './pathOverlay';
import { imagesAhead } from './imagesAhead';
import { fitted, panned, zoomedAt, zoomedTo, type PictureTransform } from './pictureTransform';

/**
 * What a camera view is for: a cell of the strip, the best view of the selection, the large one in the middle, or a
 * cell of the batch view, close up and at a time of its own.
 */
export type CameraRole = 'strip' | 'best' | 'large' | 'cell';

export interface CameraViewPorts {
  readonly editor: Editor;
  readonly loop: FrameLoop;
  readonly pictures: PictureStore;
  readonly settings: Readable<ViewSettings>;
  readonly colorOf: ColorOfClass;
  /** Shows this time, whatever the time cursor is at. */
  readonly timeNs?: bigint;
  /** Told of a press before anything comes of it. */
  readonly onPress?: () => void;
  /** What is pointed at in one view, for the others. */
  readonly mark?: Value<PointerMark | null>;
  /** The clouds that the 3D view shows. */
  readonly clouds?: () => readonly PointCloud[];
  /** Told when another image is shown. */
  readonly onImage: (shown: ShownImage | null) => void;
}

export interface ShownImage {
  readonly imageIndex: number;
  readonly timeNs: bigint;
}

/** Small pictures fetched ahead. */
const THUMBNAILS_AHEAD = 6;
/** Large ones: what the next key shows; while playing, as many as come before a request is answered. */
const PICTURES_AHEAD = 4;
const PICTURES_AHEAD_PLAYING = 2;
/** Below this width (device pixels) a thumbnail of 480 px is enough. */
const THUMBNAIL_WIDTH_PX = 520;

/** One camera: the picture nearest in time with every label drawn over it as the lens shows it at that very time. */
export class CameraView implements ViewController, ViewProjection {
  readonly camera: ClipCamera;
  readonly #asker: string;
  readonly #role: CameraRole;
  readonly #ports: CameraViewPorts;
  readonly #element: HTMLElement;
  readonly #picture: Canvas2d;
  readonly #overlay: Canvas2d;
  readonly #input: ViewInput;
  readonly #observer: ResizeObserver;
  readonly #unsubscribe: (() => void)[];
  #userTransform: PictureTransform | null = null;
  #transform: PictureTransform | null = null;
  #shown: ShownImage | null = null;
  #paintedPicture = '';
  #boxes: readonly VisibleBox[] = [];
  #isDirty = true;
  /** The cloud's points as they were last drawn. */
  #cloud: {
    readonly view: ImageView;
    readonly clouds: readonly PointCloud[];
    readonly points: CloudInPicture;
    readonly place: string;
    readonly canvas: HTMLCanvasElement;
  } | null = null;

  constructor(
    camera: ClipCamera,
    role: CameraRole,
    elements: {
      readonly element: HTMLElement;
      readonly picture: HTMLCanvasElement;
      readonly overlay: HTMLCanvasElement;
    },
    ports: CameraViewPorts,
  ) {
    this.camera = camera;
    this.#role = role;
    this.#asker = `${role} ${camera.name} ${ports.timeNs ?? ''}`;
    this.#ports = ports;
    this.#element = elements.element;
    this.#picture = new Canvas2d(elements.picture);
    this.#overlay = new Canvas2d(elements.overlay);
    this.#input = new ViewInput(elements.element, ports.editor, this);
    // Read by browser tests, which point at things in the world with the mouse.
    Object.assign(elements.element, { toScreen: (point_m: Vec3) => this.toScreen(point_m) });
    this.#observer = new ResizeObserver(this.requestDraw);
    this.#observer.observe(elements.element);
    this.#unsubscribe = [
      ports.loop.add(this.#draw),
      ports.editor.document.subscribe(this.requestDraw),
      ports.editor.session.subscribe(this.requestDraw),
      ports.settings.subscribe(this.requestDraw),
      ...(ports.mark === undefined ? [] : [ports.mark.subscribe(this.requestDraw)]),
    ];
  }

  requestDraw = (): void => {
    this.#isDirty = true;
    this.#ports.loop.request();
  };

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#observer.disconnect();
    this.#input.dispose();
    this.#ports.pictures.want(this.#asker, []);
  }

  viewRef(): ViewRef {
    const timeNs = this.#shown?.timeNs;
    const id = `camera:${this.camera.name}`;
    return timeNs === undefined ? { id, kind: 'camera' } : { id, kind: 'camera', timeNs };
  }

  toScreen(point_m: Vec3): ScreenPoint | null {
    const transform = this.#transform;
    const pixel = this.#imageView()?.pixelOf(point_m) ?? null;
    if (transform === null || pixel === null) return null;
    return [
      transform.x_px + (pixel[0] + 0.5) * transform.scale,
      transform.y_px + (pixel[1] + 0.5) * transform.scale,
    ];
  }

  rayThrough(x_px: number, y_px: number): Ray | null {
    const transform = this.#transform;
    if (transform === null) return null;
    const u = (x_px - transform.x_px) / transform.scale - 0.5;
    const v = (y_px - transform.y_px) / transform.scale - 0.5;
    return this.#imageView()?.rayThrough(u, v) ?? null;
  }

  lookAt(point_m: Vec3): Vec3 {
    const view = this.#imageView();
    return view === null ? [0, 0, -1] : normalize(subtract(point_m, view.worldFromCamera.position_m));
  }

  hitAt(x_px: number, y_px: number): Hit {
    const ray = this.rayThrough(x_px, y_px);
    if (ray === null || this.#ports.editor.session.get().toolId !== 'select') return { kind: 'none' };
    const selected = this.#boxes.find((box) => box.isSelected);
    if (selected !== undefined && this.#role !== 'strip') {
      const spot = handleAt(perspectiveHandles(selected.state, this), [x_px, y_px]);
      if (spot !== null) {
        return {
          kind: 'handle',
          labelId: selected.labelId,
          handle: spot.handle,
          point_m: grabPoint(spot, ray),
        };
      }
    }
    const pick = pickLabel(this.#boxes, ray);
    if (pick === null) return { kind: 'none' };
    return pick.labelId === selected?.labelId && this.#role !== 'strip'
      ? { kind: 'handle', labelId: pick.labelId, handle: 'body', point_m: pick.point_m }
      : { kind: 'label', labelId: pick.labelId, point_m: pick.point_m };
  }

  pressOwn(): boolean {
    this.#ports.onPress?.();
    return false;
  }

  dragView(_kind: ViewDrag, dx_px: number, dy_px: number): void {
    if (this.#role === 'strip' || this.#transform === null) return;
    this.#userTransform = panned(this.#transform, dx_px, dy_px, this.camera.camera, this.#viewSize());
    this.requestDraw();
  }

  zoomAt(factor: number, x_px: number, y_px: number): void {
    if (this.#transform === null || this.#role === 'strip') return;
    this.#userTransform = zoomedAt(this.#transform, factor, x_px, y_px, this.camera.camera, this.#viewSize());
    this.requestDraw();
  }

  doubleClick(): void {
    const id = `camera:${this.camera.name}`;
    const { session } = this.#ports.editor;
    const isZoomed = this.#userTransform !== null;
    if (this.#role === 'cell' || (this.#role === 'large' && isZoomed)) this.#userTransform = null;
    else session.set({ largeViewId: session.get().largeViewId === id ? null : id });
    this.requestDraw();
  }

  hovered(x_px: number, y_px: number): void {
    const { mark, settings } = this.#ports;
    if (mark === undefined || !settings.get().showsPointerMark) return;
    const ray = this.rayThrough(x_px, y_px);
    const cloud = this.#cloud?.points ?? null;
    const transform = this.#transform;
    // Where points are drawn the depth is known.
    const point_m =
      cloud === null || transform === null ? null : pointInPicture(cloud, transform, x_px, y_px);
    mark.set(ray === null ? null : { viewId: this.viewRef().id, point_m, ray });
  }

  left(): void {
    this.#ports.mark?.set(null);
  }

  cursorFor(hit: Hit): string | null {
    if (hit.kind !== 'handle' || this.#ports.editor.lockedReason(hit.labelId) !== null) return null;
    const selected = this.#boxes.find((box) => box.isSelected);
    if (selected === undefined) return null;
    const spot = perspectiveHandles(selected.state, this).find(
      (candidate) => candidate.handle === hit.handle,
    );
    return spot === undefined ? null : screenCursor(spot, this);
  }

  #draw = (): void => {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const rect = this.#element.getBoundingClientRect();
    if (rect.width < 2 || rect.height < 2) return;
    const pixelRatio = Math.min(window.devicePixelRatio, 2);
    const isResized = this.#picture.fit(rect.width, rect.height, pixelRatio);
    this.#overlay.fit(rect.width, rect.height, pixelRatio);
    const size =
      rect.width * pixelRatio > THUMBNAIL_WIDTH_PX || this.#role !== 'strip' ? 'full' : 'thumbnail';
    this.#chooseImage(size);
    this.#collectBoxes();
    this.#transform = this.#chooseTransform();
    this.#paintPicture(size, isResized);
    this.#paintOverlay();
  };

  /** The image nearest in time; while its picture is on its way the one before stays, labels and all. */
  #chooseImage(size: 'full' | 'thumbnail'): void {
    const { editor, pictures } = this.#ports;
    const { isPlaying } = editor.session.get();
    const timeNs = this.#ports.timeNs ?? editor.session.get().timeNs;
    const nearest = this.camera.nearestImage(timeNs);
    if (nearest === null) {
      this.#setShown(null);
      return;
    }
    const hasPicture = (index: number): boolean => this.camera.hasPicture[index] === true;
    const wanted: PictureKey[] = [];
    if (hasPicture(nearest)) {
      // The large views show the small picture until the large one is there.
      if (size === 'full') wanted.push(this.#key(nearest, 'thumbnail'));
      wanted.push(this.#key(nearest, size));
    }
    const needed = wanted.length;
    if (this.#ports.timeNs === undefined) {
      const large = isPlaying ? PICTURES_AHEAD_PLAYING : PICTURES_AHEAD;
      const ahead = imagesAhead({
        timesNs: this.camera.timesNs,
        ticksNs: editor.clip.ticksNs,
        timeNs,
        shown: nearest,
        isPlaying,
        count: size === 'full' && this.#role !== 'strip' ? large : THUMBNAILS_AHEAD,
      });
      wanted.push(...ahead.filter(hasPicture).map((index) => this.#key(index, size)));
    }
    pictures.want(this.#asker, wanted, needed);
    const isReady = this.camera.hasPicture[nearest] !== true || this.#bitmap(nearest, size) !== null;
    const before = this.#shown?.imageIndex;
    const keepsBefore = !isReady && before !== undefined && this.#bitmap(before, size) !== null;
    this.#setShown(keepsBefore ? before : nearest);
  }

  #setShown(imageIndex: number | null): void {
    if (imageIndex === (this.#shown?.imageIndex ?? null)) return;
    this.#shown = imageIndex === null ? null : { imageIndex, timeNs: this.camera.view(imageIndex).timeNs };
    this.#ports.onImage(this.#shown);
  }

  #collectBoxes(): void {
    const { editor, colorOf } = this.#ports;
    this.#boxes =
      this.#shown === null
        ? []
        : visibleBoxes(editor.document.labels(), editor.session.get(), this.#shown.timeNs, colorOf);
  }

  #chooseTransform(): PictureTransform {
    const size = this.#viewSize();
    if (this.#userTransform !== null) return this.#userTransform;
    if (this.#ports.editor.isGesture.get() && this.#transform !== null) return this.#transform;
    const label = this.#ports.editor.shownSelectedLabel();
    const view = this.#imageView();
    if (
      (this.#role === 'cell' || (this.#role === 'best' && this.#ports.settings.get().zoomsToSelection)) &&
      isCuboid(label) &&
      view !== null
    ) {
      const target = projectBoxTarget(view, trackOf(label));
      if (target !== null) return zoomedTo(target.boxClipped, this.camera.camera, size);
    }
    return fitted(this.camera.camera, size);
  }

  #paintPicture(size: 'full' | 'thumbnail', isForced: boolean): void {
    const transform = this.#transform;
    const index = this.#shown?.imageIndex ?? null;
    const bitmap = index === null ? null : this.#bitmap(index, size);
    if (transform === null) return;
    const painted = `${index ?? ''} ${bitmap?.width ?? 0} ${transform.scale} ${transform.x_px} ${transform.y_px}`;
    if (painted === this.#paintedPicture && !isForced) return;
    this.#paintedPicture = painted;
    const { context } = this.#picture;
    this.#picture.clear();
    const frame = transform.frame(this.camera.camera.width, this.camera.camera.height);
    context.fillStyle = COLORS.viewBackground;
    context.fillRect(...frame);
    if (bitmap === null) {
      this.#paintNotice(frame);
      return;
    }
    context.imageSmoothingEnabled = transform.scale < 3;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(bitmap, ...frame);
    noteFirst('picture');
  }

  #paintNotice([x, y, width, height]: [number, number, number, number]): void {
    const { context } = this.#picture;
    const index = this.#shown?.imageIndex ?? null;
    let text = 'loading';
    if (index === null) text = 'this camera has no pictures';
    else if (this.camera.hasPicture[index] !== true) text = 'picture not kept';
    else if (this.#ports.pictures.failure(this.#key(index, 'thumbnail')) !== null)
      text = 'picture could not be loaded';
    context.strokeStyle = COLORS.line;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    context.font = OVERLAY_FONT;
    context.fillStyle = COLORS.dim;
    // In the middle: the corners have the camera's name and how far off in time it is.
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(text, x + width / 2, y + height / 2, width - 14);
  }

  #paintOverlay(): void {
    this.#overlay.clear();
    const view = this.#imageView();
    if (view === null || this.#transform === null) return;
    const { editor, settings, colorOf } = this.#ports;
    const { context } = this.#overlay;
    const { overlayOpacity } = settings.get();
    this.#paintCloud(view);
    const paths = visiblePaths(editor.document.labels(), editor.session.get(), colorOf);
    paintPaths(context, view, paths, this.#transform, overlayOpacity);
    paintCameraOverlay(context, view, this.#boxes, this.#transform, overlayOpacity);
    this.#paintMark(view);
    if (this.#role !== 'cell') paintPins(this.#overlay.context, this, editor.session.get(), this.camera.name);
    const selected = this.#boxes.find((box) => box.isSelected);
    if (selected === undefined || this.#role === 'strip' || editor.session.get().toolId !== 'select') return;
    if (editor.lockedReason(selected.labelId) !== null) return;
    const spots = perspectiveHandles(selected.state, this);
    paintPerspectiveHandles(this.#overlay.context, spots, selected, this, editor.session.get().hover);
  }

  /** The cloud's points, projected once for an image and drawn once for a place of the picture. */
  #paintCloud(view: ImageView): void {
    const { settings, clouds } = this.#ports;
    const isShown = settings.get().showsPointsInPictures && this.#role !== 'strip' && clouds !== undefined;
    if (!isShown || this.#transform === null) {
      this.#cloud = null;
      return;
    }
    const shown = clouds();
    const { scale, x_px, y_px } = this.#transform;
    const known = this.#cloud;
    const isSame =
      known?.view === view &&
      known.clouds.length === shown.length &&
      shown.every((cloud, i) => cloud === known.clouds[i]);
    const points = isSame ? known.points : projectCloud(view, shown);
    const { width, height } = this.#overlay.element;
    const place = `${scale} ${x_px} ${y_px} ${width} ${height}`;
    const canvas = known?.canvas ?? document.createElement('canvas');
    if (!isSame || known.place !== place) {
      canvas.width = width;
      canvas.height = height;
      const context = canvas.getContext('2d');
      if (context === null) return;
      context.setTransform(this.#overlay.context.getTransform());
      paintCloud(context, points, this.#transform);
    }
    this.#cloud = { view, clouds: shown, points, place, canvas };
    this.#overlay.context.drawImage(canvas, 0, 0, this.#overlay.width_px, this.#overlay.height_px);
  }

  #paintMark(view: ImageView): void {
    const mark = this.#ports.mark?.get() ?? null;
    const transform = this.#transform;
    if (mark === null || transform === null || mark.viewId === this.viewRef().id) return;
    const { context } = this.#overlay;
    if (mark.point_m !== null) {
      const at = this.toScreen(mark.point_m);
      if (at !== null) paintPointMark(context, at);
      return;
    }
    if (mark.ray === null) return;
    for (const run of epipolarCurve(view, mark.ray)) {
      const points: ScreenPoint[] = [];
      for (let i = 0; i < run.length; i += 2) {
        points.push([
          transform.x_px + (run[i]! + 0.5) * transform.scale,
          transform.y_px + (run[i + 1]! + 0.5) * transform.scale,
        ]);
      }
      paintRayMark(context, points);
    }
  }

  #bitmap(imageIndex: number, size: 'full' | 'thumbnail'): ImageBitmap | null {
    const { pictures } = this.#ports;
    return (
      pictures.get(this.#key(imageIndex, size)) ?? pictures.get(this.#key(imageIndex, 'thumbnail')) ?? null
    );
  }

  #key(imageIndex: number, size: 'full' | 'thumbnail'): PictureKey {
    return { camera: this.camera.name, imageIndex, size };
  }

  #imageView(): ImageView | null {
    return this.#shown === null ? null : this.camera.view(this.#shown.imageIndex);
  }

  #viewSize(): { readonly width: number; readonly height: number } {
    return { width: this.#overlay.width_px, height: this.#overlay.height_px };
  }
}
