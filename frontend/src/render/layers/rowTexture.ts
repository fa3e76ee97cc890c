import { DataTexture, FloatType, NearestFilter, RGBAFormat } from 'three';

/** Rows of four-number texels for a shader; grows as needed, uploads only what is used. */
export class RowTexture {
  readonly #texels: number;
  #rows = new Float32Array(0);
  #texture: DataTexture;
  #count = 0;

  constructor(texels: number) {
    this.#texels = texels;
    this.#texture = this.#make(1);
  }

  get texture(): DataTexture {
    return this.#texture;
  }

  /** Rows that are in use. */
  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#rows.byteLength;
  }

  /** Makes room for so many rows and has `write` fill each: `at` is where a row's numbers begin in `rows`. */
  fill(count: number, write: (rows: Float32Array, at: number, row: number) => void): void {
    const capacity = this.#rows.length / (4 * this.#texels);
    if (count > capacity) {
      this.#texture.dispose();
      this.#texture = this.#make(2 ** Math.ceil(Math.log2(Math.max(count, 8))));
    }
    for (let row = 0; row < count; row += 1) write(this.#rows, 4 * this.#texels * row, row);
    this.#count = count;
    if (count > 0) this.#texture.needsUpdate = true;
  }

  dispose(): void {
    this.#texture.dispose();
  }

  #make(rows: number): DataTexture {
    this.#rows = new Float32Array(4 * this.#texels * rows);
    const texture = new DataTexture(this.#rows, this.#texels, rows, RGBAFormat, FloatType);
    texture.minFilter = NearestFilter;
    texture.magFilter = NearestFilter;
    texture.needsUpdate = true;
    return texture;
  }
}
