import { describe, expect, it } from 'vitest';
import { isCuboid } from '../../../src/core/document/label';
import { readLabel, type WireLabel } from '../../../src/core/document/readLabel';
import { STATE_LENGTH, trackOf, type Track } from '../../../src/core/geometry/track';
import { readGolden } from '../golden';

interface GoldenTrack {
  readonly name: string;
  readonly label: WireLabel;
  readonly queries: readonly {
    readonly time_ns: string;
    readonly state: {
      readonly position_m: readonly number[];
      readonly quat_xyzw: readonly number[];
      readonly size_m: readonly number[];
      readonly attributes: Readonly<Record<string, unknown>>;
    } | null;
  }[];
}

const { cases } = readGolden('tracks') as { readonly cases: readonly GoldenTrack[] };

function trackOfGolden(golden: GoldenTrack): Track {
  const label = readLabel(golden.label);
  if (!isCuboid(label)) throw new Error('a golden track is a cuboid');
  return trackOf(label);
}

describe.each(cases)('track: $name', (golden) => {
  const track = trackOfGolden(golden);

  it('is where Python says, when Python says', () => {
    for (const { time_ns, state } of golden.queries) {
      const found = track.at(BigInt(time_ns));
      if (state === null) {
        expect([time_ns, found]).toEqual([time_ns, null]);
        continue;
      }
      expect(found, time_ns).not.toBeNull();
      const size = Math.max(1, ...state.position_m.map(Math.abs));
      state.position_m.forEach((value, i) =>
        expect(Math.abs(found!.position_m[i]! - value), time_ns).toBeLessThan(1e-9 * size),
      );
      state.size_m.forEach((value, i) => expect(found!.size_m[i]).toBeCloseTo(value, 9));
      const cosine = state.quat_xyzw.reduce((sum, value, i) => sum + value * found!.quat_xyzw[i]!, 0);
      expect(Math.abs(Math.abs(cosine) - 1)).toBeLessThan(1e-9);
      expect(track.attributesAt(BigInt(time_ns))).toEqual(state.attributes);
    }
  });

  it('says the same without garbage', () => {
    const out = new Float64Array(STATE_LENGTH);
    for (const { time_ns, state } of golden.queries) {
      expect(track.stateInto(BigInt(time_ns), out)).toBe(state !== null);
      if (state !== null) expect(out[0]).toBe(track.at(BigInt(time_ns))?.position_m[0]);
    }
  });
});
