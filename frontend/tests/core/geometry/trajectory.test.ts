import { describe, expect, it } from 'vitest';
import { Trajectory } from '../../../src/core/geometry/trajectory';
import { readGolden } from '../golden';

interface GoldenPoses {
  readonly name: string;
  readonly times_ns: readonly string[];
  readonly positions_m: readonly number[][];
  readonly quats_xyzw: readonly number[][];
  readonly queries: readonly {
    readonly time_ns: string;
    readonly position_m: readonly number[];
    readonly quat_xyzw: readonly number[];
  }[];
}

const { cases } = readGolden('poses') as { readonly cases: readonly GoldenPoses[] };

export function trajectoryOf(
  golden: Pick<GoldenPoses, 'times_ns' | 'positions_m' | 'quats_xyzw'>,
): Trajectory {
  return new Trajectory(
    BigInt64Array.from(golden.times_ns, BigInt),
    Float64Array.from(golden.positions_m.flat()),
    Float64Array.from(golden.quats_xyzw.flat()),
  );
}

describe.each(cases)('trajectory: $name', (golden) => {
  it('agrees with Python at and between its poses', () => {
    const trajectory = trajectoryOf(golden);
    for (const query of golden.queries) {
      const pose = trajectory.at(BigInt(query.time_ns));
      const size = Math.max(1, ...query.position_m.map(Math.abs));
      query.position_m.forEach((value, i) =>
        expect(Math.abs(pose.position_m[i]! - value)).toBeLessThan(1e-12 * size),
      );
      const sign = Math.sign(pose.quat_xyzw.reduce((sum, value, i) => sum + value * query.quat_xyzw[i]!, 0));
      query.quat_xyzw.forEach((value, i) =>
        expect(Math.abs(sign * pose.quat_xyzw[i]! - value)).toBeLessThan(1e-12),
      );
    }
  });

  it('is never extrapolated', () => {
    const trajectory = trajectoryOf(golden);
    expect(() => trajectory.at(trajectory.endNs + 1n)).toThrow(/covers/);
    expect(() => trajectory.at(trajectory.startNs - 1n)).toThrow(/covers/);
  });
});

describe('a trajectory', () => {
  it('refuses times that do not rise', () => {
    expect(() => new Trajectory(BigInt64Array.of(1n, 1n), new Float64Array(6), new Float64Array(8))).toThrow(
      /rise/,
    );
  });

  it('refuses quaternions that are no rotations', () => {
    expect(() => new Trajectory(BigInt64Array.of(1n), new Float64Array(3), new Float64Array(4))).toThrow(
      /length 0/,
    );
  });

  it('of one pose stands at its time', () => {
    const trajectory = new Trajectory(
      BigInt64Array.of(5n),
      Float64Array.of(1, 2, 3),
      Float64Array.of(0, 0, 0, 1),
    );
    expect(trajectory.at(5n).position_m).toEqual([1, 2, 3]);
    expect(trajectory.atClamped(99n).position_m).toEqual([1, 2, 3]);
  });
});
