import type { CuboidLabel } from '../document/label';
import type { BoxState } from '../geometry/box';
import type { Vec3 } from '../geometry/vec3';

/** It did not work, and why: a sentence for the person. */
export interface Refusal {
  readonly kind: 'refused';
  readonly reason: string;
}

export interface FitRequest {
  /** A point on the object, in the world. */
  readonly point_m: Vec3;
  readonly className: string;
  readonly timeNs: bigint;
}

export interface FittedBox {
  readonly kind: 'fitted';
  readonly box: BoxState;
  /** 0 to 1. */
  readonly confidence: number;
  /** It looks as if it stands for the whole clip. */
  readonly isStatic: boolean;
}

/** Finds the box of the object that a point lies on. */
export interface BoxFitter {
  fit(request: FitRequest): Promise<FittedBox | Refusal>;
}

/** The object's box at another time, as somebody set it. */
export interface OtherBox {
  readonly timeNs: bigint;
  readonly box: BoxState;
}

export interface TrackRequest {
  readonly className: string;
  readonly timeNs: bigint;
  /** The box as it is at that time. */
  readonly box: BoxState;
  /** Somebody set the box; otherwise it is a guess, and what is found may correct its size and place. */
  readonly isSure: boolean;
  /** Through these the track goes. */
  readonly others: readonly OtherBox[];
  /** Nobody wants the answer any more. */
  readonly signal?: AbortSignal;
}

export interface TrackedBox {
  readonly kind: 'tracked';
  /** The object before and after, as far as it was found; its id, class and attributes mean nothing. */
  readonly label: CuboidLabel;
  /** Of each keyframe, 0 to 1. */
  readonly confidence: readonly number[];
}

/** Follows the object in a box through the clip. */
export interface BoxTracker {
  track(request: TrackRequest): Promise<TrackedBox | Refusal>;
}
