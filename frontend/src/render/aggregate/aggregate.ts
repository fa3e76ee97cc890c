import { Quaternion, Vector3 } from 'three';

import type { CuboidLabel } from '../../core/document/label';
import type { LabelId } from '../../core/document/ids';
import type { Clip } from '../../core/clip/clip';
import type { BoxState } from '../../core/geometry/box';
import { trackOf } from '../../core/geometry/track';
import { distance, type Vec3 } from '../../core/geometry/vec3';
import { cropPoints } from '../batch/cropPoints';
import { forPointsInBox } from '../batch/pointsInBox';
import type { SweepStore } from '../data/sweepStore';
import { AGGREGATE } from '../layers/layer';
import type { CloudSettings } from '../cloudSettings';
import { PointsLayer, type PointCloud } from '../layers/pointsLayer';
import { PointsLook } from '../layers/pointsLook';

/** At most so many sweeps, evenly over the label's life. */
const MAX_SWEEPS = 120;
/** Points this far beyond the box's sides are gathered: where the true size shows. */
const BEYOND_M = 0.8;
/** Points are kept so far beyond, that the box can be moved without asking for the sweep again. */
const KEPT_BEYOND_M = 2.5;
/** So many sweeps are asked for at a time: what was gathered of a sweep is kept, the sweep is not. */
const ASKED_AT_ONCE = 6;

interface Gathered {
  readonly centre_m: Vec3;
  readonly cloud: PointCloud;
}

/**
 * The points of one object from all of its life, each sweep's taken along with the box of its own time into the box's
 * frame: all that was seen of it stands in one place. A box that is placed wrongly somewhere smears them.
 */
export class Aggregate {
  readonly look = new PointsLook();
  readonly points = new PointsLayer(this.look, { layer: AGGREGATE });
  readonly #clip: Clip;
  readonly #sweeps: SweepStore;
  #labelId: LabelId | null = null;
  #gathered = new Map<number, Gathered>();
  #shownLabel: CuboidLabel | null = null;
  #shownSweeps = 0;
  #pointCount = 0;

  constructor(clip: Clip, sweeps: SweepStore) {
    this.#clip = clip;
    this.#sweeps = sweeps;
    this.points.object.visible = false;
  }

  get pointCount(): number {
    return this.#pointCount;
  }

  /** Shows the label's points in the box where it stands now; null: nothing. */
  update(label: CuboidLabel | null, state: BoxState | null, settings: CloudSettings): void {
    const isShown = label !== null && state !== null;
    this.points.object.visible = isShown;
    if (!isShown) {
      this.#sweeps.want([], [], 'aggregate');
      if (label === null) this.#forget(null);
      return;
    }
    if (label.id !== this.#labelId) this.#forget(label.id);
    this.#gather(label);
    if (label !== this.#shownLabel || this.#gathered.size !== this.#shownSweeps) this.#show(label);
    // All that was gathered is shown, whatever the large views leave out.
    const color = settings.color === 'distance' ? 'height' : settings.color;
    this.look.set({ ...settings, color, hidesGround: false, clipsHeight: false, clipsToBox: false });
    this.look.setBox(state);
    const { object } = this.points;
    object.position.copy(new Vector3(...state.position_m));
    object.quaternion.copy(new Quaternion(...state.quat_xyzw));
  }

  dispose(): void {
    this.#forget(null);
    this.points.dispose();
    this.look.dispose();
  }

  #forget(labelId: LabelId | null): void {
    if (this.#labelId === labelId) return;
    this.#labelId = labelId;
    this.#gathered.clear();
    this.#shownLabel = null;
    this.#shownSweeps = 0;
    this.points.clear();
  }

  #gather(label: CuboidLabel): void {
    const track = trackOf(label);
    const wanted: number[] = [];
    for (const index of aggregateSweeps(this.#clip.sweepTimesNs, (timeNs) => track.existsAt(timeNs))) {
      const state = track.extended(this.#clip.sweepTimesNs[index]!);
      const known = this.#gathered.get(index);
      const reach = Math.hypot(...state.size_m) / 2;
      if (known !== undefined && distance(known.centre_m, state.position_m) < KEPT_BEYOND_M - BEYOND_M)
        continue;
      const sweep = this.#sweeps.get(index);
      if (sweep === undefined) wanted.push(index);
      else {
        const cloud = cropPoints([sweep], state.position_m, reach + KEPT_BEYOND_M);
        this.#gathered.set(index, { centre_m: state.position_m, cloud });
        this.#shownLabel = null;
      }
    }
    this.#sweeps.want(wanted.slice(0, ASKED_AT_ONCE), [], 'aggregate');
  }

  #show(label: CuboidLabel): void {
    const cloud = aggregated(label, this.#clip.sweepTimesNs, this.#gathered);
    this.#shownLabel = label;
    this.#shownSweeps = this.#gathered.size;
    this.#pointCount = cloud.positions_m.length / 3;
    this.points.clear();
    const bottom = -label.size_m[2] / 2;
    this.points.show(new Map([[0, cloud]]), (positions_m) => {
      const heights = new Float32Array(positions_m.length / 3);
      for (let i = 0; i < heights.length; i += 1) heights[i] = positions_m[3 * i + 2]! - bottom;
      return heights;
    });
  }
}

/** The sweeps in which a label is, thinned evenly where there are many. */
export function aggregateSweeps(timesNs: BigInt64Array, exists: (timeNs: bigint) => boolean): number[] {
  const present: number[] = [];
  timesNs.forEach((timeNs, index) => {
    if (exists(timeNs)) present.push(index);
  });
  if (present.length <= MAX_SWEEPS) return present;
  const step = (present.length - 1) / (MAX_SWEEPS - 1);
  return Array.from({ length: MAX_SWEEPS }, (_, i) => present[Math.round(i * step)]!);
}

/** The points of all sweeps in the box's own frame, metres, its centre the origin. */
export function aggregated(
  label: CuboidLabel,
  timesNs: BigInt64Array,
  gathered: ReadonlyMap<number, { readonly cloud: PointCloud }>,
): PointCloud {
  const track = trackOf(label);
  const positions: number[] = [];
  const intensities: number[] = [];
  for (const [index, { cloud }] of gathered) {
    const state = track.at(timesNs[index]!);
    if (state === null) continue;
    forPointsInBox(cloud.positions_m, state, BEYOND_M, (point, x, y, z) => {
      positions.push(x, y, z);
      intensities.push(cloud.intensities?.[point] ?? 0);
    });
  }
  return { positions_m: Float32Array.from(positions), intensities: Float32Array.from(intensities) };
}
