import { describe, expect, it } from 'vitest';
import { isCuboid, type CuboidLabel } from '../../../src/core/document/label';
import { readLabel, type WireLabel } from '../../../src/core/document/readLabel';
import type { CameraSpec } from '../../../src/core/geometry/cameras/camera';
import { createCamera } from '../../../src/core/geometry/cameras/registry';
import { moveTrack, MOVING_BOX_LENGTH } from '../../../src/core/geometry/outline/movingBox';
import { BoxLines, projectTrackLines } from '../../../src/core/geometry/outline/boxLines';
import { projectBoxTarget } from '../../../src/core/geometry/outline/boxTarget';
import type { RigidTransform } from '../../../src/core/geometry/rigid';
import type { ShutterSpec } from '../../../src/core/geometry/shutter';
import { trackOf } from '../../../src/core/geometry/track';
import { Trajectory } from '../../../src/core/geometry/trajectory';
import { ImageView, SEEN_LENGTH } from '../../../src/core/geometry/view';
import { pixelTolerance, readGolden } from '../golden';

type Box = readonly [number, number, number, number];

interface GoldenOutlines {
  readonly name: string;
  readonly camera: CameraSpec & { readonly ego_from_camera: RigidTransform; readonly shutter: ShutterSpec };
  readonly time_ns: string;
  readonly trajectory: {
    readonly times_ns: readonly string[];
    readonly positions_m: readonly number[][];
    readonly quats_xyzw: readonly number[][];
  };
  readonly boxes: readonly {
    readonly label: WireLabel;
    readonly target: {
      readonly box_full: Box | null;
      readonly box_clipped: Box;
      readonly truncation: number;
      readonly corners: readonly { readonly uv: readonly [number, number] | null; readonly status: number }[];
      readonly outline: readonly (readonly (readonly [number, number])[])[];
    } | null;
  }[];
}

const golden = readGolden('outlines') as {
  readonly tolerance_px: number;
  readonly cases: readonly GoldenOutlines[];
};

function viewOf(document: GoldenOutlines): ImageView {
  const { times_ns, positions_m, quats_xyzw } = document.trajectory;
  return new ImageView(
    createCamera(document.camera),
    document.camera.ego_from_camera,
    new Trajectory(
      BigInt64Array.from(times_ns, BigInt),
      Float64Array.from(positions_m.flat()),
      Float64Array.from(quats_xyzw.flat()),
    ),
    BigInt(document.time_ns),
    document.camera.shutter,
  );
}

function cuboidOf(wire: WireLabel): CuboidLabel {
  const label = readLabel(wire);
  if (!isCuboid(label)) throw new Error('a golden outline is of a cuboid');
  return label;
}

/** Area of closed loops by the even-odd rule, for loops that don't cross each other. */
function areaOf(loops: readonly (readonly (readonly [number, number])[])[]): number {
  return Math.abs(
    loops.reduce((total, loop) => {
      const twice = loop.reduce((sum, [u, v], i) => {
        const [nu, nv] = loop[(i + 1) % loop.length]!;
        return sum + u * nv - nu * v;
      }, 0);
      return total + twice / 2;
    }, 0),
  );
}

function perimeterOf(loops: readonly (readonly (readonly [number, number])[])[]): number {
  return loops.reduce(
    (total, loop) =>
      total +
      loop.reduce((sum, [u, v], i) => {
        const [nu, nv] = loop[(i + 1) % loop.length]!;
        return sum + Math.hypot(nu - u, nv - v);
      }, 0),
    0,
  );
}

function pairs(uv: Float64Array): (readonly [number, number])[] {
  return Array.from({ length: uv.length / 2 }, (_, i) => [uv[2 * i]!, uv[2 * i + 1]!] as const);
}

describe.each(golden.cases)('outlines: $name', (document) => {
  const view = viewOf(document);

  it.each(document.boxes.map((box) => ({ id: box.label.id, box })))('agree with Python: $id', ({ box }) => {
    const track = trackOf(cuboidOf(box.label));
    const found = projectBoxTarget(view, track, golden.tolerance_px);
    const expected = box.target;
    if (expected === null) {
      expect(found).toBeNull();
      return;
    }
    expect(found).not.toBeNull();
    const { boxClipped, boxFull, truncation, loops_px } = found!;
    expectBox([boxClipped.u0, boxClipped.v0, boxClipped.u1, boxClipped.v1], expected.box_clipped);
    expect(boxFull === null).toBe(expected.box_full === null);
    if (boxFull !== null) {
      expectBox([boxFull.u0, boxFull.v0, boxFull.u1, boxFull.v1], expected.box_full!);
      expect(truncation).toBeCloseTo(expected.truncation, 6);
    }
    // The golden vertices are rounded: the fill may differ by that along the whole border.
    const allowed = 1e-4 * perimeterOf(expected.outline);
    expect(Math.abs(areaOf(loops_px.map(pairs)) - areaOf(expected.outline))).toBeLessThan(allowed);
  });

  it('see the corners where Python does', () => {
    const corners = new Float64Array(MOVING_BOX_LENGTH);
    const out = new Float64Array(SEEN_LENGTH);
    for (const { label, target } of document.boxes) {
      if (target === null) continue;
      moveTrack(view, trackOf(cuboidOf(label)), corners);
      target.corners.forEach(({ uv, status }, i) => {
        const [x, y, z, vx, vy, vz] = corners.subarray(6 * i, 6 * i + 6);
        expect(view.seeLocal(x!, y!, z!, vx!, vy!, vz!, out)).toBe(status);
        if (uv === null) expect(out[0]).toBeNaN();
        else expect(Math.hypot(out[0]! - uv[0], out[1]! - uv[1])).toBeLessThan(pixelTolerance(uv[0], uv[1]));
      });
    }
  });

  it('reach as far as the drawn edges do', () => {
    const lines = new BoxLines();
    for (const { label, target } of document.boxes) {
      lines.clear();
      const count = projectTrackLines(view, trackOf(cuboidOf(label)), lines, golden.tolerance_px);
      if (target === null) continue;
      expect(count).toBeGreaterThan(0);
      const isWhole = target.box_full?.every((side, i) => side === target.box_clipped[i]) ?? false;
      if (!isWhole) continue;
      const { u0, v0, u1, v1 } = bounds(lines);
      [u0, v0, u1, v1].forEach((side, i) =>
        expect(Math.abs(side - target.box_clipped[i]!)).toBeLessThan(golden.tolerance_px),
      );
    }
  });
});

function bounds(lines: BoxLines): { u0: number; v0: number; u1: number; v1: number } {
  const uv = pairs(lines.uv.subarray(0, 2 * lines.vertexCount));
  return {
    u0: Math.min(...uv.map(([u]) => u)),
    v0: Math.min(...uv.map(([, v]) => v)),
    u1: Math.max(...uv.map(([u]) => u)),
    v1: Math.max(...uv.map(([, v]) => v)),
  };
}

function expectBox(found: Box, expected: Box): void {
  const size = Math.max(1, ...expected.map((value) => Math.abs(value) / 1e4));
  found.forEach((value, i) =>
    expect(Math.abs(value - expected[i]!), `${String(found)} for ${String(expected)}`).toBeLessThan(
      1e-6 * size,
    ),
  );
}
