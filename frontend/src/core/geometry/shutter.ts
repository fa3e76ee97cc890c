export type ShutterDirection = 'top_to_bottom' | 'bottom_to_top' | 'left_to_right' | 'right_to_left';

/** As clips describe it. */
export type ShutterSpec =
  | { readonly type: 'global' }
  | { readonly type: 'rolling'; readonly direction: ShutterDirection; readonly line_delay_ns: number };

/** How many lines are read out one after the other; 1 for a global shutter. */
export function lineCount(shutter: ShutterSpec, width: number, height: number): number {
  if (shutter.type === 'global') return 1;
  return shutter.direction === 'top_to_bottom' || shutter.direction === 'bottom_to_top' ? height : width;
}

/** The line (continuous, clamped to the read-out) on which a pixel is read. */
export function lineOf(shutter: ShutterSpec, u: number, v: number, width: number, height: number): number {
  if (shutter.type === 'global') return 0;
  let line: number;
  switch (shutter.direction) {
    case 'top_to_bottom':
      line = v;
      break;
    case 'bottom_to_top':
      line = height - 1 - v;
      break;
    case 'left_to_right':
      line = u;
      break;
    case 'right_to_left':
      line = width - 1 - u;
      break;
  }
  const last = lineCount(shutter, width, height) - 1;
  return line < 0 ? 0 : line > last ? last : line;
}
