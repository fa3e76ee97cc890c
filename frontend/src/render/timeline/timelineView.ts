import { nearestIndex } from '../../core/clip/clip';
import type { LabelId } from '../../core/document/ids';
import type { Label } from '../../core/document/label';
import type { Editor, KeyframeGrab } from '../../core/editor';
import type { LiveLints } from '../../core/lints/liveLints';
import { COLORS } from '../colors';
import type { FrameLoop } from '../frameLoop';
import { Canvas2d } from '../overlay/canvas2d';
import { OVERLAY_FONT } from '../overlay/marks';
import type { ColorOfClass } from '../shownBoxes';
import {
  LANES_TOP_PX,
  maxScroll,
  PICTURES_PX,
  PINNED_PX,
  rowAt,
  RULER_PX,
  scrollShowing,
} from './laneLayout';
import { contentOf, lanesOf, type Lane } from './lanes';
import { paintRows } from './paintRows';
import { paintCursor, paintRuler, paintPictures } from './paintRuler';
import { offsetAt, heldWindow, windowShowing, xOf, zoomedWindow, type TimeWindow } from './timeWindow';

export interface TimelinePorts {
  readonly editor: Editor;
  readonly loop: FrameLoop;
  readonly lints: LiveLints;
  readonly colorOf: ColorOfClass;
  readonly nameOf: (label: Label) => string;
  /** Told when something can't be done, with the reason. */
  readonly notify: (words: string) => void;
}

/** Names of the lanes are left of time. */
const LEFT_PX = 128;
const RIGHT_PX = 20;
/** Marks at the ends stick out by so much. */
const MARGIN_PX = 8;
/** A pointer this near to a mark has it. */
const REACH_PX = 7;

/** What the pointer is doing. */
type Drag =
  | { readonly kind: 'scrub' }
  | { readonly kind: 'pan'; lastX_px: number }
  | { readonly kind: 'keyframe'; readonly grab: KeyframeGrab; readonly downX_px: number; hasMoved: boolean };

/** What lies under the pointer in a lane. */
interface LaneHit {
  readonly lane: Lane;
  readonly isName: boolean;
  readonly keyframeNs: bigint | null;
  readonly words: string | null;
  readonly lintId: string | null;
}

/**
 * Time: the ruler with the clip's ticks, when each camera fired, and a lane per label; the selected one has a row of its own
 * on top. Keyframes are dragged, the lanes scroll, time is scrubbed anywhere else.
 */
export class TimelineView {
  readonly #ports: TimelinePorts;
  readonly #canvas: Canvas2d;
  readonly #element: HTMLElement;
  readonly #abort = new AbortController();
  readonly #observer: ResizeObserver;
  readonly #unsubscribe: (() => void)[];
  readonly #length_ns: number;
  readonly #ticks: Float64Array;
  /** When each camera fired, since the clip's start. */
  readonly #pictures: readonly Float64Array[];
  readonly #classOrder: readonly string[];
  #window: TimeWindow;
  #drag: Drag | null = null;
  #scroll_px = 0;
  #lanes: readonly Lane[] = [];
  #lanesAreOld = true;
  #shownSelection: LabelId | null = null;
  #isDirty = true;

