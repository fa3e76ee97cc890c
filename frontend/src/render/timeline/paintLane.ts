import type { Clip } from '../../core/clip/clip';
import { confidenceAt } from '../../core/assist/proposal';
import { COLORS, withAlpha } from '../colors';
import { contentOf, type Lane, type LaneKeyframe } from './lanes';

/** Where a lane is drawn, CSS pixels, and how time lies in it. */
export interface LanePlace {
  readonly y_px: number;
  readonly height_px: number;
  /** The part of time that is seen, for leaving out the rest. */
  readonly left_px: number;
  readonly right_px: number;
  xOf(timeNs: bigint): number;
}

/** Half of a keyframe's diamond. */
export function keyframeRadius(height_px: number): number {
  return Math.min(6, height_px / 2 - 3);
}

/** The bar of a label's life, its gaps and what is proposed, keyframes, attribute changes and warnings. */
export function paintLane(
  context: CanvasRenderingContext2D,
  lane: Lane,
  place: LanePlace,
  clip: Clip,
  timeNs: bigint,
): void {
  const { spans, keyframes } = contentOf(lane, clip);
  context.globalAlpha = lane.isHidden ? 0.4 : 1;
  for (const span of spans) paintSpan(context, lane, place, span);
  if (lane.proposal !== null && lane.isSelected) paintConfidence(context, lane, place, keyframes);
  let lastX = -Infinity;
  for (const keyframe of keyframes) {
    const x = place.xOf(keyframe.timeNs);
    if (x < place.left_px - 8 || x > place.right_px + 8) continue;
    const isNow = lane.isSelected && keyframe.timeNs === timeNs;
    // Where they would run together every second, third ... is drawn.
    if (x - lastX < 3 && !isNow && keyframe.says === null) continue;
    lastX = x;
    paintKeyframe(context, lane, place, keyframe, isNow);
  }
  for (const lint of lane.lints) {
    const at = lint.timeNs ?? spans[0]?.fromNs;
    if (at !== undefined) paintWarning(context, place, place.xOf(at), lint.severity);
  }
  context.globalAlpha = 1;
}

/** Where the selected label lies among the others: when it lives, the rest is in its own row. */
export function paintLife(context: CanvasRenderingContext2D, lane: Lane, place: LanePlace, clip: Clip): void {
  context.globalAlpha = lane.isHidden ? 0.4 : 1;
  const thin = { ...place, y_px: place.y_px + place.height_px / 2 - 6, height_px: 12 };
  for (const span of contentOf(lane, clip).spans) paintSpan(context, lane, thin, span);
  context.globalAlpha = 1;
}

function paintSpan(
  context: CanvasRenderingContext2D,
  lane: Lane,
  place: LanePlace,
  span: { readonly fromNs: bigint; readonly toNs: bigint; readonly kind: 'own' | 'proposed' | 'gap' },
): void {
  const from = Math.max(place.xOf(span.fromNs), place.left_px - 20);
  const to = Math.min(place.xOf(span.toNs), place.right_px + 20);
  if (to < from) return;
  const half = Math.max(place.height_px / 2 - 4, 2);
  const [y, width] = [place.y_px + place.height_px / 2, Math.max(to - from, 2)];
  context.beginPath();
  if (span.kind === 'gap') {
    context.moveTo(from, y + 0.5);
    context.lineTo(to, y + 0.5);
    context.setLineDash([2, 4]);
    context.strokeStyle = COLORS.dim;
    context.lineWidth = 1;
    context.stroke();
  } else if (span.kind === 'own') {
    context.roundRect(from, y - half, width, 2 * half, 3);
    context.fillStyle = withAlpha(lane.color, lane.isSelected ? 0.4 : 0.28);
    context.fill();
  } else {
    context.roundRect(from + 0.5, y - half + 0.5, width - 1, 2 * half - 1, 3);
    context.fillStyle = withAlpha(lane.color, 0.1);
    context.fill();
    context.setLineDash([4, 3]);
    context.strokeStyle = lane.color;
    context.lineWidth = 1;
    context.stroke();
  }
  context.setLineDash([]);
}

/** How sure the machine is, as a line over the bar: up is sure. */
function paintConfidence(
  context: CanvasRenderingContext2D,
  lane: Lane,
  place: LanePlace,
  keyframes: readonly LaneKeyframe[],
): void {
  const { proposal } = lane;
  if (proposal === null) return;
  const [low, height] = [place.y_px + place.height_px - 3, place.height_px - 6];
  context.beginPath();
  let isDrawn = false;
  for (const { timeNs } of keyframes) {
    const confidence = confidenceAt(proposal, timeNs);
    if (confidence === null) continue;
    const [x, y] = [place.xOf(timeNs), low - confidence * height];
    if (isDrawn) context.lineTo(x, y);
    else context.moveTo(x, y);
    isDrawn = true;
  }
  context.strokeStyle = withAlpha(COLORS.text, 0.45);
  context.lineWidth = 1;
  context.stroke();
}

function paintKeyframe(
  context: CanvasRenderingContext2D,
  lane: Lane,
  place: LanePlace,
  keyframe: LaneKeyframe,
  isNow: boolean,
): void {
  const radius = keyframeRadius(place.height_px) + (isNow ? 1 : 0);
  const [x, y] = [place.xOf(keyframe.timeNs), place.y_px + place.height_px / 2];
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.closePath();
  const color = keyframe.isDoubtful ? COLORS.attention : lane.color;
  context.fillStyle = keyframe.isProposed ? COLORS.panel : color;
  context.fill();
  context.lineWidth = isNow ? 2 : 1;
  context.strokeStyle = isNow ? COLORS.selected : keyframe.isProposed ? color : COLORS.background;
  context.stroke();
  if (keyframe.says === null) return;
  context.fillStyle = COLORS.text;
  context.fillRect(x - 2, place.y_px + place.height_px - 3, 4, 3);
}

/** Never by colour alone: a triangle warns, a square is an error. */
function paintWarning(
  context: CanvasRenderingContext2D,
  place: LanePlace,
  x: number,
  severity: 'error' | 'warning',
): void {
  if (x < place.left_px - 8 || x > place.right_px + 8) return;
  const y = place.y_px + 1;
  context.beginPath();
  if (severity === 'error') context.rect(x - 3.5, y, 7, 7);
  else {
    context.moveTo(x, y);
    context.lineTo(x + 4.5, y + 7.5);
    context.lineTo(x - 4.5, y + 7.5);
    context.closePath();
  }
  context.fillStyle = severity === 'error' ? COLORS.error : COLORS.attention;
  context.fill();
  context.lineWidth = 1;
  context.strokeStyle = COLORS.background;
  context.stroke();
}
