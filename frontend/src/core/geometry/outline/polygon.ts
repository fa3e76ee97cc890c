import { PixelBuffer } from './pixelBuffer';

/** A 2D box, pixels; the picture covers -0.5 to width - 0.5. */
export interface PixelBox {
  readonly u0: number;
  readonly v0: number;
  readonly u1: number;
  readonly v1: number;
}

const half = [new PixelBuffer(), new PixelBuffer()] as const;

/**
 * Appends the part of a closed loop (pixels from..to of `loop`) inside a rectangle to `out`: Sutherland-Hodgman. Parts
 * that lie apart stay joined along the rectangle's sides, with no area between.
 */
export function clipToRectangle(
  loop: PixelBuffer,
  from: number,
  to: number,
  rectangle: PixelBox,
  out: PixelBuffer,
): void {
  half[0].clear();
  half[0].append(loop, from, to);
  clipHalf(half[0], 0, rectangle.u0, -1, half[1]);
  clipHalf(half[1], 0, rectangle.u1, 1, half[0]);
  clipHalf(half[0], 1, rectangle.v0, -1, half[1]);
  clipHalf(half[1], 1, rectangle.v1, 1, half[0]);
  out.append(half[0], 0, half[0].length);
}

/** The part of a loop where sign * (coordinate - bound) <= 0. */
function clipHalf(loop: PixelBuffer, axis: 0 | 1, bound: number, sign: 1 | -1, out: PixelBuffer): void {
  out.clear();
  const size = loop.length;
  for (let row = 0; row < size; row += 1) {
    const before = row > 0 ? row - 1 : size - 1;
    const uv = loop.uv;
    const here = sign * (uv[2 * row + axis]! - bound);
    const there = sign * (uv[2 * before + axis]! - bound);
    if (here <= 0 !== there <= 0) {
      const share = there / (there - here);
      const other =
        uv[2 * before + 1 - axis]! + share * (uv[2 * row + 1 - axis]! - uv[2 * before + 1 - axis]!);
      if (axis === 0) out.push(bound, other);
      else out.push(other, bound);
    }
    if (here <= 0) out.push(uv[2 * row]!, uv[2 * row + 1]!);
  }
}

/** Area of a closed loop (pixels from..to), px^2; positive if visually anticlockwise (v points down). */
export function signedArea(loop: PixelBuffer, from: number, to: number): number {
  let total = 0;
  const uv = loop.uv;
  const u0 = uv[2 * from]!;
  const v0 = uv[2 * from + 1]!;
  for (let row = from + 1; row < to - 1; row += 1) {
    // Relative to the first vertex, so that far-off pixels don't eat the digits.
    const a = uv[2 * row]! - u0;
    const b = uv[2 * row + 1]! - v0;
    const c = uv[2 * row + 2]! - u0;
    const d = uv[2 * row + 3]! - v0;
    total += b * c - a * d;
  }
  return 0.5 * total;
}

/** The tight box of pixels from..to; null for none. */
export function extentOf(pixels: PixelBuffer, from: number, to: number): PixelBox | null {
  if (to <= from) return null;
  let u0 = Infinity;
  let v0 = Infinity;
  let u1 = -Infinity;
  let v1 = -Infinity;
  for (let row = from; row < to; row += 1) {
    const u = pixels.uv[2 * row]!;
    const v = pixels.uv[2 * row + 1]!;
    if (u < u0) u0 = u;
    if (u > u1) u1 = u;
    if (v < v0) v0 = v;
    if (v > v1) v1 = v;
  }
  return { u0, v0, u1, v1 };
}

/** The tight box of two. */
export function unionOf(a: PixelBox | null, b: PixelBox | null): PixelBox | null {
  if (a === null || b === null) return a ?? b;
  return {
    u0: Math.min(a.u0, b.u0),
    v0: Math.min(a.v0, b.v0),
    u1: Math.max(a.u1, b.u1),
    v1: Math.max(a.v1, b.v1),
  };
}
