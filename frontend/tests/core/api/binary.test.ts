import { describe, expect, it } from 'vitest';
import { decodeSweep } from '../../../src/api/binary/sweep';
import { decodeTrajectory } from '../../../src/api/binary/trajectory';

/** Writes as the server does: little-endian, nothing aligned. */
function bytes(magic: string, ...parts: readonly ArrayBufferView[]): ArrayBuffer {
  const chunks = [
    new TextEncoder().encode(magic),
    ...parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)),
  ];
  const whole = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole.buffer;
}

const TIMES = BigInt64Array.of(1_718_000_000_123_456_789n, 1_718_000_000_223_456_789n);
const TRAJECTORY = [
  Uint32Array.of(2),
  TIMES,
  Float64Array.of(0, 0, 0, 2, 4, 6),
  Float64Array.of(0, 0, 0, 1, 0, 0, 0, 1),
] as const;

describe('a trajectory', () => {
  it('is read to the nanosecond', () => {
    const trajectory = decodeTrajectory(bytes('LAT1', ...TRAJECTORY));
    expect(trajectory.startNs).toBe(TIMES[0]);
    expect(trajectory.at(1_718_000_000_173_456_789n).position_m).toEqual([1, 2, 3]);
  });

  it.each([
    ['expected it to begin with LAT1, found "LAS1"', bytes('LAS1', ...TRAJECTORY)],
    ['more bytes, found', bytes('LAT1', Uint32Array.of(3), TIMES)],
    ['found 4 more bytes', bytes('LAT1', ...TRAJECTORY, Uint32Array.of(0))],
  ])('that is none gets a sentence: %s', (sentence, buffer) => {
    expect(() => decodeTrajectory(buffer)).toThrow(sentence);
  });
});

describe('a sweep', () => {
  const positions = Float32Array.of(1, 2, 3, 4, 5, 6);

  it.each([
    [0, false, false],
    [1, true, false],
    [2, false, true],
    [3, true, true],
  ])('is read with what its flags (%i) say', (flags, hasIntensity, hasOffsets) => {
    const extra = [
      ...(hasIntensity ? [Float32Array.of(0.25, 1)] : []),
      ...(hasOffsets ? [Float32Array.of(-0.05, 0)] : []),
    ];
    const sweep = decodeSweep(bytes('LAS1', Uint32Array.of(2, flags, 0), positions, ...extra));
    expect(sweep.count).toBe(2);
    expect([...sweep.positions_m]).toEqual([...positions]);
    expect(sweep.intensities).toEqual(hasIntensity ? Float32Array.of(0.25, 1) : null);
    expect(sweep.offsets_s).toEqual(hasOffsets ? Float32Array.of(-0.05, 0) : null);
  });

  it('with flags nobody knows gets a sentence', () => {
    expect(() => decodeSweep(bytes('LAS1', Uint32Array.of(2, 8, 0), positions))).toThrow(
      'flags: expected a sum of 1 and 2, found 8',
    );
  });
});
