import type { Clip } from '../../core/clip/clip';
import type { LabelId } from '../../core/document/ids';
import { COLORS } from '../colors';
import {
  LANE_PX,
  LANES_TOP_PX,
  maxScroll,
  PICTURES_PX,
  PINNED_PX,
  RULER_PX,
  visibleLanes,
} from './laneLayout';
import type { Lane } from './lanes';
import { paintLane, paintLife, type LanePlace } from './paintLane';

/** What the rows of labels show, and where, CSS pixels. */
export interface Rows {
  readonly lanes: readonly Lane[];
  /** The selected label, which has a row of its own on top. */
  readonly pinned: Lane | undefined;
  readonly hovered: LabelId | null;
  readonly clip: Clip;
  readonly timeNs: bigint;
  readonly width_px: number;
  readonly height_px: number;
  readonly scroll_px: number;
  /** Names are left of this, time is right of it. */
  readonly names_px: number;
  /** Where the clip's beginning and end are. */
  readonly left_px: number;
  readonly right_px: number;
  xOf(timeNs: bigint): number;
}

const PINNED_TOP_PX = RULER_PX + PICTURES_PX;

/** The selected label's row, a row per label beneath it, and their scroll bar. */
export function paintRows(context: CanvasRenderingContext2D, rows: Rows): void {
  paintPinned(context, rows);
  const [first, end] = visibleLanes(rows.height_px, rows.scroll_px, rows.lanes.length);
  const seen = rows.lanes.slice(first, end);
  const topOf = (i: number): number => LANES_TOP_PX + (first + i) * LANE_PX - rows.scroll_px;
  clipped(context, rows, LANES_TOP_PX, 0, () => {
    seen.forEach((lane, i) => paintName(context, rows, lane, topOf(i), LANE_PX));
  });
  clipped(context, rows, LANES_TOP_PX, rows.names_px, () => {
    seen.forEach((lane, i) => {
      const place = placeOf(rows, topOf(i), LANE_PX);
      if (lane === rows.pinned) paintLife(context, lane, place, rows.clip);
      else paintLane(context, lane, place, rows.clip, rows.timeNs);
    });
  });
  paintScrollBar(context, rows);
}

function paintPinned(context: CanvasRenderingContext2D, rows: Rows): void {
  const { pinned } = rows;
  if (pinned === undefined) {
    context.fillStyle = COLORS.dim;
    context.textAlign = 'left';
    context.fillText('Select a label to see its keyframes', rows.left_px, PINNED_TOP_PX + PINNED_PX / 2);
    return;
  }
  paintName(context, rows, pinned, PINNED_TOP_PX, PINNED_PX);
  clipped(context, rows, PINNED_TOP_PX, rows.names_px, () =>
    paintLane(context, pinned, placeOf(rows, PINNED_TOP_PX, PINNED_PX), rows.clip, rows.timeNs),
  );
}

/** Name, colour and number of warnings, and the row's background where it is selected or pointed at. */
function paintName(
  context: CanvasRenderingContext2D,
  rows: Rows,
  lane: Lane,
  top_px: number,
  height_px: number,
): void {
  const middle = top_px + height_px / 2;
  if (lane.isSelected || rows.hovered === lane.labelId) {
    context.fillStyle = lane.isSelected ? 'rgba(76, 154, 255, 0.14)' : 'rgba(255, 255, 255, 0.05)';
    context.fillRect(0, top_px, rows.width_px, height_px);
  }
  context.fillStyle = lane.color;
  context.fillRect(12, middle - 4, 8, 8);
  context.fillStyle = lane.isHidden ? COLORS.dim : COLORS.text;
  context.textAlign = 'left';
  const room_px = rows.names_px - 26 - (lane.lints.length > 0 ? 18 : 4);
  context.save();
  context.beginPath();
  context.rect(26, middle - 10, room_px, 20);
  context.clip();
  context.fillText(lane.name, 26, middle);
  context.restore();
  if (lane.lints.length === 0) return;
  context.fillStyle = lane.lints.some(({ severity }) => severity === 'error')
    ? COLORS.error
    : COLORS.attention;
  context.textAlign = 'right';
  context.fillText(`${lane.lints.length}▲`, rows.names_px - 4, middle);
}

function paintScrollBar(context: CanvasRenderingContext2D, rows: Rows): void {
  const most = maxScroll(rows.height_px, rows.lanes.length);
  if (most <= 0) return;
  const seen = rows.height_px - LANES_TOP_PX;
  const length = Math.max(16, (seen * seen) / (seen + most));
  const top = LANES_TOP_PX + (rows.scroll_px / most) * (seen - length);
  context.fillStyle = 'rgba(255, 255, 255, 0.22)';
  context.beginPath();
  context.roundRect(rows.width_px - 6, top, 4, length, 2);
  context.fill();
}

function placeOf(rows: Rows, y_px: number, height_px: number): LanePlace {
  return { y_px, height_px, left_px: rows.left_px, right_px: rows.right_px, xOf: (time) => rows.xOf(time) };
}

/** Draws right of and below a point of the canvas only. */
function clipped(
  context: CanvasRenderingContext2D,
  rows: Pick<Rows, 'width_px' | 'height_px'>,
  top_px: number,
  left_px: number,
  paint: () => void,
): void {
  context.save();
  context.beginPath();
  context.rect(left_px, top_px, rows.width_px - left_px, rows.height_px - top_px);
  context.clip();
  paint();
  context.restore();
}
