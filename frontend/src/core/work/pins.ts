import type { Vec3 } from '../geometry/vec3';

/** What somebody said about a task, as the server has it. */
export interface Said {
  readonly id: string;
  readonly parent_id: string | null;
  readonly resolved_at: string | null;
  readonly label_id: string;
  readonly from_ns: string | null;
  readonly to_ns: string | null;
  readonly position_m: readonly number[] | null;
  readonly camera: string;
}

/** An open comment with a place in the world: drawn in 3D and in pictures. */
export interface Pin {
  readonly id: string;
  /** What stands in it: its number in the list, or a sign. */
  readonly sign: string;
  readonly position_m: Vec3;
  /** When it holds; null: always. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  /** The only camera that shows it; empty: all. */
  readonly camera: string;
}

/** So far from its time a pin counts as being at it. */
const NEAR_NS = 500_000_000n;

/** Comments that ask for something still, in the order of the clip's time; those about no moment come first. */
export function openSaid<T extends Said>(comments: readonly T[]): T[] {
  const open = comments.filter((one) => one.parent_id === null && one.resolved_at === null);
  return open.sort((a, b) => {
    const [at, bt] = [a.from_ns, b.from_ns].map((text) => (text === null ? null : BigInt(text)));
    if (at === bt) return 0;
    if (at === null || at === undefined) return -1;
    if (bt === null || bt === undefined) return 1;
    return at < bt ? -1 : 1;
  });
}

/** The pins of open comments; `placeOf` says where a label is when its comment names no place. */
export function pinsOf(
  open: readonly Said[],
  placeOf: (labelId: string, timeNs: bigint | null) => Vec3 | null,
): Pin[] {
  return open.flatMap((one, index) => {
    const fromNs = one.from_ns === null ? null : BigInt(one.from_ns);
    const [x, y, z] = one.position_m ?? [];
    const place: Vec3 | null =
      x !== undefined && y !== undefined && z !== undefined
        ? [x, y, z]
        : one.label_id === ''
          ? null
          : placeOf(one.label_id, fromNs);
    if (place === null) return [];
    const toNs = one.to_ns === null ? null : BigInt(one.to_ns);
    return [{ id: one.id, sign: String(index + 1), position_m: place, fromNs, toNs, camera: one.camera }];
  });
}

/** Whether a pin is about this moment; others are drawn faintly. */
export function isAt(pin: Pick<Pin, 'fromNs' | 'toNs'>, timeNs: bigint): boolean {
  if (pin.fromNs !== null && timeNs < pin.fromNs - NEAR_NS) return false;
  return pin.toNs === null || timeNs <= pin.toNs + NEAR_NS;
}

/** The one after (1) or before (-1) the current in a ring; null of none. */
export function stepFrom<T>(all: readonly T[], current: T | null, step: 1 | -1): T | null {
  if (all.length === 0) return null;
  const at = current === null ? -1 : all.indexOf(current);
  if (at === -1) return all[step === 1 ? 0 : all.length - 1] ?? null;
  return all[(at + step + all.length) % all.length] ?? null;
}
