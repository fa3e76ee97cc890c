import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';

/** Somebody else changed a label that was changed here too. Nothing is sent for it until it is decided. */
export interface Conflict {
  readonly labelId: LabelId;
  /** Null: deleted here. */
  readonly mine: Label | null;
  /** Null: deleted there. */
  readonly theirs: Label | null;
  readonly theirVersion: number;
  readonly theirAuthor: string | null;
}

/** The server refused a label: what is wrong with it, in a sentence. It stays here until it is changed. */
export interface Rejection {
  readonly labelId: LabelId;
  readonly message: string;
  readonly field: string | null;
}

/** The corner of the screen that says whether the work is safe. */
export type SyncState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving'; readonly changes: number }
  | { readonly kind: 'offline'; readonly changes: number }
  | { readonly kind: 'signed_out'; readonly changes: number }
  | { readonly kind: 'conflict'; readonly changes: number; readonly conflicts: readonly Conflict[] }
  | {
      readonly kind: 'error';
      readonly changes: number;
      readonly message: string;
      readonly rejections: readonly Rejection[];
    };
