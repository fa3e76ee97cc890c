import type { PointColor } from './layers/pointsLayer';

/** Which sweeps the 3D views show: the nearest, that and its neighbours, or all of the clip. */
export type SweepSpan = 'nearest' | 'near' | 'all';
/** What the 3D view goes along with as time goes on. */
export type FollowMode = 'none' | 'ego' | 'selection';

/** How the views show things: a matter of taste, kept per user. */
export interface ViewSettings {
  readonly pointColor: PointColor;
  readonly pointSize_px: number;
  readonly sweepSpan: SweepSpan;
  readonly showsGrid: boolean;
  readonly showsPath: boolean;
  readonly showsFrusta: boolean;
  readonly follow: FollowMode;
  /** How strongly boxes are drawn over pictures, 0..1. */
  readonly overlayOpacity: number;
  /** The views of the selection show its points of all times, and a view of its own turns about them. */
  readonly showsAggregate: boolean;
  /** The best camera's picture is enlarged about the selected object. */
  readonly zoomsToSelection: boolean;
}

export const DEFAULT_VIEW_SETTINGS: ViewSettings = {
  pointColor: 'height',
  pointSize_px: 2,
  sweepSpan: 'nearest',
  showsGrid: true,
  showsPath: true,
  showsFrusta: true,
  follow: 'ego',
  overlayOpacity: 1,
  showsAggregate: false,
  zoomsToSelection: true,
};

/** `near`: this many sweeps on either side. */
export const NEAR_SWEEPS = 4;
/** `all`: at most this many points; of more sweeps every second, third... is shown. */
export const MAX_ALL_POINTS = 6_000_000;
