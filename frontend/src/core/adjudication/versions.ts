import type { LabelId } from '../document/ids';
import type { Label } from '../document/label';

/** What one person made of the clip. */
export interface LabelVersion {
  /** From 1. */
  readonly position: number;
  /** `A`, `B`, ...: who decides looks at labels, not at people. */
  readonly letter: string;
  readonly color: string;
  /** Told to admins only. */
  readonly person: string | null;
  readonly labelSetId: string;
  readonly revision: number;
  readonly labels: ReadonlyMap<LabelId, Label>;
}

/** Labels of the versions that are the same thing. */
export interface Cluster {
  /** Label ids by the version's position. */
  readonly members: ReadonlyMap<number, LabelId>;
  /** 0 to 1. */
  readonly agreement: number;
  /** In what they differ: missing, class, position, ... */
  readonly differs: readonly string[];
}

/** All that there is to decide between. */
export interface Versions {
  readonly versions: readonly LabelVersion[];
  readonly clusters: readonly Cluster[];
}

/** Set apart from each other and from classes as far as ten can be; after Okabe and Ito, and Tol. */
export const VERSION_COLORS: readonly string[] = [
  '#56b4e9',
  '#e69f00',
  '#cc79a7',
  '#f0e442',
  '#009e73',
  '#d55e00',
  '#88ccee',
  '#aa4499',
  '#ddcc77',
  '#999933',
];

export function letterOf(position: number): string {
  return String.fromCharCode(64 + position);
}
