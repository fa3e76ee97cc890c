import { Group } from 'three';

import { EDGES, isFrontEdge, type BoxState } from '../../core/geometry/box';
import { writeCorners } from '../../core/geometry/outline/boxLines';
import { linearRgbOf, type Rgb } from '../colors';
import { BoxFaces } from './boxFaces';
import { FatLines } from './fatLines';
import { AGGREGATE, WORLD_ONLY, type Layer } from './layer';

/** A label as it stands at the time that is shown. */
export interface ShownBox {
  readonly labelId: string;
  readonly state: BoxState;
  readonly color: string;
  readonly isSelected: boolean;
  readonly isHovered: boolean;
  /** Found by the machine, not accepted yet: drawn dashed. */
  readonly isProposed: boolean;
}

const WHITE: Rgb = [1, 1, 1];
/** A dash and the gap after it. */
const DASH_PERIOD_M = 0.5;
const MOST_DASHES = 24;

/** Labels as wire boxes with an arrow to the front; the selected one outlined in white, with tinted faces. */
export class BoxesLayer implements Layer {
  readonly object = new Group();
  readonly #plain = new FatLines({ width_px: 1.6, renderOrder: 2 });
  readonly #halo = new FatLines({ width_px: 4.6, renderOrder: 3, depthTest: false, opacity: 0.95 });
  readonly #strong = new FatLines({ width_px: 2.4, renderOrder: 4, depthTest: false });
  readonly #faces = new BoxFaces();
  /** Eight corners, then the arrow's tail, tip and barbs. */
  readonly #points = new Float64Array(3 * 12);
  readonly #state = new Float64Array(10);
  /** The two ends of a dash. */
  readonly #dash = new Float64Array(6);

  constructor() {
    // The orthographic views draw the selection's outline themselves, with what can be grabbed.
    this.#halo.object.layers.set(WORLD_ONLY);
    this.#strong.object.layers.set(WORLD_ONLY);
    this.#strong.object.layers.enable(AGGREGATE);
    this.object.add(this.#faces.object, this.#plain.object, this.#halo.object, this.#strong.object);
  }

  update(boxes: readonly ShownBox[]): void {
    this.#plain.clear();
    this.#halo.clear();
    this.#strong.clear();
    this.#faces.clear();
    for (const box of boxes) this.#add(box);
    this.#plain.commit();
    this.#halo.commit();
    this.#strong.commit();
    this.#faces.commit();
  }

  dispose(): void {
    this.#plain.dispose();
    this.#halo.dispose();
    this.#strong.dispose();
    this.#faces.dispose();
  }

  #add(box: ShownBox): void {
    const { position_m, quat_xyzw, size_m } = box.state;
    this.#state.set(position_m, 0);
    this.#state.set(quat_xyzw, 3);
    this.#state.set(size_m, 7);
    writeCorners(this.#state, this.#points);
    writeArrow(this.#points);
    const color = linearRgbOf(box.color);
    if (box.isSelected) {
      this.#wire(this.#halo, WHITE, box.isProposed);
      this.#wire(this.#strong, color, box.isProposed);
      this.#faces.add(this.#points, color, 0.1, 0.24);
    } else {
      this.#wire(this.#plain, box.isHovered ? WHITE : color, box.isProposed);
      this.#faces.add(this.#points, color, box.isHovered ? 0.16 : 0.05, box.isHovered ? 0.3 : 0.16);
    }
  }

  #wire(lines: FatLines, color: Rgb, isDashed: boolean): void {
    for (const [from, to] of EDGES) {
      if (isDashed) this.#addDashes(lines, from, to, color);
      else lines.add(this.#points, from, to, color);
    }
    for (let i = 9; i < 12; i += 1) lines.add(this.#points, i === 9 ? 8 : 9, i, color);
  }

  /** Dashes with one at either end, so that corners are corners. */
  #addDashes(lines: FatLines, from: number, to: number, color: Rgb): void {
    const points = this.#points;
    let squared = 0;
    for (let k = 0; k < 3; k += 1) squared += (points[3 * to + k]! - points[3 * from + k]!) ** 2;
    const count = Math.min(MOST_DASHES, Math.max(2, Math.round(Math.sqrt(squared) / DASH_PERIOD_M)));
    // `count` dashes and gaps of the same length but for the last gap.
    const step = 1 / (2 * count - 1);
    for (let i = 0; i < count; i += 1) {
      for (let k = 0; k < 3; k += 1) {
        const start = points[3 * from + k]!;
        const along = points[3 * to + k]! - start;
        this.#dash[k] = start + along * 2 * i * step;
        this.#dash[3 + k] = start + along * (2 * i + 1) * step;
      }
      lines.add(this.#dash, 0, 1, color);
    }
  }
}

/** The corners of the front face: see `CORNER_SIGNS`. */
export const FRONT_CORNERS = EDGES.flatMap((edge, index) => (isFrontEdge(index) ? edge : [])).filter(
  (corner, index, all) => all.indexOf(corner) === index,
);

/** Writes the arrow on the roof (tail, tip, two barbs) as points 8 to 11: from the middle to the front edge. */
function writeArrow(points: Float64Array): void {
  // Corners 1, 3, 5, 7 are the roof: rear right, rear left, front right, front left.
  for (let k = 0; k < 3; k += 1) {
    const rear = (points[3 + k]! + points[9 + k]!) / 2;
    const front = (points[15 + k]! + points[21 + k]!) / 2;
    const along = front - rear;
    const across = points[21 + k]! - points[15 + k]!;
    points[24 + k] = rear + along / 2;
    points[27 + k] = front;
    points[30 + k] = front - along * 0.16 + across * 0.24;
    points[33 + k] = front - along * 0.16 - across * 0.24;
  }
}
