import type { Clip } from '../clip/clip';
import type { LabelId } from '../document/ids';
import { isCuboid, type CuboidLabel, type Label } from '../document/label';
import { projectBoxTarget } from '../geometry/outline/boxTarget';
import { trackOf } from '../geometry/track';

/** Whether it is in the picture at all, not its outline, is wanted. */
const COARSE_PX = 8;

/**
 * In how many images each label is: what one label yields. Counted bit by bit, so that nobody waits for it: `advance` in
 * spare time until it is done. A label that changed is counted anew.
 */
export class ImageTargets {
  readonly #clip: Clip;
  readonly #counts = new WeakMap<CuboidLabel, number>();
  #pass: Generator<undefined, undefined> | null = null;

  constructor(clip: Clip) {
    this.#clip = clip;
  }

  /** The images that show the label, or null while they are not counted. */
  of(label: Label): number | null {
    return isCuboid(label) ? (this.#counts.get(label) ?? null) : 0;
  }

  /** Of all labels together, and how many of them are counted. */
  total(labels: ReadonlyMap<LabelId, Label>): { readonly images: number; readonly isComplete: boolean } {
    let images = 0;
    let isComplete = true;
    for (const label of labels.values()) {
      const count = this.of(label);
      if (count === null) isComplete = false;
      else images += count;
    }
    return { images, isComplete };
  }

  /** Goes on counting while `hasTime`; true when all of these labels are counted. */
  advance(labels: ReadonlyMap<LabelId, Label>, hasTime: () => boolean): boolean {
    for (;;) {
      if (this.#pass === null) {
        const waiting = [...labels.values()].filter(isCuboid).filter((label) => !this.#counts.has(label));
        if (waiting.length === 0) return true;
        this.#pass = this.#count(waiting);
      }
      do {
        if (!hasTime()) return false;
      } while (this.#pass.next().done !== true);
      this.#pass = null;
    }
  }

  /** One pass over all images: every view is made once for all labels that wait, and let go. */
  *#count(labels: readonly CuboidLabel[]): Generator<undefined, undefined> {
    const tracks = labels.map((label) => trackOf(label));
    const counts = labels.map(() => 0);
    for (const camera of this.#clip.cameras) {
      for (let index = 0; index < camera.timesNs.length; index += 1) {
        const view = camera.exposure(index);
        tracks.forEach((track, i) => {
          if (projectBoxTarget(view, track, COARSE_PX) !== null) counts[i] = (counts[i] ?? 0) + 1;
        });
        yield;
      }
    }
    labels.forEach((label, i) => this.#counts.set(label, counts[i] ?? 0));
  }
}

/** The product's headline: images labelled by one action; null where nothing was done yet. */
export function targetsPerAction(images: number, actions: number): number | null {
  return actions === 0 ? null : images / actions;
}
