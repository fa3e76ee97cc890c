import type { Quat } from '../geometry/quat';
import type { Vec3 } from '../geometry/vec3';
import type { LabelId } from './ids';
import type { Origin } from './origin';

/**
 * The labels of `labelapp-labels/1`, exactly as they stand in files and on the wire: the same keys, the same
 * strings for times. Records are frozen; an edit makes a new one.
 */
export type AttributeValue = string | number | boolean;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** Integer nanoseconds, written out: JavaScript's numbers would round them. */
export type TimeText = string;

interface LabelBase {
  readonly id: LabelId;
  readonly class: string;
  readonly attributes: Attributes;
  /** How sure a model is of it, 0 to 1; only in label sets of machines. */
  readonly score?: number;
  /** Where it was copied from. */
  readonly origin?: Origin;
}

/** A time at which a person or a model fixed the state of a box. */
export interface Keyframe {
  readonly time_ns: TimeText;
  readonly position_m: Vec3;
  readonly quat_xyzw: Quat;
  readonly size_m?: Vec3;
  readonly attributes?: Attributes;
  /** The label does not exist between this keyframe and the next. */
  readonly gap_after?: boolean;
}

export interface CuboidLabel extends LabelBase {
  readonly geometry: 'cuboid';
  readonly static: boolean;
  readonly size_m: Vec3;
  readonly interpolation: 'linear' | 'spline';
  readonly from_ns?: TimeText;
  readonly to_ns?: TimeText;
  /** At least one, times strictly rising. */
  readonly keyframes: readonly Keyframe[];
}

export interface PolylineLabel extends LabelBase {
  readonly geometry: 'polyline';
  readonly vertices_m: readonly Vec3[];
  readonly closed: boolean;
  readonly width_m?: number;
}

export interface PolygonLabel extends LabelBase {
  readonly geometry: 'polygon';
  readonly rings_m: readonly (readonly Vec3[])[];
}

export interface KeypointsLabel extends LabelBase {
  readonly geometry: 'keypoints';
  readonly points: Readonly<Record<string, { readonly position_m: Vec3; readonly visible: boolean }>>;
}

export interface PointsLabel extends LabelBase {
  readonly geometry: 'points';
}

export type Label = CuboidLabel | PolylineLabel | PolygonLabel | KeypointsLabel | PointsLabel;
export type Geometry = Label['geometry'];

export function isCuboid(label: Label | undefined): label is CuboidLabel {
  return label?.geometry === 'cuboid';
}
