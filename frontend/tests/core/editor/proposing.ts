import type {
  BoxFitter,
  BoxTracker,
  FitRequest,
  FittedBox,
  Refusal,
  TrackedBox,
  TrackRequest,
} from '../../../src/core/assist/ports';
import { type Proposal } from '../../../src/core/assist/proposal';
import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel } from '../../../src/core/document/label';
import { trackOf } from '../../../src/core/geometry/track';
import { makeBox, tick } from '../fixtures';
import { settled, TestEditor } from './harness';

/** Answers when it is told to: each kind of question in the order it was asked. */
export class Finder implements BoxFitter, BoxTracker {
  readonly fits: FitRequest[] = [];
  readonly tracks: TrackRequest[] = [];
  readonly #fitting: ((answer: FittedBox | Refusal) => void)[] = [];
  readonly #tracking: ((answer: TrackedBox | Refusal) => void)[] = [];

  fit(request: FitRequest): Promise<FittedBox | Refusal> {
    this.fits.push(request);
    return new Promise((resolve) => this.#fitting.push(resolve));
  }

  track(request: TrackRequest): Promise<TrackedBox | Refusal> {
    this.tracks.push(request);
    return new Promise((resolve) => this.#tracking.push(resolve));
  }

  async fitted(answer: FittedBox | Refusal = FITTED): Promise<void> {
    this.#fitting.shift()?.(answer);
    await settled();
  }

  async tracked(answer: TrackedBox | Refusal = found()): Promise<void> {
    this.#tracking.shift()?.(answer);
    await settled();
  }
}

export const FITTED: FittedBox = {
  kind: 'fitted',
  box: { position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1], size_m: [4.2, 1.8, 1.5] },
  confidence: 0.87,
  isStatic: false,
};

/** Drives from x = 20 to 30 with keyframes at ticks 0, 5 and 10, plus `offset` along x. */
export function found(
  overrides: Partial<CuboidLabel> = {},
  confidence = [0.9, 0.7, 0.8],
  offset = 0,
): TrackedBox {
  const label = makeBox('found', {
    from_ns: tick(0).toString(),
    to_ns: tick(10).toString(),
    keyframes: [0, 5, 10].map((i) => ({
      time_ns: tick(i).toString(),
      position_m: [20 + i + offset, 0, 0.75],
      quat_xyzw: [0, 0, 0, 1],
    })),
    ...overrides,
  });
  return { kind: 'tracked', label, confidence };
}

export async function proposed(
  labels: readonly CuboidLabel[] = [makeBox('a')],
  answer = found(),
): Promise<{ t: TestEditor; finder: Finder }> {
  const finder = new Finder();
  const t = new TestEditor(labels, { fitter: finder, tracker: finder });
  t.select('a').key('u');
  await finder.tracked(answer);
  return { t, finder };
}

export function proposalOf(t: TestEditor, id = 'a'): Proposal {
  const proposal = t.editor.assist.proposalOf(labelId(id));
  if (proposal === null) throw new Error(`nothing is proposed for ${id}`);
  return proposal;
}

export function proposedX(t: TestEditor, i: number, id = 'a'): number | undefined {
  return trackOf(proposalOf(t, id).label).at(tick(i))?.position_m[0];
}

export function reason(t: TestEditor, operationId: string): string | null {
  return t.editor.operations.item(operationId, t.editor).disabledReason;
}
