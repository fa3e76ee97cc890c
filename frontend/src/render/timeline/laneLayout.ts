/** The heights of the timeline's rows, CSS pixels. */
export const RULER_PX = 24;
export const PICTURES_PX = 18;
/** The selected label's own row. */
export const PINNED_PX = 28;
export const LANE_PX = 18;
export const LANES_TOP_PX = RULER_PX + PICTURES_PX + PINNED_PX + 1;

/** What is under the pointer, by height. */
export type Row =
  | { readonly kind: 'ruler' }
  | { readonly kind: 'pinned' }
  | { readonly kind: 'lane'; readonly index: number }
  | { readonly kind: 'empty' };

export function rowAt(y_px: number, scroll_px: number, laneCount: number): Row {
  if (y_px < RULER_PX + PICTURES_PX) return { kind: 'ruler' };
  if (y_px < LANES_TOP_PX) return { kind: 'pinned' };
  const index = Math.floor((y_px - LANES_TOP_PX + scroll_px) / LANE_PX);
  return index >= 0 && index < laneCount ? { kind: 'lane', index } : { kind: 'empty' };
}

/** The lanes that are to be seen: from the first to before the last. */
export function visibleLanes(
  height_px: number,
  scroll_px: number,
  laneCount: number,
): readonly [first: number, end: number] {
  const first = Math.max(0, Math.floor(scroll_px / LANE_PX));
  const end = Math.min(laneCount, Math.ceil((scroll_px + height_px - LANES_TOP_PX) / LANE_PX));
  return [first, Math.max(first, end)];
}

/** How far the lanes can be scrolled. */
export function maxScroll(height_px: number, laneCount: number): number {
  return Math.max(0, laneCount * LANE_PX - Math.max(height_px - LANES_TOP_PX, 0));
}

/** The scroll that shows a lane, moved as little as can be. */
export function scrollShowing(
  index: number,
  scroll_px: number,
  height_px: number,
  laneCount: number,
): number {
  const top = index * LANE_PX;
  const seen = Math.max(height_px - LANES_TOP_PX, LANE_PX);
  const wanted = top < scroll_px ? top : top + LANE_PX > scroll_px + seen ? top + LANE_PX - seen : scroll_px;
  return Math.min(Math.max(wanted, 0), maxScroll(height_px, laneCount));
}
