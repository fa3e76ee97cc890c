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
import { Clouds } from './clouds';
import type { CloudSettings } from './cloudSettings';
import type { StaticCloudSource } from './data/staticCloudSource';
import type { ViewSettings } from './viewSettings';
import type { ViewSpace } from './views/stageView';
import { visiblePaths } from './shownPaths';
import { visibleBoxes, type ColorOfClass, type VisibleBox } from './shownBoxes';

// The world's z is up; three's own default is y.
Object3D.DEFAULT_UP.set(0, 0, 1);

export interface ScenePorts {
  readonly editor: Editor;
  readonly sweeps: SweepStore;
  readonly staticCloud: StaticCloudSource;
  readonly settings: Readable<ViewSettings>;
  readonly cloudSettings: Readable<CloudSettings>;
  readonly colorOf: ColorOfClass;
  readonly requestDraw: () => void;
}

/** Everything that stands in the 3D views, brought up to date once before they are drawn. */
export class ClipScene implements ViewSpace {
  readonly scene = new Scene();
  /** The selected object's points of all its times. */
  readonly aggregate: Aggregate;
  readonly clouds: Clouds;
  readonly ground: GroundGrid;
  readonly #editor: Editor;
  readonly #settings: Readable<ViewSettings>;
  readonly #cloudSettings: Readable<CloudSettings>;
  readonly #colorOf: ColorOfClass;
  readonly #boxes = new BoxesLayer();
  readonly #paths = new PathsLayer();
  readonly #grid = new GridLayer();
  readonly #ego: EgoLayer;
  readonly #frusta = new FrustaLayer();
  #visible: readonly VisibleBox[] = [];
  #highlightedCamera: string | null = null;

  constructor(ports: ScenePorts) {
    const { editor } = ports;
    this.#editor = editor;
    this.#settings = ports.settings;
    this.#cloudSettings = ports.cloudSettings;
    this.#colorOf = ports.colorOf;
    this.ground = new GroundGrid(pathGround(editor.clip));
    editor.setGround(this.ground);
    this.aggregate = new Aggregate(editor.clip, ports.sweeps);
    this.clouds = new Clouds({
      editor,
      sweeps: ports.sweeps,
      staticCloud: ports.staticCloud,
      settings: ports.cloudSettings,
      ground: this.ground,
      requestDraw: ports.requestDraw,
    });
    const { trajectory } = editor.clip;
    const first = trajectory.positions_m;
    const height = (first[2] ?? 0) - (pathGround(editor.clip).zAt(first[0] ?? 0, first[1] ?? 0) ?? 0);
    this.#ego = new EgoLayer(trajectory, height);
    this.scene.add(
      this.#grid.object,
      this.clouds.object,
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

  get egoPose(): RigidTransform {
    return this.#editor.clip.trajectory.atClamped(this.#editor.session.get().timeNs);
  }

  highlightCamera(name: string | null): void {
    this.#highlightedCamera = name;
  }

  update(): void {
    const session = this.#editor.session.get();
    const settings = this.#settings.get();
    this.#visible = visibleBoxes(this.#editor.document.labels(), session, session.timeNs, this.#colorOf);
    this.#boxes.update(this.#visible);
    this.#paths.update(visiblePaths(this.#editor.document.labels(), session, this.#colorOf));
    const selected: BoxState | null = this.selected?.state ?? null;
    this.clouds.update(selected, this.#visible);
    this.#updateAggregate();
    this.#updateSurroundings(settings);
  }

  prepareView(pixelRatio: number, isPerspective: boolean, slabAxis: Vec3 | null): void {
    // In the views of the selection its points of all times take the place of one sweep's.
    const { object } = this.aggregate.points;
    this.clouds.object.visible = slabAxis === null || !object.visible;
    this.clouds.look.prepareView(pixelRatio, isPerspective, slabAxis);
    this.aggregate.look.prepareView(pixelRatio, isPerspective, slabAxis);
  }

  dispose(): void {
    this.clouds.dispose();
    this.aggregate.dispose();
    this.#boxes.dispose();
    this.#paths.dispose();
    this.#grid.dispose();
    this.#ego.dispose();
    this.#frusta.dispose();
    this.scene.clear();
  }

  #updateAggregate(): void {
    const { selected } = this;
    const label = selected === null ? undefined : this.#editor.shownLabel(selected.labelId);
    const isOn = this.#settings.get().showsAggregate && isCuboid(label);
    this.aggregate.update(isOn ? label : null, selected?.state ?? null, this.#cloudSettings.get());
  }

  #updateSurroundings(settings: ViewSettings): void {
    const { clip, session } = this.#editor;
    const pose = this.egoPose;
    const [x, y, z] = pose.position_m;
    const groundZ = this.ground.zAt(x, y) ?? z;
    this.clouds.look.setEgo(pose.position_m);
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
}
