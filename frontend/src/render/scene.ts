import { Object3D, Scene } from 'three';

import { pathGround } from '../core/editor/ground';
import type { Editor } from '../core/editor';
import type { BoxState } from '../core/geometry/box';
import type { Readable } from '../core/observable';
import type { RigidTransform } from '../core/geometry/rigid';
import type { Vec3 } from '../core/geometry/vec3';
import { isCuboid } from '../core/document/label';
import { Aggregate } from './aggregate/aggregate';
import { GroundGrid } from './data/groundGrid';
import type { SweepStore } from './data/sweepStore';
import { BoxesLayer } from './layers/boxesLayer';
import { EgoLayer } from './layers/egoLayer';
import { FrustaLayer } from './layers/frustaLayer';
import { GridLayer } from './layers/gridLayer';
import { PathsLayer } from './layers/pathsLayer';
import { PointsLayer, type PointCloud } from './layers/pointsLayer';
import { chooseSweeps, sweepsAhead } from './sweepChoice';
import type { ViewSettings } from './viewSettings';
import type { ViewSpace } from './views/stageView';
import { visiblePaths } from './shownPaths';
import { visibleBoxes, type ColorOfClass, type VisibleBox } from './shownBoxes';

// The world's z is up; three's own default is y.
Object3D.DEFAULT_UP.set(0, 0, 1);

const PREFETCH_SWEEPS = 6;

/** Everything that stands in the 3D views, brought up to date once before they are drawn. */
export class ClipScene implements ViewSpace {
  readonly scene = new Scene();
  readonly points = new PointsLayer();
  /** The selected object's points of all its times. */
  readonly aggregate: Aggregate;
  readonly ground: GroundGrid;
  readonly #editor: Editor;
  readonly #sweeps: SweepStore;
  readonly #settings: Readable<ViewSettings>;
  readonly #colorOf: ColorOfClass;
  readonly #boxes = new BoxesLayer();
  readonly #paths = new PathsLayer();
  readonly #grid = new GridLayer();
  readonly #ego: EgoLayer;
  readonly #frusta = new FrustaLayer();
  readonly #grounded = new Set<number>();
  #visible: readonly VisibleBox[] = [];
  #shownSweeps: readonly number[] = [];
  #highlightedCamera: string | null = null;

  constructor(editor: Editor, sweeps: SweepStore, settings: Readable<ViewSettings>, colorOf: ColorOfClass) {
    this.#editor = editor;
    this.#sweeps = sweeps;
    this.#settings = settings;
    this.#colorOf = colorOf;
    this.ground = new GroundGrid(pathGround(editor.clip));
    editor.setGround(this.ground);
    this.aggregate = new Aggregate(editor.clip, sweeps);
    const { trajectory } = editor.clip;
    const first = trajectory.positions_m;
    const height = (first[2] ?? 0) - (pathGround(editor.clip).zAt(first[0] ?? 0, first[1] ?? 0) ?? 0);
    this.#ego = new EgoLayer(trajectory, height);
    this.scene.add(
      this.#grid.object,
      this.points.object,
      this.aggregate.points.object,
      this.#ego.object,
      this.#frusta.object,
      this.#paths.object,
      this.#boxes.object,
    );
  }

  /** The boxes as they were last drawn. */
  get visible(): readonly VisibleBox[] {
    return this.#visible;
  }

