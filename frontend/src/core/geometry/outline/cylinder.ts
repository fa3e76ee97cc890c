import type { Cylindrical } from '../cameras/cylindrical';
import { unwrapped } from './edges';
import { PixelBuffer } from './pixelBuffer';
import { clipToRectangle, type PixelBox } from './polygon';

/** Straight up and down are infinitely far off; this is far enough. */
const FAR_PX = 1e7;

const whole = new PixelBuffer();
const shifted = new PixelBuffer();

/**
 * Lays a loop on an unrolled cylinder onto the one turn that the picture shows, and clips it: a loop that crosses the
 * seam comes in on the other side as well. One that goes all round encloses the straight up or the straight down, and
 * covers all from there. Appends one closed loop per part to `out`, to be filled even-odd; `ends` gets where each ends.
 */
export function clipOnCylinder(
  lens: Cylindrical,
  loop: PixelBuffer,
  from: number,
  to: number,
  picture: PixelBox,
  out: PixelBuffer,
  ends: number[],
): void {
  const period = lens.period_px;
  const left = lens.centre_px - period / 2;
  const turn: PixelBox = {
    u0: Math.max(left, picture.u0),
    v0: picture.v0,
    u1: Math.min(left + period, picture.u1),
    v1: picture.v1,
  };
  closeAround(loop, from, to, period);
  for (let shift = -2; shift <= 2; shift += 1) {
    shifted.clear();
    for (let i = 0; i < whole.length; i += 1) {
      shifted.push(whole.uv[2 * i]! + shift * period, whole.uv[2 * i + 1]!);
    }
    const before = out.length;
    clipToRectangle(shifted, 0, shifted.length, turn, out);
    if (out.length > before) ends.push(out.length);
  }
}

/**
 * Writes the loop to `whole`, each column on the same turn as the one before; one that goes all round, closed over the
 * top or the bottom that it encloses.
 */
function closeAround(loop: PixelBuffer, from: number, to: number, period: number): void {
  whole.clear();
  const u = loop.uv[2 * from]!;
  const v = loop.uv[2 * from + 1]!;
  let column = u;
  for (let i = from; i < to; i += 1) {
    column = unwrapped(loop.uv[2 * i]!, column, period);
    whole.push(column, loop.uv[2 * i + 1]!);
  }
  const turns = Math.round((column - u) / period);
  if (turns === 0) return;
  // Visually anticlockwise with what is enclosed to the left: going right, that's what is above.
  const far = turns > 0 ? -FAR_PX : FAR_PX;
  whole.push(u + turns * period, v);
  whole.push(u + turns * period, far);
  whole.push(u, far);
}
