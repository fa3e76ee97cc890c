import { Group, type Points } from 'three';

import type { ManifestSweep } from '../core/clip/manifest';
import type { Editor } from '../core/editor';
import { isCuboid, type Label } from '../core/document/label';
import type { LabelId } from '../core/document/ids';
import type { BoxState } from '../core/geometry/box';
import { trackOf } from '../core/geometry/track';
import type { Readable } from '../core/observable';
import type { CloudSettings } from './cloudSettings';
import type { GroundGrid } from './data/groundGrid';
import type { StaticCloudSource } from './data/staticCloudSource';
import type { SweepStore } from './data/sweepStore';
import { PointsLayer, type Carried, type PointCloud, type SweepTime } from './layers/pointsLayer';
import { PointsLook, type ColoredBox } from './layers/pointsLook';
import { StaticCloudLayer } from './layers/staticCloudLayer';
import { memoryBudget, deviceMemory_gb } from './memoryBudget';
import { chooseSweeps, sweepsAhead } from './sweepChoice';

export interface CloudsPorts {
  readonly editor: Editor;
  readonly sweeps: SweepStore;
  readonly staticCloud: StaticCloudSource;
  readonly settings: Readable<CloudSettings>;
  readonly ground: GroundGrid;
  readonly requestDraw: () => void;
}

const PREFETCH_SWEEPS = 6;

/** The point clouds in the 3D views: sweeps, and the whole clip's static cloud. */
export class Clouds {
  readonly object = new Group();
  readonly look = new PointsLook();
  readonly sweepPoints = new PointsLayer(this.look);
  readonly staticPoints: StaticCloudLayer;
  readonly #ports: CloudsPorts;
  readonly #grounded = new Set<number>();
  readonly #timesNs: readonly bigint[];
  #shownSweeps: readonly number[] = [];
  #hugeSweeps: readonly number[] = [];
  #chosenFor = '';
  #carriedFor: readonly unknown[] = [];

