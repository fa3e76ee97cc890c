import { expect } from 'vitest';
import { createEditor, type Editor, type EditorPorts } from '../../../src/core/editor';
import { labelId } from '../../../src/core/document/ids';
import { isCuboid, type CuboidLabel, type Label } from '../../../src/core/document/label';
import { boxPoint, type BoxState } from '../../../src/core/geometry/box';
import { intersectRayBox, type Ray } from '../../../src/core/geometry/ray';
import { trackOf } from '../../../src/core/geometry/track';
import { normalize, subtract, type Vec3 } from '../../../src/core/geometry/vec3';
import { handleSigns, isSideHandle, type HandleId } from '../../../src/core/tools/handles';
import {
  NO_MODIFIERS,
  type Hit,
  type Modifiers,
  type PointerInput,
  type ViewRef,
} from '../../../src/core/tools/input';
import { countingIds, LAYER, makeClip } from '../fixtures';

type Via = 'world' | 'top' | 'side' | 'front';

/** Pixels per metre of the pretended screen: what the click slop is measured in. */
const SCALE_PX = 20;

/** The editor driven as by mouse and keyboard, without a screen. Points are on the ground unless said otherwise. */
export class TestEditor {
  readonly editor: Editor;
  #hit: Hit = { kind: 'none' };

  constructor(labels: readonly Label[] = [], ports: Partial<EditorPorts> = {}) {
    this.editor = createEditor({
      clip: makeClip(),
      layer: LAYER,
      labels,
      newId: countingIds(),
      ...ports,
    });
  }

  /** Presses on the ground, or on what stands there as seen from above. */
  down(point: Vec3, options: Options = {}): this {
    return this.#send('down', point, options);
  }

  move(point: Vec3, options: Options = {}): this {
    return this.#send('move', point, options);
  }

  up(point: Vec3, options: Options = {}): this {
    return this.#send('up', point, options);
  }

  click(point: Vec3, options: Options = {}): this {
    return this.down(point, options).up(point, options);
  }

  drag(from: Vec3, to: Vec3, options: Options = {}): this {
    const middle: Vec3 = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2];
    return this.down(from, options).move(middle, options).move(to, options).up(to, options);
  }

  /** Drags a handle of a label by an offset. */
  dragHandle(id: string, handle: HandleId, offset: Vec3, options: Options = {}): this {
    const from = handlePoint(this.state(id), handle);
    const to: Vec3 = [from[0] + offset[0], from[1] + offset[1], from[2] + offset[2]];
    return this.drag(from, to, { ...options, handle, on: id });
  }

  key(key: string, modifiers: Partial<Modifiers> = {}): boolean {
    const input = { key, modifiers: { ...NO_MODIFIERS, ...modifiers }, isRepeat: false };
    const isUsed = this.editor.key({ type: 'down', ...input });
    this.editor.key({ type: 'up', ...input });
    return isUsed;
  }

  at(timeNs: bigint): this {
    this.editor.session.set({ timeNs });
    return this;
  }

  select(...ids: readonly string[]): this {
    this.editor.session.select(...ids.map(labelId));
    return this;
  }

  box(id: string): CuboidLabel {
    const label = this.editor.document.get(labelId(id));
    if (!isCuboid(label)) throw new Error(`there is no box ${id}`);
    return label;
  }

  /** The box at the current time. */
  state(id: string, timeNs = this.editor.session.get().timeNs): BoxState {
    return trackOf(this.box(id)).extended(timeNs);
  }

  get ids(): string[] {
    return [...this.editor.document.labels().keys()];
  }

  get selection(): readonly string[] {
    return this.editor.session.get().selection;
  }

  get steps(): string[] {
    return this.editor.history.entries.map((entry) => entry.title);
  }

  expectToBeIn(path: string): this {
    expect(this.editor.tool.get().path).toBe(path);
    return this;
  }

  #send(type: PointerInput['type'], point: Vec3, options: Options): this {
    const via = options.via ?? 'world';
    const ray = rayTo(point, via);
    if (type === 'down' || type === 'move') this.#hit = this.#hitOf(ray, point, options);
    this.editor.pointer({
      type,
      button: options.button ?? 0,
      view: viewOf(via),
      screen_px: screenOf(point, via, options.scale_px ?? SCALE_PX),
      ray,
      hit: this.#hit,
      modifiers: { ...NO_MODIFIERS, ...options.modifiers },
    });
    return this;
  }

  #hitOf(ray: Ray, point: Vec3, options: Options): Hit {
    if (options.handle !== undefined && options.on !== undefined) {
      return { kind: 'handle', labelId: labelId(options.on), handle: options.handle, point_m: point };
    }
    if (options.onPoint === true) return { kind: 'point', point_m: point };
    let nearest: Hit = { kind: 'ground', point_m: point };
    let distance = Infinity;
    for (const label of this.editor.document.labels().values()) {
      const state = isCuboid(label) ? trackOf(label).at(this.editor.session.get().timeNs) : null;
      const hit = state === null ? null : intersectRayBox(ray, state);
      if (hit !== null && hit.distance_m < distance) {
        distance = hit.distance_m;
        nearest = { kind: 'label', labelId: label.id, point_m: hit.point_m };
      }
    }
    return nearest;
  }
}

export interface Options {
  readonly via?: Via;
  readonly modifiers?: Partial<Modifiers>;
  readonly handle?: HandleId;
  readonly on?: string;
  readonly button?: number;
  /** There is a cloud's point here, in front of everything else. */
  readonly onPoint?: boolean;
  /** How near the view is: pixels per metre. */
  readonly scale_px?: number;
}

/** Lets answers that have come be dealt with. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await Promise.resolve();
}

function viewOf(via: Via): ViewRef {
  return via === 'world' ? { id: 'world', kind: 'world' } : { id: via, kind: 'ortho' };
}

/** From above a little aslant in the 3D view; along an axis in the others. */
function rayTo(point: Vec3, via: Via): Ray {
  switch (via) {
    case 'world': {
      const origin_m: Vec3 = [-15, -8, 40];
      return { origin_m, direction: normalize(subtract(point, origin_m)) };
    }
    case 'top':
      return { origin_m: [point[0], point[1], 100], direction: [0, 0, -1] };
    case 'side':
      return { origin_m: [point[0], -100, point[2]], direction: [0, 1, 0] };
    case 'front':
      return { origin_m: [100, point[1], point[2]], direction: [-1, 0, 0] };
  }
}

function screenOf(point: Vec3, via: Via, scale_px: number): readonly [number, number] {
  const [right, up] =
    via === 'side'
      ? [point[0], point[2]]
      : via === 'front'
        ? [point[1], point[2]]
        : [point[0] + 0.2 * point[2], point[1] + 0.3 * point[2]];
  return [scale_px * right, -scale_px * up];
}

export function handlePoint(state: BoxState, handle: HandleId): Vec3 {
  if (isSideHandle(handle)) return boxPoint(state, handleSigns(handle));
  if (handle === 'heading') return boxPoint(state, [1.3, 0, 0]);
  return boxPoint(state, handle === 'lift' ? [0, 0, 1] : [0, 0, 0]);
}
