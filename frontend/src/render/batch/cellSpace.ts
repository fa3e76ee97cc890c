import { Scene } from 'three';

import type { LabelId } from '../../core/document/ids';
import { isCuboid } from '../../core/document/label';
import type { Editor } from '../../core/editor';
import type { BoxState } from '../../core/geometry/box';
import { trackOf } from '../../core/geometry/track';
import { distance, type Vec3 } from '../../core/geometry/vec3';
import { Value, type Readable } from '../../core/observable';
import type { SweepStore } from '../data/sweepStore';
import { BoxesLayer } from '../layers/boxesLayer';
import type { CloudSettings } from '../cloudSettings';
import { PointsLayer, type PointCloud } from '../layers/pointsLayer';
import { PointsLook } from '../layers/pointsLook';
import { visibleBoxes, type ColorOfClass, type VisibleBox } from '../shownBoxes';
import { chooseSweeps } from '../sweepChoice';
import type { ViewSpace } from '../views/stageView';
import { cropPoints } from './cropPoints';
import { countInBox } from './pointsInBox';

export interface CellPorts {
  readonly editor: Editor;
  readonly sweeps: SweepStore;
  readonly settings: Readable<CloudSettings>;
  readonly colorOf: ColorOfClass;
  /** Every point's height above the ground, metres. */
  readonly heightsOf: (positions_m: Float32Array) => Float32Array;
}

/** Points are kept so far beyond the box. */
const AROUND_M = 6;
/** The box went so far from where points were cropped: they are cropped anew. */
const RECROP_M = 2.5;
/** Other labels this near are drawn too. */
const NEIGHBOURS_M = 12;

interface Crop {
  readonly centre_m: Vec3;
  readonly sweeps: string;
  readonly cloud: PointCloud;
}

/** One label at one time with the points about it: a small space of its own. */
export class CellSpace implements ViewSpace {
  readonly scene = new Scene();
  readonly timeNs: bigint;
  readonly labelId: LabelId;
  /** Points in the box; null while they are on their way. */
  readonly pointCount = new Value<number | null>(null);
  readonly #ports: CellPorts;
  readonly #look = new PointsLook();
  readonly #points = new PointsLayer(this.#look);
  readonly #boxes = new BoxesLayer();
  readonly #sweepIndices: readonly number[];
  #selected: VisibleBox | null = null;
  #crop: Crop | null = null;
  #counted: { readonly state: BoxState; readonly crop: Crop } | null = null;

  constructor(labelId: LabelId, timeNs: bigint, ports: CellPorts) {
    this.labelId = labelId;
    this.timeNs = timeNs;
    this.#ports = ports;
    this.#sweepIndices = chooseSweeps(ports.editor.clip.manifest.sweeps, timeNs, 'nearest');
    this.scene.add(this.#points.object, this.#boxes.object);
  }

  /** The label's box at the cell's time; null where it isn't there. */
  get selected(): VisibleBox | null {
    return this.#selected;
  }

  /** The points about the box, as far as they have come. */
  get cloud(): PointCloud | null {
    return this.#crop?.cloud ?? null;
  }

  update(): void {
    const { editor, settings, colorOf } = this.#ports;
    const session = editor.session.get();
    // What is proposed for a label is shown in its place.
    const label = editor.shownLabel(this.labelId);
    if (!isCuboid(label)) return;
    const all = visibleBoxes(editor.document.labels(), session, this.timeNs, colorOf);
    this.#selected = all.find((box) => box.labelId === this.labelId) ?? null;
    const state = this.#selected?.state ?? null;
    const centre = state ?? trackOf(label).extended(this.timeNs);
    this.#boxes.update(
      all.filter(
        (box) => distance(box.state.position_m, centre.position_m) < NEIGHBOURS_M + reachOf(box.state),
      ),
    );
    this.#updatePoints(centre, state, settings.get());
  }

  prepareView(pixelRatio: number, isPerspective: boolean, slabAxis: Vec3 | null): void {
    this.#look.prepareView(pixelRatio, isPerspective, slabAxis);
  }

  dispose(): void {
    this.#points.dispose();
    this.#look.dispose();
    this.#boxes.dispose();
    this.scene.clear();
  }

  #updatePoints(centre: BoxState, state: BoxState | null, settings: CloudSettings): void {
    const { editor, sweeps, heightsOf } = this.#ports;
    const present = this.#sweepIndices.filter((index) => sweeps.get(index) !== undefined);
    const key = present.join();
    const crop = this.#crop;
    const isStale =
      crop === null ||
      crop.sweeps.length < key.length ||
      distance(crop.centre_m, centre.position_m) > RECROP_M;
    if (isStale && present.length > 0) {
      const clouds = present.flatMap((index) => sweeps.get(index) ?? []);
      const cloud = cropPoints(clouds, centre.position_m, reachOf(centre) + AROUND_M);
      this.#crop = { centre_m: centre.position_m, sweeps: key, cloud };
      this.#points.clear();
      this.#points.show(new Map([[0, cloud]]), heightsOf);
    }
    this.#look.setEgo(editor.clip.trajectory.atClamped(this.timeNs).position_m);
    // A cell shows all that is about its box, whatever the large views leave out.
    this.#look.set({ ...settings, clipsHeight: false, clipsToBox: false });
    this.#look.setBox(state);
    this.#look.setColoredBoxes(settings.color === 'class' && this.#selected !== null ? [this.#selected] : []);
    this.#count(state);
  }

  #count(state: BoxState | null): void {
    const crop = this.#crop;
    if (crop === null || state === null) {
      this.pointCount.set(null);
      return;
    }
    if (this.#counted?.crop === crop && this.#counted.state === state) return;
    this.#counted = { crop, state };
    this.pointCount.set(countInBox(crop.cloud.positions_m, state));
  }
}

function reachOf(box: BoxState): number {
  return Math.hypot(...box.size_m) / 2;
}
