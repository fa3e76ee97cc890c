import type { LabelId } from '../document/ids';
import type { Ray } from '../geometry/ray';
import type { Vec3 } from '../geometry/vec3';
import type { HandleId } from './handles';

export interface Modifiers {
  readonly shift: boolean;
  /** Ctrl, or Command on a Mac. */
  readonly ctrl: boolean;
  readonly alt: boolean;
}

export const NO_MODIFIERS: Modifiers = { shift: false, ctrl: false, alt: false };

/** What lies under the pointer, nearest first as the view found it. */
export type Hit =
  | { readonly kind: 'none' }
  | { readonly kind: 'handle'; readonly labelId: LabelId; readonly handle: HandleId; readonly point_m: Vec3 }
  | { readonly kind: 'label'; readonly labelId: LabelId; readonly point_m: Vec3 }
  | { readonly kind: 'point'; readonly point_m: Vec3 }
  | { readonly kind: 'ground'; readonly point_m: Vec3 };

/** The view the pointer is in. */
export interface ViewRef {
  readonly id: string;
  /** `world`: free 3D; `ortho`: along an axis, drags stay in its plane; `camera`: a picture. */
  readonly kind: 'world' | 'ortho' | 'camera';
  /** A picture's own time; elsewhere the session's. */
  readonly timeNs?: bigint;
}

export interface PointerInput {
  readonly type: 'down' | 'move' | 'up' | 'cancel';
  /** 0: main button. Only this one edits; the others are the view's (orbit, pan). */
  readonly button: number;
  readonly view: ViewRef;
  /** In the view, CSS pixels. */
  readonly screen_px: readonly [number, number];
  /** Through the pointer, in the world. */
  readonly ray: Ray;
  readonly hit: Hit;
  readonly modifiers: Modifiers;
  /** 2 for the second click of a double click. */
  readonly clickCount?: number;
}

export interface KeyInput {
  readonly type: 'down' | 'up';
  /** `KeyboardEvent.key`. */
  readonly key: string;
  readonly modifiers: Modifiers;
  readonly isRepeat: boolean;
}
