import { Vector4, WebGLRenderer } from 'three';

import type { Editor } from '../core/editor';
import type { LabelId } from '../core/document/ids';
import { isCuboid } from '../core/document/label';
import type { Vec3 } from '../core/geometry/vec3';
import { trackOf } from '../core/geometry/track';
import { Value, type Readable } from '../core/observable';
import { COLORS } from './colors';
import type { CloudSettings } from './cloudSettings';
import type { StaticCloudSource } from './data/staticCloudSource';
import type { SweepStore } from './data/sweepStore';
import type { PointerMark } from './pointerMark';
import { noteFirst } from './firstShown';
import type { FrameLoop } from './frameLoop';
import { Canvas2d } from './overlay/canvas2d';
import type { DetailView } from './layers/staticCloudLayer';
import { ClipScene } from './scene';
import type { ColorOfClass } from './shownBoxes';
import type { ViewSettings } from './viewSettings';
import { AggregateView } from './views/aggregateView';
import { OrthoView } from './views/orthoView';
import type { OrthoSide } from './views/orthoCamera';
import type { StageView, ViewSpace } from './views/stageView';
import { ViewInput } from './views/viewInput';
import { WorldView } from './views/worldView';

export interface StagePorts {
  readonly editor: Editor;
  readonly loop: FrameLoop;
  readonly sweeps: SweepStore;
  readonly staticCloud: StaticCloudSource;
  readonly settings: Readable<ViewSettings>;
  readonly cloudSettings: Readable<CloudSettings>;
  readonly colorOf: ColorOfClass;
  readonly titleOf: (className: string) => string;
}

export type StageViewId = 'world' | 'aggregate' | OrthoSide;

interface Attached {
  readonly view: StageView;
  readonly element: HTMLElement;
  readonly overlay: Canvas2d;
  readonly input: ViewInput;
}

/** Beyond two device pixels per CSS pixel nobody sees a difference, but the GPU does. */
const MAX_PIXEL_RATIO = 2;

/**
 * The 3D views of a clip on one WebGL canvas: one scene, one set of buffers, a rectangle per view. React lays the
 * rectangles out and attaches them; the stage draws what is behind them.
 */
export class Stage {
  readonly scene: ClipScene;
  readonly world: WorldView;
  /** The graphics card let the page go: nothing can be drawn until it comes back. */
  readonly isContextLost = new Value(false);
  /** What the pointer is at in one view, for all others to show. */
  readonly mark = new Value<PointerMark | null>(null);
  readonly #aggregate: AggregateView;
  readonly #ports: StagePorts;
  readonly #orthos: Readonly<Record<OrthoSide, OrthoView>>;
  /** In the order in which they are drawn. */
  readonly #attached = new Set<Attached>();
  readonly #unsubscribe: (() => void)[] = [];
  #renderer: WebGLRenderer | null = null;
  /** The last renderer, also after its canvas went: its GPU context is given back at the very end. */
  #lastRenderer: WebGLRenderer | null = null;
  #canvas: HTMLCanvasElement | null = null;
  #isDirty = true;
  #viewUnderPointer: StageView | null = null;

  constructor(ports: StagePorts) {
    this.#ports = ports;
    const { editor, loop, settings } = ports;
    this.scene = new ClipScene({ ...ports, requestDraw: this.requestDraw });
    this.world = new WorldView({
      editor,
      scene: this.scene,
      settings,
      titleOf: ports.titleOf,
      requestDraw: this.requestDraw,
      mark: this.mark,
    });
    this.#aggregate = new AggregateView(this.scene, editor, this.requestDraw);
    const ortho = (side: OrthoSide): OrthoView =>
      new OrthoView(side, {
        editor,
        space: this.scene,
        selected: () => this.scene.selected,
        mark: this.mark,
        requestDraw: this.requestDraw,
      });
    this.#orthos = { top: ortho('top'), side: ortho('side'), front: ortho('front') };
    this.#unsubscribe.push(
      loop.add(this.#draw),
      editor.document.subscribe(this.requestDraw),
      editor.session.subscribe(this.requestDraw),
      editor.isGesture.subscribe(this.requestDraw),
      settings.subscribe(this.requestDraw),
      this.mark.subscribe(this.requestDraw),
      ports.cloudSettings.subscribe(this.requestDraw),
      ports.staticCloud.state.subscribe(this.requestDraw),
    );
  }

