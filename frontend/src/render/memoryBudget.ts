/** How much memory the views may take: by what the device has, or as somebody chose. */
export type MemoryLevel = 'auto' | 'small' | 'medium' | 'large';
export const MEMORY_LEVELS: readonly MemoryLevel[] = ['auto', 'small', 'medium', 'large'];

/** Fixed bounds, in bytes of the browser's memory; points and pictures take as much again on the GPU while shown. */
export interface MemoryBudget {
  readonly pictures_bytes: number;
  readonly sweeps_bytes: number;
  readonly tiles_bytes: number;
  /** Points of a static cloud that are drawn at once. */
  readonly tilePoints: number;
}

const MIB = 1024 * 1024;

const BUDGETS: Readonly<Record<Exclude<MemoryLevel, 'auto'>, MemoryBudget>> = {
  small: {
    pictures_bytes: 192 * MIB,
    sweeps_bytes: 96 * MIB,
    tiles_bytes: 96 * MIB,
    tilePoints: 1_000_000,
  },
  medium: {
    pictures_bytes: 384 * MIB,
    sweeps_bytes: 192 * MIB,
    tiles_bytes: 192 * MIB,
    tilePoints: 2_500_000,
  },
  large: {
    pictures_bytes: 768 * MIB,
    sweeps_bytes: 384 * MIB,
    tiles_bytes: 384 * MIB,
    tilePoints: 5_000_000,
  },
};

/** The bounds of a level; `device_gb` is what the browser says of the device (at most 8), where it does. */
export function memoryBudget(level: MemoryLevel, device_gb: number | undefined): MemoryBudget {
  if (level !== 'auto') return BUDGETS[level];
  if (device_gb === undefined) return BUDGETS.medium;
  return device_gb <= 2 ? BUDGETS.small : device_gb < 8 ? BUDGETS.medium : BUDGETS.large;
}

/** What this browser says of its device's memory, in GB; undefined where it doesn't. */
export function deviceMemory_gb(): number | undefined {
  const { deviceMemory } = navigator as Navigator & { readonly deviceMemory?: number };
  return deviceMemory;
}
