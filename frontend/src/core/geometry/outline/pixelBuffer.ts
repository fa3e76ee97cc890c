/** Pixels in one flat array that grows and is reused: no garbage per point. */
export class PixelBuffer {
  /** u, v of every pixel. */
  uv = new Float64Array(2048);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(u: number, v: number): void {
    if (2 * this.length + 2 > this.uv.length) {
      const grown = new Float64Array(2 * this.uv.length);
      grown.set(this.uv);
      this.uv = grown;
    }
    this.uv[2 * this.length] = u;
    this.uv[2 * this.length + 1] = v;
    this.length += 1;
  }

  /** Appends pixels from..to (exclusive) of another one. */
  append(other: PixelBuffer, from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.push(other.uv[2 * i]!, other.uv[2 * i + 1]!);
  }

  /** A copy of the pixels from..to (exclusive). */
  slice(from: number, to: number): Float64Array {
    return this.uv.slice(2 * from, 2 * to);
  }
}