  /** The view that the pointer is in; null: none of the stage's. */
  get viewUnderPointer(): StageView | null {
    return this.#viewUnderPointer;
  }

  requestDraw = (): void => {
    this.#isDirty = true;
    this.#ports.loop.request();
  };

  /** Draws on this canvas; the result lets it go again. Throws a sentence when the browser has no WebGL. */
  attachCanvas(canvas: HTMLCanvasElement): () => void {
    const renderer = new WebGLRenderer({ canvas, antialias: true, powerPreference: 'high-performance' });
    renderer.autoClear = false;
    prepare(renderer);
    this.#lastRenderer = renderer;
    this.#canvas = canvas;
    // Shaders are compiled beside, not while drawing: pictures and panels are there before, and nothing stands still.
    const use = (): void => {
      if (this.#canvas !== canvas || this.#lastRenderer !== renderer) return;
      this.#renderer = renderer;
      this.requestDraw();
    };
    renderer.compileAsync(this.scene.scene, this.world.camera).then(use, use);
    const observer = new ResizeObserver(this.requestDraw);
    observer.observe(canvas);
    const abort = new AbortController();
    const { signal } = abort;
    canvas.addEventListener('webglcontextlost', () => this.isContextLost.set(true), { signal });
    canvas.addEventListener('webglcontextrestored', this.#restored, { signal });
    return () => {
      abort.abort();
      observer.disconnect();
      this.scene.clouds.release();
      renderer.dispose();
      this.#renderer = null;
      this.#canvas = null;
    };
  }

  /** Gives one of the stage's own views its place. */
  attachView(id: StageViewId, element: HTMLElement, overlay: HTMLCanvasElement): () => void {
    return this.attach(this.#viewOf(id), element, overlay);
  }

  #viewOf(id: StageViewId): StageView {
    if (id === 'world') return this.world;
    return id === 'aggregate' ? this.#aggregate : this.#orthos[id];
  }

  /** Gives a view its place: the element takes the pointer, the canvas the handles and texts. */
  attach(view: StageView, element: HTMLElement, overlay: HTMLCanvasElement): () => void {
    const attached: Attached = {
      view,
      element,
      overlay: new Canvas2d(overlay),
      input: new ViewInput(element, this.#ports.editor, view),
    };
    this.#attached.add(attached);
    // Read by browser tests, which point at things in the world with the mouse.
    Object.assign(element, { toScreen: (point_m: Vec3) => view.toScreen(point_m), memory: this.#memory });
    const observer = new ResizeObserver(this.requestDraw);
    observer.observe(element);
    const abort = new AbortController();
    const enter = (): void => {
      this.#viewUnderPointer = view;
    };
    const leave = (): void => {
      if (this.#viewUnderPointer === view) this.#viewUnderPointer = null;
    };
    element.addEventListener('pointerenter', enter, { signal: abort.signal });
    element.addEventListener('pointerleave', leave, { signal: abort.signal });
    this.requestDraw();
    return () => {
      abort.abort();
      leave();
      observer.disconnect();
      attached.input.dispose();
      if (view === this.world) this.world.flight.end();
      this.#attached.delete(attached);
      this.requestDraw();
    };
  }

  /** Flies through the 3D view, or ends it: the view has the mouse meanwhile. */
  toggleFlight(): void {
    this.world.toggleFlight(this.#placeOfWorld()?.element ?? null);
  }

  get isWorldShown(): boolean {
    return this.#placeOfWorld() !== undefined;
  }

  /** True when a label is to be seen at the current time. */
  existsNow(labelId: LabelId | null): boolean {
    if (labelId === null) return false;
    const label = this.#ports.editor.shownLabel(labelId);
    return isCuboid(label) && trackOf(label).existsAt(this.#ports.editor.session.get().timeNs);
  }

  highlightCamera(name: string | null): void {
    this.scene.highlightCamera(name);
    this.requestDraw();
  }

  dispose(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.world.flight.end();
    for (const { input } of this.#attached) input.dispose();
    this.#attached.clear();
    this.scene.dispose();
    this.#renderer?.dispose();
    this.#renderer = null;
    // The browser allows a few contexts per page and collects lost ones late: clip after clip would run out of them.
    this.#lastRenderer?.forceContextLoss();
    this.#lastRenderer = null;
  }

  #placeOfWorld(): Attached | undefined {
    return [...this.#attached].find(({ view }) => view === this.world);
  }

  /** The renderer begins anew by itself; all that it drew with is handed to it again as it is drawn. */
  #restored = (): void => {
    if (this.#lastRenderer !== null) prepare(this.#lastRenderer);
    this.isContextLost.set(false);
    this.requestDraw();
  };

  /** What is on the GPU, as far as it is ours to know; read by tests and benchmarks. */
  #memory = (): Readonly<Record<string, number>> => {
    const info = this.#renderer?.info;
    const { staticPoints, sweepPoints } = this.scene.clouds;
    return {
      geometries: info?.memory.geometries ?? 0,
      textures: info?.memory.textures ?? 0,
      programs: info?.programs?.length ?? 0,
      sweepBytes: sweepPoints.bytes,
      tileBytes: staticPoints.bytes,
      tilePoints: staticPoints.shownPoints,
      tiles: staticPoints.tileCount,
      detail_px: staticPoints.detail_px,
    };
  };

  #draw = (time_ms: number): void => {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    this.world.advance(time_ms);
    const attachedViews = [...this.#attached].map(({ view }) => view);
    // The clip's own space also when none of its views is shown: it loads what the time cursor comes to.
    const spaces = new Set<ViewSpace>([this.scene, ...attachedViews.map(({ space }) => space)]);
    for (const space of spaces) space.update();
    for (const view of new Set<StageView>([this.world, ...Object.values(this.#orthos), ...attachedViews]))
      view.follow();
    const renderer = this.#renderer;
    const canvas = this.#canvas;
    if (renderer === null || canvas === null || this.isContextLost.get()) return;
    const bounds = canvas.getBoundingClientRect();
    const pixelRatio = Math.min(window.devicePixelRatio, MAX_PIXEL_RATIO);
    fitRenderer(renderer, bounds.width, bounds.height, pixelRatio);
    renderer.setScissor(0, 0, bounds.width, bounds.height);
    renderer.clear();
    this.scene.clouds.staticPoints.update(this.#detailViews(pixelRatio));
    for (const attached of this.#attached) this.#drawView(renderer, attached, bounds, pixelRatio);
    if (this.scene.clouds.shownClouds().length > 0) noteFirst('points');
  };

  /** The views that the static cloud is loaded for. */
  #detailViews(pixelRatio: number): DetailView[] {
    return [...this.#attached].flatMap(({ view, element }) => {
      if (view.space !== this.scene || !view.hasScene) return [];
      const { width, height } = element.getBoundingClientRect();
      if (width < 2 || height < 2) return [];
      view.resize(width, height);
      return [{ camera: view.camera, width_px: width * pixelRatio, height_px: height * pixelRatio }];
    });
  }

  #drawView(
    renderer: WebGLRenderer,
    { view, element, overlay }: Attached,
    bounds: DOMRect,
    pixelRatio: number,
  ): void {
    const rect = element.getBoundingClientRect();
    if (rect.width < 2 || rect.height < 2) return;
    view.resize(rect.width, rect.height);
    overlay.fit(rect.width, rect.height, pixelRatio);
    if (view.hasScene) {
      // The renderer counts from the bottom left.
      const place = new Vector4(
        rect.left - bounds.left,
        bounds.bottom - rect.bottom,
        rect.width,
        rect.height,
      );
      renderer.setViewport(place);
      renderer.setScissor(place);
      renderer.clearDepth();
      view.space.prepareView(pixelRatio, view.isPerspective, view.slabAxis);
      renderer.render(view.space.scene, view.camera);
    }
    view.paintOverlay(overlay);
  }
}

/** What a context is told once; one that was lost and came back knows nothing of it. */
function prepare(renderer: WebGLRenderer): void {
  renderer.setClearColor(COLORS.viewBackground);
  renderer.setScissorTest(true);
}

function fitRenderer(renderer: WebGLRenderer, width: number, height: number, pixelRatio: number): void {
  const { domElement } = renderer;
  const isFitting =
    domElement.width === Math.floor(width * pixelRatio) &&
    domElement.height === Math.floor(height * pixelRatio) &&
    renderer.getPixelRatio() === pixelRatio;
  if (isFitting) return;
  renderer.setPixelRatio(pixelRatio);
  renderer.setSize(Math.max(width, 1), Math.max(height, 1), false);
}
