import { GLSL3, Matrix4, Quaternion, ShaderMaterial, type Texture, Vector2, Vector3 } from 'three';

import type { BoxState } from '../../core/geometry/box';
import type { Vec3 } from '../../core/geometry/vec3';
import { GROUND_BAND_M, POINT_COLORS, type CloudSettings } from '../cloudSettings';
import { linearRgbOf } from '../colors';
import { writeUnitFromWorld } from './boxRows';
import { BOX_TEXELS, POINTS_FRAGMENT, POINTS_VERTEX } from './pointsShader';
import { RowTexture } from './rowTexture';

/** What lies far beyond all heights. */
const ENDLESS_M = 1e6;

/** A box whose points have its class's colour. */
export interface ColoredBox {
  readonly state: BoxState;
  readonly color: string;
}

/** How points look: the same for sweeps and static clouds. Materials share its uniforms, so that a change is one. */
export class PointsLook {
  readonly #boxes = new RowTexture(BOX_TEXELS);
  readonly #uniforms = {
    uMode: { value: 0 },
    uSize: { value: 2 },
    uPixelRatio: { value: 1 },
    uIsPerspective: { value: 1 },
    uHeightSpan: { value: 4.5 },
    uEgo: { value: new Vector3() },
    uHasBox: { value: 0 },
    uBoxFromWorld: { value: new Matrix4() },
    uBoxHalf: { value: new Vector3(1, 1, 1) },
    uSlabAxis: { value: new Vector3() },
    uHeights: { value: new Vector2(-ENDLESS_M, ENDLESS_M) },
    uClipMargin: { value: -1 },
    uBoxes: { value: this.#boxes.texture as Texture },
    uBoxCount: { value: 0 },
  };

  /** A material with these uniforms and its own; whoever asks for it disposes of it. */
  material(kind: 'sweep' | 'tile', own: Record<string, { value: unknown }>): ShaderMaterial {
    return new ShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: POINTS_VERTEX,
      fragmentShader: POINTS_FRAGMENT,
      defines: kind === 'tile' ? { IS_TILE: 1 } : {},
      uniforms: { ...this.#uniforms, ...own },
    });
  }

  set(settings: CloudSettings): void {
    this.#uniforms.uMode.value = POINT_COLORS.indexOf(settings.color);
    this.#uniforms.uSize.value = settings.size_px;
    const lowest = settings.clipsHeight ? settings.lowest_m : -ENDLESS_M;
    this.#uniforms.uHeights.value.set(
      settings.hidesGround ? Math.max(lowest, GROUND_BAND_M) : lowest,
      settings.clipsHeight ? settings.highest_m : ENDLESS_M,
    );
    this.#uniforms.uClipMargin.value = settings.clipsToBox ? settings.boxMargin_m : -1;
  }

  /** What distance is counted from. */
  setEgo(ego_m: Vec3): void {
    this.#uniforms.uEgo.value.set(...ego_m);
  }

  /** The box whose points shine; null for none. */
  setBox(box: BoxState | null): void {
    this.#uniforms.uHasBox.value = box === null ? 0 : 1;
    if (box === null) return;
    this.#uniforms.uBoxHalf.value.set(box.size_m[0] / 2, box.size_m[1] / 2, box.size_m[2] / 2);
    this.#uniforms.uBoxFromWorld.value
      .compose(new Vector3(...box.position_m), new Quaternion(...box.quat_xyzw), new Vector3(1, 1, 1))
      .invert();
  }

  /** The boxes that give their points a colour; none where points are coloured by something else. */
  setColoredBoxes(boxes: readonly ColoredBox[]): void {
    this.#boxes.fill(boxes.length, (rows, at, row) => {
      const box = boxes[row]!;
      writeUnitFromWorld(rows, at, box.state, 0.05);
      rows.set(linearRgbOf(box.color), at + 12);
    });
    this.#uniforms.uBoxes.value = this.#boxes.texture;
    this.#uniforms.uBoxCount.value = boxes.length;
  }

  /** Before a view is drawn: an orthographic view shows the slab of the box along the axis it looks. */
  prepareView(pixelRatio: number, isPerspective: boolean, slabAxis: Vec3 | null): void {
    this.#uniforms.uPixelRatio.value = pixelRatio;
    this.#uniforms.uIsPerspective.value = isPerspective ? 1 : 0;
    this.#uniforms.uSlabAxis.value.set(...(slabAxis ?? ([0, 0, 0] as const)));
  }

  dispose(): void {
    this.#boxes.dispose();
  }
}