  constructor(ports: CloudsPorts) {
    this.#ports = ports;
    this.#timesNs = ports.editor.clip.manifest.sweeps.map((sweep) => BigInt(sweep.time_ns));
    this.staticPoints = new StaticCloudLayer(this.#budget(), {
      look: this.look,
      requestDraw: ports.requestDraw,
      onFailure: () => ports.staticCloud.refresh(),
    });
    this.object.add(this.sweepPoints.object, this.staticPoints.object);
  }

  get shownSweeps(): readonly number[] {
    return this.#shownSweeps;
  }

  /** Bytes of vertices on the GPU, or about to be. */
  get bytes(): number {
    return this.sweepPoints.bytes + this.staticPoints.bytes;
  }

  /** The sweeps on screen, for picking. */
  shownClouds(): PointCloud[] {
    return this.#shownSweeps.flatMap((index) => this.#ports.sweeps.get(index) ?? []);
  }

  /** The tiles on screen, for picking. */
  shownTiles(): Points[] {
    return this.staticPoints.shown();
  }

  update(selected: BoxState | null, boxes: readonly ColoredBox[]): void {
    const settings = this.#ports.settings.get();
    const isStatic = this.#updateStatic(settings);
    this.#updateSweeps(settings, isStatic);
    this.#updateTimes(settings);
    this.look.set(settings);
    this.look.setBox(selected);
    this.look.setColoredBoxes(settings.color === 'class' ? boxes : []);
  }

  /** Lets everything on the GPU go; the next update brings it back. */
  release(): void {
    this.sweepPoints.clear();
    this.staticPoints.show(null);
  }

  dispose(): void {
    this.sweepPoints.dispose();
    this.staticPoints.dispose();
    this.look.dispose();
    this.#ports.sweeps.want([], []);
  }

  #budget(): ReturnType<typeof memoryBudget> {
    return memoryBudget(this.#ports.settings.get().memory, deviceMemory_gb());
  }

  /** True where the static cloud stands for the whole clip. */
  #updateStatic(settings: CloudSettings): boolean {
    const isWanted = settings.span === 'all' && this.#timesNs.length > 0;
    this.#ports.staticCloud.want(isWanted);
    const url = isWanted ? (this.#ports.staticCloud.state.get().info?.url ?? null) : null;
    this.staticPoints.setBudget(this.#budget());
    this.staticPoints.show(url ?? this.#tilesOfNow());
    return url !== null;
  }

  /** Where the tiles are of the sweep of now, if it is too big for one file. */
  #tilesOfNow(): string | null {
    const { clip, session } = this.#ports.editor;
    const { id, sweeps } = clip.manifest;
    if (!sweeps.some(isHuge)) return null;
    const index = chooseSweeps(sweeps, session.get().timeNs, 'nearest').find((at) => isHuge(sweeps[at]));
    return index === undefined ? null : `/api/clips/${id}/sweeps/${index}/tiles/tileset.json`;
  }

  #updateSweeps(settings: CloudSettings, isStatic: boolean): void {
    const { clip, session } = this.#ports.editor;
    const { sweeps } = clip.manifest;
    // What moves is not in the static cloud: the sweep of now shows it.
    const span = isStatic ? 'nearest' : settings.span;
    const reach = span === 'near' ? settings.nearSweeps : 0;
    const { timeNs } = session.get();
    const chosenFor = `${timeNs} ${span} ${reach}`;
    if (chosenFor !== this.#chosenFor) {
      this.#chosenFor = chosenFor;
      // Tiles show all points of huge sweeps; in the static cloud they are as well. Their one file tells the ground.
      const chosen = chooseSweeps(sweeps, timeNs, span, reach);
      this.#shownSweeps = chosen.filter((index) => !isHuge(sweeps[index]));
      this.#hugeSweeps = chosen.filter((index) => isHuge(sweeps[index]));
    }
    const ahead = span === 'all' ? [] : sweepsAhead(sweeps, this.#shownSweeps, PREFETCH_SWEEPS);
    this.#ports.sweeps.want(this.#shownSweeps, [...this.#hugeSweeps, ...ahead]);
    for (const index of this.#hugeSweeps) {
      const standIn = this.#ports.sweeps.get(index);
      if (standIn !== undefined) this.#learnGround(index, standIn);
    }
    const clouds = new Map<number, PointCloud>();
    for (const index of this.#shownSweeps) {
      const cloud = this.#ports.sweeps.get(index);
      if (cloud === undefined) continue;
      clouds.set(index, cloud);
      this.#learnGround(index, cloud);
    }
    // While the next sweep is on its way the last one stays: no flicker at every step.
    if (clouds.size > 0 || this.#shownSweeps.length === 0) this.sweepPoints.show(clouds, this.#heightsOf);
  }

  /** Where each sweep lies in time, and which boxes have moved since: only when any of that may be different. */
  #updateTimes(settings: CloudSettings): void {
    const { editor } = this.#ports;
    const labels = editor.document.labels();
    const { timeNs } = editor.session.get();
    const reasons = [labels, timeNs, this.#chosenFor, settings.carriesMoving, this.sweepPoints.version];
    if (reasons.every((reason, index) => reason === this.#carriedFor[index])) return;
    this.#carriedFor = reasons;
    const reach_ns = this.#shownSweeps.reduce(
      (most, index) => Math.max(most, Math.abs(Number(this.#timesNs[index]! - timeNs))),
      1,
    );
    this.sweepPoints.setTimes((index): SweepTime => {
      const at = this.#timesNs[index] ?? timeNs;
      return {
        place: 0.5 + Number(at - timeNs) / (2 * reach_ns),
        carried: settings.carriesMoving ? carriedBetween(labels, at, timeNs) : [],
      };
    });
  }

  #heightsOf = (positions_m: Float32Array): Float32Array => this.#ports.ground.heightsOf(positions_m);

  #learnGround(index: number, cloud: PointCloud): void {
    if (this.#grounded.has(index)) return;
    this.#grounded.add(index);
    this.#ports.ground.add(cloud.positions_m);
  }
}

function isHuge(sweep: ManifestSweep | undefined): boolean {
  return (sweep?.tile_count ?? 0) > 0;
}

/** The boxes that are there at both times, and elsewhere. */
function carriedBetween(
  labels: ReadonlyMap<LabelId, Label>,
  thenNs: bigint,
  nowNs: bigint,
): readonly Carried[] {
  if (thenNs === nowNs) return [];
  const carried: Carried[] = [];
  for (const label of labels.values()) {
    if (!isCuboid(label) || label.static || label.keyframes.length < 2) continue;
    const track = trackOf(label);
    const then = track.at(thenNs);
    const now = then === null ? null : track.at(nowNs);
    if (then !== null && now !== null) carried.push({ then, now });
  }
  return carried;
}
