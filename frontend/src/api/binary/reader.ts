/** Reads a little-endian binary answer piece by piece; says in a sentence when it is not what it should be. */
export class BinaryReader {
  readonly #what: string;
  readonly #buffer: ArrayBuffer;
  readonly #view: DataView;
  #offset = 0;

  constructor(what: string, buffer: ArrayBuffer) {
    this.#what = what;
    this.#buffer = buffer;
    this.#view = new DataView(buffer);
  }

  /** Checks the four letters that a format begins with. */
  magic(expected: string): void {
    this.#need(4);
    const found = String.fromCharCode(...new Uint8Array(this.#buffer, this.#offset, 4));
    if (found !== expected)
      throw new Error(`${this.#what}: expected it to begin with ${expected}, found ${JSON.stringify(found)}`);
    this.#offset += 4;
  }

  uint32(): number {
    this.#need(4);
    const value = this.#view.getUint32(this.#offset, true);
    this.#offset += 4;
    return value;
  }

  int64s(count: number): BigInt64Array {
    return new BigInt64Array(this.#take(count, 8));
  }

  float64s(count: number): Float64Array {
    return new Float64Array(this.#take(count, 8));
  }

  float32s(count: number): Float32Array {
    return new Float32Array(this.#take(count, 4));
  }

  /** Everything must have been read. */
  end(): void {
    const left = this.#buffer.byteLength - this.#offset;
    if (left !== 0) throw new Error(`${this.#what}: expected it to end here, found ${left} more bytes`);
  }

  /** A copy: typed arrays need not be aligned in the answer. */
  #take(count: number, size: number): ArrayBuffer {
    this.#need(count * size);
    const from = this.#offset;
    this.#offset += count * size;
    return this.#buffer.slice(from, this.#offset);
  }

  #need(bytes: number): void {
    const left = this.#buffer.byteLength - this.#offset;
    if (left < bytes) throw new Error(`${this.#what}: expected ${bytes} more bytes, found ${left}`);
  }
}
