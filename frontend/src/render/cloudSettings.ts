import type { MemoryLevel } from './memoryBudget';

/** Which points the 3D views show: the nearest sweep, that and its neighbours, or the whole clip's static cloud. */
export type SweepSpan = 'nearest' | 'near' | 'all';
export type PointColor = 'height' | 'intensity' | 'distance' | 'time' | 'class' | 'camera';

export const SWEEP_SPANS: readonly SweepSpan[] = ['nearest', 'near', 'all'];
export const POINT_COLORS: readonly PointColor[] = [
  'height',
  'intensity',
  'distance',
  'time',
  'class',
  'camera',
];

/** How point clouds are shown: a matter of taste, kept per person. */
export interface CloudSettings {
  readonly span: SweepSpan;
  /** `near`: this many sweeps on either side. */
  readonly nearSweeps: number;
  /** Points of moving boxes go along with them, from their own time to the one that is shown. */
  readonly carriesMoving: boolean;
  readonly color: PointColor;
  readonly size_px: number;
  readonly hidesGround: boolean;
  /** Only heights above the ground from `lowest_m` to `highest_m` are shown. */
  readonly clipsHeight: boolean;
  readonly lowest_m: number;
  readonly highest_m: number;
  /** Only the selected box is shown, and `boxMargin_m` about it. */
  readonly clipsToBox: boolean;
  readonly boxMargin_m: number;
  readonly memory: MemoryLevel;
}

export const DEFAULT_CLOUD_SETTINGS: CloudSettings = {
  span: 'nearest',
  nearSweeps: 4,
  carriesMoving: true,
  color: 'height',
  size_px: 2,
  hidesGround: false,
  clipsHeight: false,
  lowest_m: -0.5,
  highest_m: 4,
  clipsToBox: false,
  boxMargin_m: 2,
  memory: 'auto',
};

export const MAX_NEAR_SWEEPS = 12;
/** Sweeps of the whole clip while its static cloud is not there: at most this many points, of every second, third... */
export const MAX_ALL_POINTS = 3_000_000;
/** Points lower than this above the ground count as ground. */
export const GROUND_BAND_M = 0.2;