  /** The one selected box, where it exists now. */
  get selected(): VisibleBox | null {
    const [id] = this.#editor.session.get().selection;
    return id === undefined ? null : (this.#visible.find((box) => box.labelId === id) ?? null);
  }

  get shownSweeps(): readonly number[] {
    return this.#shownSweeps;
  }

  get egoPose(): RigidTransform {
    return this.#editor.clip.trajectory.atClamped(this.#editor.session.get().timeNs);
  }

  highlightCamera(name: string | null): void {
    this.#highlightedCamera = name;
  }

  /** The clouds on screen, for picking. */
  shownClouds(): PointCloud[] {
    return this.#shownSweeps.flatMap((index) => this.#sweeps.get(index) ?? []);
  }

  update(): void {
    const session = this.#editor.session.get();
    const settings = this.#settings.get();
    this.#visible = visibleBoxes(this.#editor.document.labels(), session, session.timeNs, this.#colorOf);
    this.#boxes.update(this.#visible);
    this.#paths.update(visiblePaths(this.#editor.document.labels(), session, this.#colorOf));
    const selected: BoxState | null = this.selected?.state ?? null;
    this.#updatePoints(settings, selected);
    this.#updateAggregate(settings);
    this.#updateSurroundings(settings);
  }

  prepareView(pixelRatio: number, isPerspective: boolean, slabAxis: Vec3 | null): void {
    // In the views of the selection its points of all times take the place of one sweep's.
    const { object } = this.aggregate.points;
    this.points.object.visible = slabAxis === null || !object.visible;
    this.points.prepareView(pixelRatio, isPerspective, slabAxis);
    this.aggregate.points.prepareView(pixelRatio, isPerspective, slabAxis);
  }

  dispose(): void {
    this.points.dispose();
    this.aggregate.dispose();
    this.#boxes.dispose();
    this.#paths.dispose();
    this.#grid.dispose();
    this.#ego.dispose();
    this.#frusta.dispose();
    this.scene.clear();
  }

  #updatePoints(settings: ViewSettings, selected: BoxState | null): void {
    const { clip, session } = this.#editor;
    const { sweeps } = clip.manifest;
    this.#shownSweeps = chooseSweeps(sweeps, session.get().timeNs, settings.sweepSpan);
    const ahead = settings.sweepSpan === 'all' ? [] : sweepsAhead(sweeps, this.#shownSweeps, PREFETCH_SWEEPS);
    this.#sweeps.want([...this.#shownSweeps, ...ahead]);
    const clouds = new Map<number, PointCloud>();
    for (const index of this.#shownSweeps) {
      const cloud = this.#sweeps.get(index);
      if (cloud === undefined) continue;
      clouds.set(index, cloud);
      this.#learnGround(index, cloud);
    }
    // While the next sweep is on its way the last one stays: no flicker at every step.
    if (clouds.size > 0 || this.#shownSweeps.length === 0) this.points.show(clouds, this.heightsOf);
    this.points.setColor(settings.pointColor);
    this.points.setSize(settings.pointSize_px);
    this.points.setBox(selected);
  }

  #updateAggregate(settings: ViewSettings): void {
    const { selected } = this;
    const label = selected === null ? undefined : this.#editor.shownLabel(selected.labelId);
    const isOn = settings.showsAggregate && isCuboid(label);
    this.aggregate.update(isOn ? label : null, selected?.state ?? null);
    this.aggregate.points.setColor(settings.pointColor === 'distance' ? 'height' : settings.pointColor);
    this.aggregate.points.setSize(settings.pointSize_px);
  }

  #updateSurroundings(settings: ViewSettings): void {
    const { clip, session } = this.#editor;
    const pose = this.egoPose;
    const [x, y, z] = pose.position_m;
    const groundZ = this.ground.zAt(x, y) ?? z;
    this.points.setEgo(pose.position_m);
    this.#grid.object.visible = settings.showsGrid;
    this.#grid.setCentre(pose.position_m, groundZ);
    this.#ego.object.visible = settings.showsPath;
    this.#ego.setPose(pose);
    this.#frusta.object.visible = settings.showsFrusta;
    if (!settings.showsFrusta) return;
    this.#frusta.update(
      clip.cameras.flatMap((camera) => {
        const image = camera.nearestImage(session.get().timeNs);
        if (image === null) return [];
        return [{ view: camera.view(image), isHighlighted: camera.name === this.#highlightedCamera }];
      }),
    );
  }

  /** Every point's height above the ground as it is known now, metres. */
  heightsOf = (positions_m: Float32Array): Float32Array => this.ground.heightsOf(positions_m);

  #learnGround(index: number, cloud: PointCloud): void {
    if (this.#grounded.has(index)) return;
    this.#grounded.add(index);
    this.ground.add(cloud.positions_m);
  }
}
