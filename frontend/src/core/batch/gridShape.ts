/**
 * Columns of a grid that fills a rectangle with `count` cells: those that make a cell's largest inscribed rectangle of
 * the wished aspect (width over height) as large as it can be.
 */
export function gridColumns(count: number, width_px: number, height_px: number, aspect: number): number {
  let best = 1;
  let bestWidth = 0;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = Math.min(width_px / columns, (height_px / rows) * aspect);
    if (width > bestWidth + 1e-9) {
      best = columns;
      bestWidth = width;
    }
  }
  return best;
}