  constructor(element: HTMLElement, canvas: HTMLCanvasElement, ports: TimelinePorts) {
    this.#ports = ports;
    this.#element = element;
    this.#canvas = new Canvas2d(canvas);
    const { clip, layer } = ports.editor;
    this.#classOrder = layer.classes.map((item) => item.name);
    this.#length_ns = Math.max(Number(clip.endNs - clip.startNs), 1);
    this.#window = { from_ns: 0, to_ns: this.#length_ns };
    this.#ticks = Float64Array.from(clip.ticksNs, (time) => Number(time - clip.startNs));
    this.#pictures = clip.cameras.map((camera) =>
      Float64Array.from(camera.timesNs, (time) => Number(time - clip.startNs)),
    );
    const options = { signal: this.#abort.signal };
    element.addEventListener('pointerdown', this.#down, options);
    element.addEventListener('pointermove', this.#move, options);
    element.addEventListener('pointerup', this.#up, options);
    element.addEventListener('pointercancel', this.#cancel, options);
    element.addEventListener('pointerleave', this.#leave, options);
    element.addEventListener('wheel', this.#wheel, { ...options, passive: false });
    element.addEventListener('dblclick', this.#doubleClick, options);
    element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    this.#observer = new ResizeObserver(this.requestDraw);
    this.#observer.observe(element);
    // Read by browser tests, which point at keyframes with the mouse.
    Object.assign(element, {
      keyframeAt: (labelId: string, timeNs: string) => this.#screenOf(labelId, timeNs),
    });
    this.#unsubscribe = [
      ports.loop.add(this.#draw),
      ports.editor.document.subscribe(this.#renew),
      ports.editor.session.subscribe(this.#renew),
      ports.lints.byLabel.subscribe(this.#renew),
    ];
  }

  requestDraw = (): void => {
    this.#isDirty = true;
    this.#ports.loop.request();
  };

  dispose(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    if (this.#drag?.kind === 'keyframe') this.#ports.editor.cancelGesture();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #renew = (): void => {
    this.#lanesAreOld = true;
    this.requestDraw();
  };

  get #width_px(): number {
    return Math.max(this.#canvas.width_px - LEFT_PX - RIGHT_PX, 1);
  }

  #x(offset_ns: number): number {
    return xOf(this.#window, offset_ns, LEFT_PX, this.#width_px);
  }

  #xOfTime = (timeNs: bigint): number => this.#x(Number(timeNs - this.#ports.editor.clip.startNs));

  #down = (event: PointerEvent): void => {
    event.preventDefault();
    const { editor } = this.#ports;
    editor.alive();
    this.#element.setPointerCapture(event.pointerId);
    if (event.button !== 0) {
      this.#drag = { kind: 'pan', lastX_px: event.offsetX };
      return;
    }
    const hit = this.#hitAt(event);
    if (hit === null) {
      this.#startScrub(event);
      return;
    }
    editor.act(() => {
      this.#select(hit.lane.labelId, event);
      if (hit.keyframeNs !== null) editor.session.set({ timeNs: hit.keyframeNs, isPlaying: false });
      if (hit.lintId !== null) editor.session.set({ lintId: hit.lintId });
    });
    if (hit.keyframeNs !== null) this.#grab(hit.lane.labelId, hit.keyframeNs, event);
    else if (!hit.isName) this.#startScrub(event);
  };

  #startScrub(event: PointerEvent): void {
    this.#drag = { kind: 'scrub' };
    this.#ports.editor.act(() => this.#scrub(event));
  }

  /** Shift and Ctrl add to the selection, as in the list. */
  #select(labelId: LabelId, event: PointerEvent): void {
    const { session } = this.#ports.editor;
    const { selection } = session.get();
    if (!event.shiftKey && !event.ctrlKey && !event.metaKey) session.select(labelId);
    else if (selection.includes(labelId)) session.select(...selection.filter((id) => id !== labelId));
    else session.select(...selection, labelId);
  }

  #grab(labelId: LabelId, timeNs: bigint, event: PointerEvent): void {
    const { editor } = this.#ports;
    const reason = editor.lockedReason(labelId);
    if (reason !== null) this.#ports.notify(reason);
    const grab = editor.grabKeyframe(labelId, timeNs);
    if (grab !== null) this.#drag = { kind: 'keyframe', grab, downX_px: event.offsetX, hasMoved: false };
  }

  #move = (event: PointerEvent): void => {
    const drag = this.#drag;
    if (drag === null) this.#hover(event);
    else if (drag.kind === 'scrub') this.#scrub(event);
    else if (drag.kind === 'pan') {
      this.#panBy(drag.lastX_px - event.offsetX);
      drag.lastX_px = event.offsetX;
    } else {
      if (!drag.hasMoved && Math.abs(event.offsetX - drag.downX_px) < 3) return;
      drag.hasMoved = true;
      drag.grab.to(this.#timeAt(event));
    }
  };

  #up = (): void => {
    if (this.#drag?.kind === 'keyframe') this.#drag.grab.commit();
    this.#drag = null;
  };

  #cancel = (): void => {
    if (this.#drag?.kind === 'keyframe') this.#ports.editor.cancelGesture();
    this.#drag = null;
  };

  #leave = (): void => {
    if (this.#drag === null) this.#ports.editor.session.setHover(null);
  };

  #hover(event: PointerEvent): void {
    const hit = this.#hitAt(event);
    const { editor } = this.#ports;
    editor.session.setHover(hit === null ? null : { labelId: hit.lane.labelId, handle: null });
    const isKeyframe = hit !== null && hit.keyframeNs !== null;
    const canDrag = isKeyframe && hit.lane.proposal === null && !hit.lane.label.static;
    this.#element.style.cursor = canDrag ? 'ew-resize' : hit === null ? 'default' : 'pointer';
    this.#element.title = hit?.words ?? '';
  }

  #panBy(pixels: number): void {
    const by_ns = (pixels / this.#width_px) * (this.#window.to_ns - this.#window.from_ns);
    const moved = { from_ns: this.#window.from_ns + by_ns, to_ns: this.#window.to_ns + by_ns };
    this.#setWindow(heldWindow(moved, this.#length_ns));
  }

  /** Over the lanes the wheel scrolls them, where they don't all fit; with Ctrl and elsewhere it zooms; with Shift it pans. */
  #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.#ports.editor.alive();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.#panBy(event.deltaX === 0 ? event.deltaY : event.deltaX);
      return;
    }
    const most = maxScroll(this.#canvas.height_px, this.#lanes.length);
    if (!event.ctrlKey && event.offsetY >= LANES_TOP_PX && most > 0) {
      this.#scroll_px = Math.min(Math.max(this.#scroll_px + event.deltaY / 2, 0), most);
      this.requestDraw();
      return;
    }
    const about = offsetAt(this.#window, event.offsetX, LEFT_PX, this.#width_px);
    this.#setWindow(zoomedWindow(this.#window, Math.exp(event.deltaY * 0.002), about, this.#length_ns));
  };

  #doubleClick = (event: MouseEvent): void => {
    if (rowAt(event.offsetY, this.#scroll_px, this.#lanes.length).kind === 'ruler')
      this.#setWindow({ from_ns: 0, to_ns: this.#length_ns });
  };

  #setWindow(window: TimeWindow): void {
    this.#window = window;
    this.requestDraw();
  }

  #scrub(event: PointerEvent): void {
    this.#ports.editor.session.set({ timeNs: this.#timeAt(event), isPlaying: false });
  }

  /** The nearest tick; with Alt the very time under the pointer. */
  #timeAt(event: PointerEvent): bigint {
    const { clip } = this.#ports.editor;
    const offset = offsetAt(this.#window, event.offsetX, LEFT_PX, this.#width_px);
    const timeNs = clip.startNs + BigInt(Math.round(Math.min(Math.max(offset, 0), this.#length_ns)));
    const nearest = nearestIndex(clip.ticksNs, timeNs);
    const tickNs = nearest === null ? timeNs : (clip.ticksNs[nearest] ?? timeNs);
    return event.altKey ? timeNs : tickNs;
  }

  #hitAt(event: PointerEvent): LaneHit | null {
    const row = rowAt(event.offsetY, this.#scroll_px, this.#lanes.length);
    const lane =
      row.kind === 'pinned' ? this.#pinned : row.kind === 'lane' ? this.#lanes[row.index] : undefined;
    if (lane === undefined) return null;
    const isName = event.offsetX < LEFT_PX - MARGIN_PX;
    const none = { lane, isName, keyframeNs: null, lintId: null };
    if (isName) return { ...none, words: lane.lints.map(({ message }) => message).join('\n') };
    // In its place among the others it shows its life only: keyframes and warnings are taken from its own row.
    if (row.kind === 'lane' && lane === this.#pinned) return { ...none, words: null };
    const isNear = (timeNs: bigint | null): boolean =>
      timeNs !== null && Math.abs(this.#xOfTime(timeNs) - event.offsetX) <= REACH_PX;
    const keyframe = contentOf(lane, this.#ports.editor.clip).keyframes.find(({ timeNs }) => isNear(timeNs));
    const lint = lane.lints.find(({ timeNs }) => isNear(timeNs));
    const words = [
      ...(lint === undefined ? [] : [lint.message]),
      ...(keyframe === undefined
        ? []
        : [keyframe.isProposed ? 'Proposed keyframe' : 'Keyframe: drag it to another time']),
      ...(keyframe === undefined || keyframe.says === null ? [] : [keyframe.says]),
    ];
    return {
      lane,
      isName,
      keyframeNs: keyframe?.timeNs ?? lint?.timeNs ?? null,
      words: words.length === 0 ? null : words.join('\n'),
      lintId: lint?.id ?? null,
    };
  }

  /** Where a keyframe of the selected label is in the element; null while it is not to be seen. */
  #screenOf(labelId: string, timeNs: string): readonly [number, number] | null {
    const lane = this.#lanes.find((candidate) => candidate.labelId === labelId && candidate.isSelected);
    return lane === undefined
      ? null
      : [this.#xOfTime(BigInt(timeNs)), RULER_PX + PICTURES_PX + PINNED_PX / 2];
  }

  #draw = (): void => {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const rect = this.#element.getBoundingClientRect();
    if (rect.width < 2 || rect.height < 2) return;
    this.#canvas.fit(rect.width, rect.height, Math.min(window.devicePixelRatio, 2));
    this.#updateLanes();
    const { clip, session } = this.#ports.editor;
    const now_ns = Number(session.get().timeNs - clip.startNs);
    if (this.#drag === null && session.get().isPlaying) {
      this.#window = windowShowing(this.#window, now_ns, this.#length_ns);
    }
    this.#canvas.clear();
    const { context } = this.#canvas;
    context.font = OVERLAY_FONT;
    context.textBaseline = 'middle';
    this.#paintNames();
    const place = {
      left_px: LEFT_PX,
      width_px: this.#width_px,
      margin_px: MARGIN_PX,
      window: this.#window,
    };
    this.#clipped(0, this.#canvas.height_px, LEFT_PX - MARGIN_PX, () => {
      paintRuler(context, place, this.#ticks);
      paintPictures(context, place, this.#pictures);
    });
    paintRows(context, {
      lanes: this.#lanes,
      pinned: this.#pinned,
      hovered: session.get().hover?.labelId ?? null,
      clip,
      timeNs: session.get().timeNs,
      width_px: this.#canvas.width_px,
      height_px: this.#canvas.height_px,
      scroll_px: this.#scroll_px,
      names_px: LEFT_PX - MARGIN_PX,
      left_px: LEFT_PX,
      right_px: LEFT_PX + this.#width_px,
      xOf: this.#xOfTime,
    });
    this.#clipped(0, this.#canvas.height_px, LEFT_PX - MARGIN_PX, () =>
      paintCursor(context, this.#x(now_ns), this.#canvas.height_px),
    );
  };

  #updateLanes(): void {
    const { editor, lints, colorOf, nameOf } = this.#ports;
    if (this.#lanesAreOld) {
      this.#lanesAreOld = false;
      this.#lanes = lanesOf({
        labels: editor.document.labels(),
        session: editor.session.get(),
        lints: lints.byLabel.get(),
        nameOf,
        colorOf,
        classOrder: this.#classOrder,
      });
    }
    const selected = editor.session.get().selection[0] ?? null;
    const { height_px } = this.#canvas;
    if (selected !== this.#shownSelection) {
      this.#shownSelection = selected;
      const index = this.#lanes.findIndex(({ labelId }) => labelId === selected);
      if (index >= 0) this.#scroll_px = scrollShowing(index, this.#scroll_px, height_px, this.#lanes.length);
    }
    this.#scroll_px = Math.min(this.#scroll_px, maxScroll(height_px, this.#lanes.length));
  }

  /** Draws within a part of the canvas. */
  #clipped(top_px: number, bottom_px: number, left_px: number, paint: () => void): void {
    const { context } = this.#canvas;
    context.save();
    context.beginPath();
    context.rect(left_px, top_px, this.#canvas.width_px - left_px, bottom_px - top_px);
    context.clip();
    paint();
    context.restore();
  }

  #paintNames(): void {
    const { context } = this.#canvas;
    context.fillStyle = COLORS.dim;
    context.textAlign = 'left';
    context.fillText('time', 12, 8);
    context.fillText('pictures', 12, RULER_PX + PICTURES_PX / 2);
    context.fillStyle = COLORS.line;
    for (const y of [RULER_PX + PICTURES_PX, LANES_TOP_PX - 1])
      context.fillRect(0, y, this.#canvas.width_px, 1);
  }

  /** The selected label, which has a row of its own on top. */
  get #pinned(): Lane | undefined {
    return this.#lanes.find(({ isSelected }) => isSelected);
  }
}
