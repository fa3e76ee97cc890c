import { createCamera } from '../geometry/cameras/registry';
import type { Camera } from '../geometry/cameras/camera';
import type { RigidTransform } from '../geometry/rigid';
import type { ShutterSpec } from '../geometry/shutter';
import type { Trajectory } from '../geometry/trajectory';
import { ImageView } from '../geometry/view';
import type { ClipManifest, ManifestCamera } from './manifest';

/** A clip ready to be looked at and measured in. Immutable. */
export interface Clip {
  readonly manifest: ClipManifest;
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** The timeline. */
  readonly ticksNs: BigInt64Array;
  readonly cameras: readonly ClipCamera[];
  readonly sweepTimesNs: BigInt64Array;
  readonly trajectory: Trajectory;
}

/** Enough for scrubbing to and fro. */
const KEPT_VIEWS = 64;

/** One camera of a clip with its images. */
export class ClipCamera {
  readonly name: string;
  readonly camera: Camera;
  readonly egoFromCamera: RigidTransform;
  readonly shutter: ShutterSpec;
  readonly timesNs: BigInt64Array;
  readonly hasPicture: readonly boolean[];
  readonly #trajectory: Trajectory;
  readonly #views = new Map<number, ImageView>();

  constructor(spec: ManifestCamera, trajectory: Trajectory) {
    this.name = spec.name;
    this.camera = createCamera(spec);
    this.egoFromCamera = spec.ego_from_camera;
    this.shutter = spec.shutter;
    this.timesNs = timesOf(spec.times_ns);
    this.hasPicture = spec.has_picture;
    this.#trajectory = trajectory;
  }

  /** The index of the image nearest in time, or null for a camera without images. */
  nearestImage(timeNs: bigint): number | null {
    return nearestIndex(this.timesNs, timeNs);
  }

  /** The exposure of an image, made for one look: nothing is kept. */
  exposure(imageIndex: number): ImageView {
    const timeNs = this.timesNs[imageIndex];
    if (timeNs === undefined) throw new Error(`camera ${this.name} has no image ${imageIndex}`);
    return new ImageView(this.camera, this.egoFromCamera, this.#trajectory, timeNs, this.shutter);
  }

  /** The exposure of an image; the last few are kept, so that what is cached by it stays. */
  view(imageIndex: number): ImageView {
    let view = this.#views.get(imageIndex);
    if (view !== undefined) this.#views.delete(imageIndex);
    view ??= this.exposure(imageIndex);
    this.#views.set(imageIndex, view);
    const [oldest] = this.#views.keys();
    if (this.#views.size > KEPT_VIEWS && oldest !== undefined) this.#views.delete(oldest);
    return view;
  }
}

export function createClip(manifest: ClipManifest, trajectory: Trajectory): Clip {
  return {
    manifest,
    startNs: BigInt(manifest.start_ns),
    endNs: BigInt(manifest.end_ns),
    ticksNs: timesOf(manifest.ticks_ns),
    cameras: manifest.cameras.map((spec) => new ClipCamera(spec, trajectory)),
    sweepTimesNs: timesOf(manifest.sweeps.map((sweep) => sweep.time_ns)),
    trajectory,
  };
}

export function timesOf(texts: readonly string[]): BigInt64Array {
  return BigInt64Array.from(texts, (text) => BigInt(text));
}

/** The index of the nearest of rising times, the earlier one of two equally near; null when there are none. */
export function nearestIndex(timesNs: BigInt64Array, timeNs: bigint): number | null {
  const n = timesNs.length;
  if (n === 0) return null;
  let low = 0;
  let high = n - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesNs[middle] ?? 0n) < timeNs) low = middle + 1;
    else high = middle;
  }
  const after = timesNs[low] ?? 0n;
  const before = low > 0 ? timesNs[low - 1] : undefined;
  return before !== undefined && timeNs - before <= after - timeNs ? low - 1 : low;
}
