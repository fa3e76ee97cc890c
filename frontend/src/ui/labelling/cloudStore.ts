import type { Readable, Unsubscribe } from '../../core/observable';
import type { PreferenceSection } from '../../core/preferences/section';
import { MAX_NEAR_SWEEPS, POINT_COLORS, SWEEP_SPANS, type CloudSettings } from '../../render/cloudSettings';
import { MEMORY_LEVELS } from '../../render/memoryBudget';

/** How the person likes point clouds: what was kept, made sense of. */
export class CloudStore implements Readable<CloudSettings> {
  readonly #section: PreferenceSection<CloudSettings>;
  #kept: CloudSettings | null = null;
  #value: CloudSettings | null = null;

  constructor(section: PreferenceSection<CloudSettings>) {
    this.#section = section;
  }

  get = (): CloudSettings => {
    const kept = this.#section.get();
    if (this.#value === null || kept !== this.#kept) {
      this.#kept = kept;
      this.#value = sensible(kept);
    }
    return this.#value;
  };

  subscribe = (listener: () => void): Unsubscribe => this.#section.subscribe(listener);

  change(patch: Partial<CloudSettings>): void {
    this.#section.change(sensible({ ...this.get(), ...patch }));
  }
}

/** Within the bounds, whatever another version or another program has put there. */
function sensible(settings: CloudSettings): CloudSettings {
  const lowest_m = within(settings.lowest_m, -10, 49.5);
  return {
    ...settings,
    span: oneOf(SWEEP_SPANS, settings.span),
    color: oneOf(POINT_COLORS, settings.color),
    memory: oneOf(MEMORY_LEVELS, settings.memory),
    nearSweeps: Math.round(within(settings.nearSweeps, 1, MAX_NEAR_SWEEPS)),
    size_px: within(settings.size_px, 1, 6),
    lowest_m,
    highest_m: within(settings.highest_m, lowest_m + 0.5, 50),
    boxMargin_m: within(settings.boxMargin_m, 0, 50),
  };
}

function oneOf<T extends string>(values: readonly T[], value: T): T {
  return values.includes(value) ? value : (values[0] ?? value);
}

function within(value: number, lowest: number, highest: number): number {
  return Math.min(highest, Math.max(lowest, value));
}
