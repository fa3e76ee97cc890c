import { LoadingCache } from './loadingCache';

export type PictureSize = 'full' | 'thumbnail';

/** Where a picture is fetched from. */
export type FetchPicture = (
  camera: string,
  imageIndex: number,
  size: PictureSize,
  signal: AbortSignal,
) => Promise<Blob>;

const CONCURRENCY = 6;

export interface PictureKey {
  readonly camera: string;
  readonly imageIndex: number;
  readonly size: PictureSize;
}

/** The decoded pictures of a clip. */
export class PictureStore {
  readonly #cache: LoadingCache<ImageBitmap>;

  /** Decoded pictures hold 4 bytes a pixel: 384 MiB are 48 pictures of 2 megapixels, or 700 thumbnails. */
  constructor(fetchPicture: FetchPicture, maxBytes: number, onChange: () => void) {
    this.#cache = new LoadingCache<ImageBitmap>({
      load: async (text, signal) => {
        const key = JSON.parse(text) as PictureKey;
        const blob = await fetchPicture(key.camera, key.imageIndex, key.size, signal);
        return createImageBitmap(blob);
      },
      sizeOf_bytes: (bitmap) => 4 * bitmap.width * bitmap.height,
      release: (bitmap) => bitmap.close(),
      maxBytes,
      concurrency: CONCURRENCY,
      onChange,
    });
  }

  get(key: PictureKey): ImageBitmap | undefined {
    return this.#cache.get(textOf(key));
  }

  failure(key: PictureKey): string | null {
    return this.#cache.failure(textOf(key));
  }

  /** What a view wants to show now and soon, the most urgent first. */
  want(asker: string, keys: readonly PictureKey[], needed = keys.length): void {
    this.#cache.want(asker, keys.map(textOf), needed);
  }

  setMaxBytes(maxBytes: number): void {
    this.#cache.setMaxBytes(maxBytes);
  }

  get bytes(): number {
    return this.#cache.bytes;
  }

  dispose(): void {
    this.#cache.dispose();
  }
}

function textOf(key: PictureKey): string {
  return JSON.stringify({ camera: key.camera, imageIndex: key.imageIndex, size: key.size });
}
