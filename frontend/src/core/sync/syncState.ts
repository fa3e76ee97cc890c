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

/** All that the state is made from. */
export interface SyncFacts {
  readonly isSignedOut: boolean;
  readonly isReachable: boolean;
  readonly refusal: string | null;
  readonly storageTrouble: string | null;
  readonly changes: number;
  readonly conflicts: readonly Conflict[];
  readonly rejections: readonly Rejection[];
}

/** What matters most comes first: what needs the person, then what needs patience. */
export function describeSync(facts: SyncFacts): SyncState {
  const { changes, conflicts, rejections } = facts;
  if (facts.isSignedOut) return { kind: 'signed_out', changes };
  if (facts.refusal !== null) return { kind: 'error', changes, message: facts.refusal, rejections };
  if (conflicts.length > 0) return { kind: 'conflict', changes, conflicts };
  const [rejection] = rejections;
  if (rejection !== undefined) return { kind: 'error', changes, message: rejection.message, rejections };
  if (facts.storageTrouble !== null && changes > 0) {
    const message = `Changes are sent, but this browser cannot keep them over a reload: ${facts.storageTrouble}`;
    return { kind: 'error', changes, message, rejections };
  }
  if (!facts.isReachable) return { kind: 'offline', changes };
  return changes > 0 ? { kind: 'saving', changes } : { kind: 'saved' };
}
