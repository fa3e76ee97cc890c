import { readFileSync } from 'node:fs';

/** A golden document that Python wrote: the numbers that hold both implementations together. */
export function readGolden(name: string): unknown {
  const url = new URL(`../../../tests/golden/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8'));
}

/** 1e-6 px, relative to the pixel's size beyond 1e4 px. */
export function pixelTolerance(u: number, v: number): number {
  return 1e-6 * Math.max(1, Math.hypot(u, v) / 1e4);
}
