import { LRUCache } from '3d-tiles-renderer/core';
import { TilesRenderer } from '3d-tiles-renderer/three';
import { type Camera, Group, type Object3D, type Points } from 'three';

import type { MemoryBudget } from '../memoryBudget';
import type { Layer } from './layer';
import type { PointsLook } from './pointsLook';

/** A view that the cloud is to be detailed enough for. */
export interface DetailView {
  readonly camera: Camera;
  readonly width_px: number;
  readonly height_px: number;
}

/** Points may lie this far apart on the screen, where the budget allows. */
const FINEST_PX = 2;
const COARSEST_PX = 64;
/** Detail is taken back, and given again, in steps of so much. */
const STEP = 1.15;
/** Below this part of the budget there may be more detail again. */
const SPARE = 0.75;
/** Kept when there is too much: the rest goes, those not used for longest first. */
const KEPT = 0.85;
const ENDLESS = 1e9;

export interface StaticCloudPorts {
  readonly look: PointsLook;
  readonly requestDraw: () => void;
  /** Told why tiles can't be loaded. */
  readonly onFailure: (sentence: string) => void;
}

/**
 * A static cloud: tiles are loaded as the views want them, within a fixed number of bytes, and drawn within a fixed
 * number of points: where a view wants more, all of it gets coarser until it fits.
 */
export class StaticCloudLayer implements Layer {
  readonly object = new Group();
  readonly #ports: StaticCloudPorts;
  readonly #material;
  #tiles: TilesRenderer | null = null;
  #url: string | null = null;
  #budget: MemoryBudget;
  #shownPoints = 0;
  #cameras: readonly Camera[] = [];

  constructor(budget: MemoryBudget, ports: StaticCloudPorts) {
    this.#budget = budget;
    this.#ports = ports;
    this.#material = ports.look.material('tile', {});
  }

  /** Points that are drawn now. */
  get shownPoints(): number {
    return this.#shownPoints;
  }

  /** Bytes of all tiles that are in memory. */
  get bytes(): number {
    return this.#tiles === null ? 0 : bytesIn(this.#tiles.lruCache);
  }

  get tileCount(): number {
    return this.#tiles === null ? 0 : this.#tiles.visibleTiles.size;
  }

  /** How far apart points may lie on the screen at present, pixels. */
  get detail_px(): number {
    return this.#tiles?.errorTarget ?? FINEST_PX;
  }

  /** True while tiles are on their way. */
  get isLoading(): boolean {
    return this.#tiles !== null && this.#tiles.loadProgress < 1;
  }

  setBudget(budget: MemoryBudget): void {
    if (budget === this.#budget) return;
    this.#budget = budget;
    if (this.#tiles !== null) bound(this.#tiles.lruCache, budget);
    this.#ports.requestDraw();
  }

  /** Shows the cloud whose tileset is there; null for none. */
  show(url: string | null): void {
    if (url === this.#url) return;
    this.#close();
    this.#url = url;
    if (url !== null) this.#open(url);
  }

  /** Before the views are drawn: chooses what they need, has it loaded, and keeps to the budget. */
  update(views: readonly DetailView[]): void {
    const tiles = this.#tiles;
    if (tiles === null) return;
    for (const camera of this.#cameras) {
      if (!views.some((view) => view.camera === camera)) tiles.deleteCamera(camera);
    }
    this.#cameras = views.map((view) => view.camera);
    if (views.length === 0) return;
    for (const { camera, width_px, height_px } of views) {
      camera.updateMatrixWorld();
      tiles.setCamera(camera);
      tiles.setResolution(camera, width_px, height_px);
    }
    tiles.update();
    this.#keepToBudget(tiles);
  }

  /** The clouds that are drawn now, for picking. */
  shown(): Points[] {
    const found: Points[] = [];
    this.#tiles?.group.traverseVisible((object) => {
      if (isPoints(object)) found.push(object);
    });
    return found;
  }

  dispose(): void {
    this.#close();
    this.#material.dispose();
  }

  #open(url: string): void {
    const tiles = new TilesRenderer(url);
    // A cache of its own, with the order of the library's shared one.
    const cache = new LRUCache();
    cache.unloadPriorityCallback = tiles.lruCache.unloadPriorityCallback;
    tiles.lruCache = cache;
    bound(tiles.lruCache, this.#budget);
    tiles.errorTarget = FINEST_PX;
    tiles.fetchOptions = { credentials: 'same-origin' };
    tiles.addEventListener('load-model', ({ scene }) => this.#dress(scene));
    tiles.addEventListener('tile-visibility-change', ({ scene, visible }) => {
      // A cloud that is being let go tells of its tiles once more.
      if (this.#tiles !== tiles) return;
      this.#shownPoints += (visible ? 1 : -1) * pointsIn(scene);
    });
    tiles.addEventListener('needs-update', this.#ports.requestDraw);
    tiles.addEventListener('load-error', ({ error }) => {
      this.#ports.onFailure(`A part of the static cloud could not be loaded: ${error.message}`);
    });
    this.#tiles = tiles;
    this.object.add(tiles.group);
  }

  #close(): void {
    const tiles = this.#tiles;
    this.#tiles = null;
    this.#url = null;
    this.#cameras = [];
    this.#shownPoints = 0;
    if (tiles === null) return;
    this.object.remove(tiles.group);
    tiles.dispose();
  }

  /** A tile's points look like all others. */
  #dress(scene: Object3D): void {
    scene.traverse((object) => {
      // The material that the loader made was never drawn with; the tiles' renderer disposes of it with the tile.
      if (isPoints(object)) object.material = this.#material;
    });
  }

  #keepToBudget(tiles: TilesRenderer): void {
    const { tilePoints } = this.#budget;
    if (this.#shownPoints > tilePoints && tiles.errorTarget < COARSEST_PX) {
      tiles.errorTarget = Math.min(COARSEST_PX, tiles.errorTarget * STEP);
    } else if (this.#shownPoints < SPARE * tilePoints && tiles.errorTarget > FINEST_PX && !this.isLoading) {
      tiles.errorTarget = Math.max(FINEST_PX, tiles.errorTarget / STEP);
    } else return;
    this.#ports.requestDraw();
  }
}

function bound(cache: LRUCache, budget: MemoryBudget): void {
  cache.maxBytesSize = budget.tiles_bytes;
  cache.minBytesSize = KEPT * budget.tiles_bytes;
  // Bytes decide, not how many tiles they are.
  cache.minSize = ENDLESS;
  cache.maxSize = ENDLESS;
}

/** The library's types leave its count out. */
function bytesIn(cache: LRUCache): number {
  return (cache as LRUCache & { readonly cachedBytes: number }).cachedBytes;
}

function isPoints(object: Object3D): object is Points {
  return 'isPoints' in object;
}

function pointsIn(scene: Object3D): number {
  let count = 0;
  scene.traverse((object) => {
    if (isPoints(object)) count += object.geometry.getAttribute('position').count;
  });
  return count;
}
