import type { TrackDirection } from '../actions/withTrack';
import type { LabelId } from '../document/ids';
import type { CuboidLabel } from '../document/label';
import type { TrackedBox } from './ports';

/** A track that was found for a label and waits for the person's word: shown dashed, saved nowhere. */
export interface Proposal {
  readonly labelId: LabelId;
  /** From where it was followed. */
  readonly timeNs: bigint;
  readonly direction: TrackDirection;
  readonly tracked: TrackedBox;
  /** The label as it will be when this is accepted: what is drawn. */
  readonly label: CuboidLabel;
}

/** What became of the fit of a new box. */
export type FitNote =
  | { readonly labelId: LabelId; readonly kind: 'running' }
  | {
      readonly labelId: LabelId;
      readonly kind: 'fitted';
      readonly confidence: number;
      readonly isStatic: boolean;
    }
  | { readonly labelId: LabelId; readonly kind: 'refused'; readonly reason: string };

/** What the search for a track does, or why it ended without one. */
export type TrackNote =
  | { readonly labelId: LabelId; readonly kind: 'running' }
  | { readonly labelId: LabelId; readonly kind: 'refused'; readonly reason: string };
