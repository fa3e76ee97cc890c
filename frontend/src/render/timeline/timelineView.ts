import { nearestIndex } from '../../core/clip/clip';
import type { Editor } from '../../core/editor';
import { isCuboid, type CuboidLabel } from '../../core/document/label';
import { trackOf } from '../../core/geometry/track';
import { COLORS, withAlpha } from '../colors';
import type { FrameLoop } from '../frameLoop';
import { Canvas2d } from '../overlay/canvas2d';
import { OVERLAY_FONT } from '../overlay/marks';
import type { ColorOfClass } from '../shownBoxes';
import {
  offsetAt,
  heldWindow,
  roundStep,
  windowShowing,
  xOf,
  zoomedWindow,
  type TimeWindow,
} from './timeWindow';

export interface TimelinePorts {
  readonly editor: Editor;
  readonly loop: FrameLoop;
  readonly colorOf: ColorOfClass;
}

const LEFT_PX = 92;
const RIGHT_PX = 20;
/** Marks at the ends stick out by so much. */
const MARGIN_PX = 18;
const RULER_PX = 24;
const PICTURES_PX = 20;
const KEYFRAME_RADIUS_PX = 6;
/** Marks nearer to each other than this say nothing. */
const LEAST_MARK_PX = 3;

/** Time: the ruler with the clip's ticks, when each camera fired, and the life of the selected label. */
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
  #window: TimeWindow;
  #drag: 'scrub' | 'pan' | null = null;
  #lastX = 0;
  #isDirty = true;

  constructor(element: HTMLElement, canvas: HTMLCanvasElement, ports: TimelinePorts) {
    this.#ports = ports;
    this.#element = element;
    this.#canvas = new Canvas2d(canvas);
    const { clip } = ports.editor;
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
    element.addEventListener('pointercancel', this.#up, options);
    element.addEventListener('wheel', this.#wheel, { ...options, passive: false });
    element.addEventListener('dblclick', this.#showAll, options);
    element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    this.#observer = new ResizeObserver(this.requestDraw);
    this.#observer.observe(element);
    this.#unsubscribe = [
      ports.loop.add(this.#draw),
      ports.editor.document.subscribe(this.requestDraw),
      ports.editor.session.subscribe(this.requestDraw),
    ];
  }

  requestDraw = (): void => {
    this.#isDirty = true;
    this.#ports.loop.request();
  };

  dispose(): void {
    this.#abort.abort();
    this.#observer.disconnect();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  get #width_px(): number {
    return Math.max(this.#canvas.width_px - LEFT_PX - RIGHT_PX, 1);
  }

  #x(offset_ns: number): number {
    return xOf(this.#window, offset_ns, LEFT_PX, this.#width_px);
  }

  #down = (event: PointerEvent): void => {
    event.preventDefault();
    this.#element.setPointerCapture(event.pointerId);
    this.#drag = event.button === 0 ? 'scrub' : 'pan';
    this.#lastX = event.offsetX;
    if (this.#drag === 'scrub') this.#scrub(event);
  };

  #move = (event: PointerEvent): void => {
    if (this.#drag === 'scrub') this.#scrub(event);
    else if (this.#drag === 'pan') {
      const by_ns =
        ((this.#lastX - event.offsetX) / this.#width_px) * (this.#window.to_ns - this.#window.from_ns);
      this.#setWindow(
        heldWindow(
          { from_ns: this.#window.from_ns + by_ns, to_ns: this.#window.to_ns + by_ns },
          this.#length_ns,
        ),
      );
      this.#lastX = event.offsetX;
    } else {
      this.#element.style.cursor = this.#keyframeAt(event) === null ? 'default' : 'pointer';
    }
  };

  #up = (): void => {
    this.#drag = null;
  };

  #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const pixels = event.deltaX === 0 ? event.deltaY : event.deltaX;
      const by_ns = (pixels / this.#width_px) * (this.#window.to_ns - this.#window.from_ns);
      this.#setWindow(
        heldWindow(
          { from_ns: this.#window.from_ns + by_ns, to_ns: this.#window.to_ns + by_ns },
          this.#length_ns,
        ),
      );
      return;
    }
    const about = offsetAt(this.#window, event.offsetX, LEFT_PX, this.#width_px);
    this.#setWindow(zoomedWindow(this.#window, Math.exp(event.deltaY * 0.002), about, this.#length_ns));
  };

  #showAll = (): void => {
    this.#setWindow({ from_ns: 0, to_ns: this.#length_ns });
  };

  #setWindow(window: TimeWindow): void {
    this.#window = window;
    this.requestDraw();
  }

  /** To the keyframe under the pointer, else the nearest tick; with Alt to the very time. */
  #scrub(event: PointerEvent): void {
    const { clip, session } = this.#ports.editor;
    const keyframe = this.#keyframeAt(event);
    const offset = offsetAt(this.#window, event.offsetX, LEFT_PX, this.#width_px);
    const timeNs = clip.startNs + BigInt(Math.round(Math.min(Math.max(offset, 0), this.#length_ns)));
    const nearest = nearestIndex(clip.ticksNs, timeNs);
    const tickNs = nearest === null ? timeNs : (clip.ticksNs[nearest] ?? timeNs);
    session.set({ timeNs: keyframe ?? (event.altKey ? timeNs : tickNs), isPlaying: false });
  }

  #keyframeAt(event: PointerEvent): bigint | null {
    const label = this.#ports.editor.selectedLabel();
    if (!isCuboid(label) || event.offsetY < RULER_PX + PICTURES_PX) return null;
    const { startNs } = this.#ports.editor.clip;
    const times = trackOf(label).timesNs;
    return (
      times.find(
        (time) => Math.abs(this.#x(Number(time - startNs)) - event.offsetX) <= KEYFRAME_RADIUS_PX + 2,
      ) ?? null
    );
  }

  #draw = (): void => {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const rect = this.#element.getBoundingClientRect();
    if (rect.width < 2 || rect.height < 2) return;
    this.#canvas.fit(rect.width, rect.height, Math.min(window.devicePixelRatio, 2));
    const { clip, session } = this.#ports.editor;
    const now_ns = Number(session.get().timeNs - clip.startNs);
    if (this.#drag === null && session.get().isPlaying) {
      this.#window = windowShowing(this.#window, now_ns, this.#length_ns);
    }
    this.#canvas.clear();
    this.#canvas.context.font = OVERLAY_FONT;
    this.#paintNames();
    this.#clipped(() => {
      this.#paintRuler();
      this.#paintPictures();
      this.#paintLabel();
      this.#paintCursor(now_ns);
    });
  };

  /** Draws within the time's own part of the canvas. */
  #clipped(paint: () => void): void {
    const { context } = this.#canvas;
    context.save();
    context.beginPath();
    context.rect(LEFT_PX - MARGIN_PX, 0, this.#width_px + 2 * MARGIN_PX, this.#canvas.height_px);
    context.clip();
    paint();
    context.restore();
  }

  #paintNames(): void {
    const { context } = this.#canvas;
    context.fillStyle = COLORS.dim;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillText('time', 12, 8);
    context.fillText('pictures', 12, RULER_PX + PICTURES_PX / 2);
    context.fillText('label', 12, this.#laneY());
  }

  #paintRuler(): void {
    const { context } = this.#canvas;
    const step_ns = roundStep(this.#window, this.#width_px, 64);
    context.fillStyle = COLORS.dim;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (
      let at = Math.ceil(this.#window.from_ns / step_ns) * step_ns;
      at <= this.#window.to_ns;
      at += step_ns
    ) {
      const digits = step_ns >= 1e9 ? 0 : step_ns >= 1e8 ? 1 : step_ns >= 1e7 ? 2 : 3;
      context.fillText(`${(at / 1e9).toFixed(digits)} s`, this.#x(at), 7.5);
    }
    this.#paintMarks(this.#ticks, RULER_PX - 8, RULER_PX, COLORS.dim);
    context.fillStyle = COLORS.line;
    context.fillRect(LEFT_PX - MARGIN_PX, RULER_PX, this.#width_px + 2 * MARGIN_PX, 1);
  }

  #paintPictures(): void {
    const height = (PICTURES_PX - 6) / Math.max(this.#pictures.length, 1);
    this.#pictures.forEach((offsets, index) => {
      const top = RULER_PX + 4 + index * height;
      this.#paintMarks(offsets, top, top + Math.max(height - 0.6, 1), '#5f6b7d');
    });
  }

  /** Upright marks; where they would run together every second, third... is drawn. */
  #paintMarks(offsets: Float64Array, top: number, bottom: number, color: string): void {
    const { context } = this.#canvas;
    const perMark = ((this.#window.to_ns - this.#window.from_ns) / this.#width_px) * LEAST_MARK_PX;
    context.fillStyle = color;
    let last = -Infinity;
    for (const offset of offsets) {
      if (offset < this.#window.from_ns || offset > this.#window.to_ns || offset - last < perMark) continue;
      last = offset;
      context.fillRect(Math.round(this.#x(offset)) - 0.5, top, 1, bottom - top);
    }
  }

  #laneY(): number {
    return (RULER_PX + PICTURES_PX + this.#canvas.height_px) / 2;
  }

  #paintLabel(): void {
    const { context } = this.#canvas;
    const label = this.#ports.editor.selectedLabel();
    const y = this.#laneY();
    context.fillStyle = COLORS.line;
    context.fillRect(LEFT_PX - MARGIN_PX, RULER_PX + PICTURES_PX, this.#width_px + 2 * MARGIN_PX, 1);
    if (!isCuboid(label)) {
      context.fillStyle = COLORS.dim;
      context.textAlign = 'left';
      context.textBaseline = 'middle';
      context.fillText('Select a label to see its keyframes', LEFT_PX + 12, y);
      return;
    }
    const color = this.#ports.colorOf(label.class);
    this.#paintLife(label, color, y);
    this.#paintKeyframes(label, color, y);
  }

  /** The bar of the label's life, hatched where it is gone. */
  #paintLife(label: CuboidLabel, color: string, y: number): void {
    const { clip } = this.#ports.editor;
    const { context } = this.#canvas;
    const track = trackOf(label);
    const from = this.#x(track.fromNs === null ? 0 : Number(track.fromNs - clip.startNs));
    const to = this.#x(track.toNs === null ? this.#length_ns : Number(track.toNs - clip.startNs));
    context.fillStyle = withAlpha(color, 0.3);
    context.beginPath();
    context.roundRect(from, y - 7, Math.max(to - from, 2), 14, 3);
    context.fill();
    label.keyframes.forEach((keyframe, index) => {
      if (keyframe.gap_after !== true) return;
      const start = this.#x(Number(track.timesNs[index]! - clip.startNs));
      const nextNs = track.timesNs[index + 1];
      const end = nextNs === undefined ? to : this.#x(Number(nextNs - clip.startNs));
      context.fillStyle = COLORS.panel;
      context.fillRect(start, y - 8, end - start, 16);
      context.strokeStyle = COLORS.line;
      context.setLineDash([3, 3]);
      context.strokeRect(start + 0.5, y - 6.5, end - start - 1, 13);
      context.setLineDash([]);
    });
  }

  #paintKeyframes(label: CuboidLabel, color: string, y: number): void {
    const { clip, session } = this.#ports.editor;
    const { context } = this.#canvas;
    const { timeNs } = session.get();
    for (const time of trackOf(label).timesNs) {
      const x = this.#x(Number(time - clip.startNs));
      const isNow = time === timeNs;
      const radius = isNow ? KEYFRAME_RADIUS_PX + 1 : KEYFRAME_RADIUS_PX;
      context.beginPath();
      context.moveTo(x, y - radius);
      context.lineTo(x + radius, y);
      context.lineTo(x, y + radius);
      context.lineTo(x - radius, y);
      context.closePath();
      context.fillStyle = color;
      context.fill();
      context.lineWidth = isNow ? 2 : 1;
      context.strokeStyle = isNow ? COLORS.selected : COLORS.background;
      context.stroke();
    }
  }

  #paintCursor(now_ns: number): void {
    const { context } = this.#canvas;
    const x = this.#x(now_ns);
    context.strokeStyle = COLORS.accent;
    context.lineWidth = 1.5;
    context.beginPath();
    context.moveTo(x, 14);
    context.lineTo(x, this.#canvas.height_px);
    context.stroke();
    context.fillStyle = COLORS.accent;
    context.beginPath();
    context.moveTo(x - 5, 12);
    context.lineTo(x + 5, 12);
    context.lineTo(x, 19);
    context.closePath();
    context.fill();
  }
}
