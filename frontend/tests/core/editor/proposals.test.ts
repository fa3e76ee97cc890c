import { describe, expect, it } from 'vitest';
import type {
  BoxFitter,
  BoxTracker,
  FitRequest,
  FittedBox,
  Refusal,
  TrackedBox,
  TrackRequest,
} from '../../../src/core/assist/ports';
import { confidenceAt, doubtsOf, isProposedAt, type Proposal } from '../../../src/core/assist/proposal';
import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel } from '../../../src/core/document/label';
import { trackOf } from '../../../src/core/geometry/track';
import { makeBox, tick } from '../fixtures';
import { settled, TestEditor } from './harness';

/** Answers when it is told to: each kind of question in the order it was asked. */
class Finder implements BoxFitter, BoxTracker {
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

const FITTED: FittedBox = {
  kind: 'fitted',
  box: { position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1], size_m: [4.2, 1.8, 1.5] },
  confidence: 0.87,
  isStatic: false,
};

/** Drives from x = 20 to 30 with keyframes at ticks 0, 5 and 10, plus `offset` along x. */
function found(overrides: Partial<CuboidLabel> = {}, confidence = [0.9, 0.7, 0.8], offset = 0): TrackedBox {
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

async function proposed(labels: readonly CuboidLabel[] = [makeBox('a')], answer = found()) {
  const finder = new Finder();
  const t = new TestEditor(labels, { fitter: finder, tracker: finder });
  t.select('a').key('u');
  await finder.tracked(answer);
  return { t, finder };
}

function proposalOf(t: TestEditor, id = 'a'): Proposal {
  const proposal = t.editor.assist.proposalOf(labelId(id));
  if (proposal === null) throw new Error(`nothing is proposed for ${id}`);
  return proposal;
}

function proposedX(t: TestEditor, i: number, id = 'a'): number | undefined {
  return trackOf(proposalOf(t, id).label).at(tick(i))?.position_m[0];
}

function reason(t: TestEditor, operationId: string): string | null {
  return t.editor.operations.item(operationId, t.editor).disabledReason;
}

describe('a proposed track', () => {
  it('says how sure it is at every time that is not the person’s own', async () => {
    const { t } = await proposed();
    const proposal = proposalOf(t);
    expect(confidenceAt(proposal, tick(0))).toBeNull();
    expect(confidenceAt(proposal, tick(5))).toBe(0.7);
    expect(confidenceAt(proposal, tick(7))).toBe(0.7);
    expect(confidenceAt(proposal, tick(10))).toBe(0.8);
    expect([0, 1].map((i) => isProposedAt(proposal, tick(i)))).toEqual([false, true]);
  });

  it('names the least sure place of each doubtful stretch', async () => {
    const { t } = await proposed([makeBox('a')], found({}, [0.9, 0.3, 0.2]));
    expect(doubtsOf(proposalOf(t))).toEqual([{ labelId: 'a', timeNs: tick(10), confidence: 0.2 }]);
  });

  it('is accepted up to here, and the rest stays proposed', async () => {
    const { t } = await proposed();
    t.at(tick(7)).key('Enter', { shift: true });
    expect(t.steps).toEqual(['Accept track up to here']);
    expect(t.state('a', tick(7)).position_m[0]).toBeCloseTo(27);
    expect(t.state('a', tick(3)).position_m[0]).toBeCloseTo(23);
    expect(t.box('a').keyframes.map(({ time_ns }) => BigInt(time_ns))).toEqual([0, 5, 7].map((i) => tick(i)));
    expect(isProposedAt(proposalOf(t), tick(7))).toBe(false);
    expect(proposedX(t, 10)).toBeCloseTo(30);
    t.key('Enter');
    expect(t.box('a').keyframes).toHaveLength(4);
    expect(t.state('a', tick(10)).position_m[0]).toBeCloseTo(30);
  });

  it('is accepted up to here backwards as well', async () => {
    const late = makeBox('a', {
      keyframes: [{ ...makeBox('a').keyframes[0]!, position_m: [30, 0, 0.75], time_ns: tick(10).toString() }],
    });
    const finder = new Finder();
    const t = new TestEditor([late], { tracker: finder });
    t.select('a').at(tick(10)).key('<');
    await finder.tracked();
    t.at(tick(3)).key('Enter', { shift: true });
    expect(t.state('a', tick(5)).position_m[0]).toBeCloseTo(25);
    expect(t.box('a').keyframes.map(({ time_ns }) => BigInt(time_ns))).toEqual(
      [3, 5, 10].map((i) => tick(i)),
    );
    expect(proposedX(t, 0)).toBeCloseTo(20);
  });

  it('is taken whole where it ended before', async () => {
    const { t } = await proposed([makeBox('a')], found({ to_ns: tick(10).toString() }));
    t.at(tick(10)).key('Enter', { shift: true });
    expect(t.editor.session.get().proposals).toEqual([]);
    expect(t.state('a', tick(10)).position_m[0]).toBeCloseTo(30);
  });

  it('comes back when its acceptance is undone, and goes when it is done again', async () => {
    const { t } = await proposed();
    t.key('Enter');
    t.key('z', { ctrl: true });
    expect(t.box('a')).toEqual(makeBox('a'));
    expect(proposedX(t, 10)).toBeCloseTo(30);
    t.key('y', { ctrl: true });
    expect(t.editor.session.get().proposals).toEqual([]);
    expect(t.state('a', tick(10)).position_m[0]).toBeCloseTo(30);
  });

  it('cannot be mixed up with the label’s own keyframes', async () => {
    const { t } = await proposed();
    t.at(tick(5));
    expect(reason(t, 'keyframe.delete')).toBe('A track is proposed here: accept or refuse it first.');
    expect(reason(t, 'track.forward')).toBe('A track is proposed here: accept or refuse it first.');
    expect(reason(t, 'proposal.accept_until_here')).toBeNull();
    t.at(tick(0));
    expect(reason(t, 'proposal.accept_until_here')).toContain('The box is yours here');
  });
});

describe('correcting a proposed track', () => {
  it('makes the corrected box the person’s own in one step, and follows again through it', async () => {
    const { t, finder } = await proposed();
    t.at(tick(5));
    // The box is grabbed where it is seen, not where the label still stands.
    t.drag([25, 0, 0.75], [25.5, 1, 0.75], { handle: 'body', on: 'a' });
    expect(t.steps).toEqual(['Move box']);
    expect(t.state('a', tick(5)).position_m).toEqual([25.5, 1, 0.75]);
    expect(t.box('a').keyframes).toHaveLength(2);
    // What was found stays in sight until the answer is there, through the corrected box.
    expect(proposedX(t, 5)).toBeCloseTo(25.5);
    expect(proposedX(t, 10)).toBeCloseTo(30);
    expect([4, 5, 6].map((i) => isProposedAt(proposalOf(t), tick(i)))).toEqual([true, false, true]);
    expect(finder.tracks.at(-1)).toMatchObject({ timeNs: tick(0), box: { position_m: [20, 0, 0.75] } });
    expect(finder.tracks.at(-1)?.others).toMatchObject([
      { timeNs: tick(5), box: { position_m: [25.5, 1, 0.75] } },
    ]);
    await finder.tracked(found({}, [0.9, 0.9, 0.9], 0.5));
    expect(proposedX(t, 10)).toBeCloseTo(30.5);
    t.key('Enter');
    expect(t.state('a', tick(10)).position_m[0]).toBeCloseTo(30.5);
    expect(t.state('a', tick(5)).position_m).toEqual([25.5, 1, 0.75]);
  });

  it('goes through all boxes that were corrected', async () => {
    const { t, finder } = await proposed();
    t.at(tick(5)).key('w');
    await finder.tracked();
    t.at(tick(10)).key('w');
    expect(finder.tracks.at(-1)?.others.map(({ timeNs }) => timeNs)).toEqual([tick(5), tick(10)]);
    await finder.tracked();
    expect([5, 10].map((i) => isProposedAt(proposalOf(t), tick(i)))).toEqual([false, false]);
    expect([5, 10].map((i) => t.state('a', tick(i)).position_m[0])).toEqual([25.1, 30.1]);
    // Corrected once more, it is asked for once more.
    t.key('w');
    expect(finder.tracks).toHaveLength(4);
    expect(finder.tracks.at(-1)?.others[1]?.box.position_m[0]).toBeCloseTo(30.2);
  });

  it('brings it back by a keyframe where the track had ended', async () => {
    const keyframes = found().label.keyframes.slice(0, 2);
    const { t, finder } = await proposed([makeBox('a')], found({ to_ns: tick(5).toString(), keyframes }));
    t.at(tick(9)).key('k');
    expect(finder.tracks.at(-1)?.others.map(({ timeNs }) => timeNs)).toEqual([tick(9)]);
    expect(proposedX(t, 9)).toBeCloseTo(29);
  });

  it('gives all of it back when it is undone', async () => {
    const { t } = await proposed();
    const before = proposalOf(t).label;
    t.at(tick(5)).drag([25, 0, 0.75], [25.5, 1, 0.75], { handle: 'body', on: 'a' });
    t.key('z', { ctrl: true });
    expect(t.box('a')).toEqual(makeBox('a'));
    expect(proposalOf(t).label).toEqual(before);
  });

  it('gives all of it back when the drag is called off', async () => {
    const { t, finder } = await proposed();
    const before = proposalOf(t).label;
    t.at(tick(5)).down([25, 0, 0.75], { handle: 'body', on: 'a' });
    t.move([27, 0, 0.75], { handle: 'body', on: 'a' }).key('Escape');
    expect(t.box('a')).toEqual(makeBox('a'));
    expect(t.steps).toEqual([]);
    expect(proposalOf(t).label).toEqual(before);
    expect(finder.tracks).toHaveLength(1);
  });

  it('works by keys too, and asks once more when keys come faster than answers', async () => {
    const { t, finder } = await proposed();
    t.at(tick(5)).key('w');
    t.key('w');
    t.key('w');
    expect(t.state('a', tick(5)).position_m[0]).toBeCloseTo(25.3);
    expect(t.steps).toHaveLength(3);
    expect(finder.tracks).toHaveLength(2);
    await finder.tracked();
    expect(finder.tracks).toHaveLength(3);
    expect(finder.tracks.at(-1)?.others[0]?.box.position_m[0]).toBeCloseTo(25.3);
    await finder.tracked(found({}, [1, 1, 1], 0.3));
    expect(proposedX(t, 10)).toBeCloseTo(30.3);
  });

  it('at the box that it was followed from follows again from there', async () => {
    const { t, finder } = await proposed();
    t.at(tick(0)).key('a');
    expect(finder.tracks).toHaveLength(2);
    expect(finder.tracks.at(-1)?.box.position_m[1]).toBeCloseTo(0.1);
  });

  it('keeps the other side when one is corrected', async () => {
    const middle = makeBox('a', {
      keyframes: [{ ...makeBox('a').keyframes[0]!, position_m: [25, 0, 0.75], time_ns: tick(5).toString() }],
    });
    const finder = new Finder();
    const t = new TestEditor([middle], { tracker: finder });
    t.select('a').at(tick(5)).key('u');
    await finder.tracked();
    t.at(tick(8)).key('w');
    expect(finder.tracks.at(-1)?.others.map(({ timeNs }) => timeNs)).toEqual([tick(8)]);
    expect(proposedX(t, 0)).toBeCloseTo(20);
    await finder.tracked();
    expect(proposedX(t, 0)).toBeCloseTo(20);
    t.key('Enter');
    expect(t.state('a', tick(0)).position_m[0]).toBeCloseTo(20);
    expect(t.state('a', tick(10)).position_m[0]).toBeCloseTo(30);
  });

  it('ends the label in the proposed part, without the rest', async () => {
    const { t } = await proposed();
    t.at(tick(7)).key(']');
    expect(trackOf(t.box('a')).toNs).toBe(tick(7));
    expect(t.state('a', tick(6)).position_m[0]).toBeCloseTo(26);
    expect(t.editor.session.get().proposals).toEqual([]);
    expect(t.steps).toEqual(['Ends here']);
  });
});

describe('following by itself', () => {
  function click(t: TestEditor, x = 20): void {
    t.key('b');
    t.click([x, 0, 1], { onPoint: true });
  }

  function start() {
    const finder = new Finder();
    const t = new TestEditor([], { fitter: finder, tracker: finder, session: { followsNewBoxes: true } });
    return { t, finder };
  }

  it('proposes the track of a box as soon as it is fitted: click, Enter', async () => {
    const { t, finder } = start();
    click(t);
    await finder.fitted();
    await finder.tracked();
    expect(t.box('new-1').keyframes).toHaveLength(1);
    t.key('Enter');
    expect(t.box('new-1').keyframes).toHaveLength(3);
    expect(t.steps).toEqual(['New car', 'Accept track']);
    expect(t.editor.effort.get().all.actions).toBe(3);
  });

  it('fits and follows again for another class, all in the class’s step', async () => {
    const { t, finder } = start();
    click(t);
    await finder.fitted();
    await finder.tracked();
    t.key('2');
    await settled();
    expect(finder.fits.at(-1)?.className).toBe('pedestrian');
    await finder.fitted({ ...FITTED, box: { ...FITTED.box, size_m: [0.6, 0.7, 1.7] } });
    await finder.tracked(found({ size_m: [0.6, 0.75, 1.75] }));
    expect(t.box('new-1')).toMatchObject({ class: 'pedestrian', size_m: [0.6, 0.7, 1.7] });
    expect(proposalOf(t, 'new-1').label.size_m).toEqual([0.6, 0.75, 1.75]);
    expect(t.steps).toEqual(['New car', 'Class: Pedestrian']);
    t.key('z', { ctrl: true });
    expect(t.box('new-1')).toMatchObject({ class: 'car', size_m: [4.2, 1.8, 1.5] });
  });

  it('takes the class that is chosen while the fit is on its way', async () => {
    const { t, finder } = start();
    click(t);
    t.key('2');
    await settled();
    await finder.fitted();
    expect(t.box('new-1').size_m).not.toEqual(FITTED.box.size_m);
    await finder.fitted({ ...FITTED, box: { ...FITTED.box, size_m: [0.6, 0.7, 1.7] } });
    expect(t.box('new-1')).toMatchObject({ class: 'pedestrian', size_m: [0.6, 0.7, 1.7] });
  });

  it('leaves a box that was pulled by hand as it is when its class is chosen', async () => {
    const { t, finder } = start();
    click(t);
    await finder.fitted();
    t.key('w');
    t.key('2');
    await settled();
    expect(finder.fits).toHaveLength(1);
  });

  it('lets many tracks wait, and accepts all of them by one key', async () => {
    const { t, finder } = start();
    click(t, 20);
    click(t, 40);
    await finder.fitted();
    await finder.fitted({ ...FITTED, box: { ...FITTED.box, position_m: [40, 0, 0.75] } });
    await finder.tracked();
    await finder.tracked(found({}, [0.9, 0.7, 0.8], 20));
    expect(t.editor.session.get().proposals).toHaveLength(2);
    t.key('Escape').valueOf();
    expect(t.editor.session.get().proposals.map(({ labelId: id }) => id)).toEqual(['new-1']);
    t.key('Escape');
    expect(t.selection).toEqual([]);
    expect(reason(t, 'proposal.accept')).toContain('select one that has a track');
    expect(t.editor.tool.get().prompt).toContain('One track is proposed');
    t.key('Enter', { ctrl: true, shift: true });
    expect(t.box('new-1').keyframes).toHaveLength(3);
    expect(t.editor.session.get().proposals).toEqual([]);
  });

  it('goes from one doubtful place to the next, over all labels', async () => {
    const { t, finder } = start();
    click(t, 20);
    click(t, 40);
    await finder.fitted();
    await finder.fitted({ ...FITTED, box: { ...FITTED.box, position_m: [40, 0, 0.75] } });
    await finder.tracked(found({}, [0.9, 0.2, 0.8]));
    await finder.tracked(found({}, [0.9, 0.9, 0.3], 20));
    const here = (): unknown => [t.selection, t.editor.session.get().timeNs];
    t.key('F9');
    expect(here()).toEqual([['new-2'], tick(10)]);
    t.key('F9');
    expect(here()).toEqual([['new-1'], tick(5)]);
    t.key('F9', { shift: true });
    expect(here()).toEqual([['new-2'], tick(10)]);
  });

  it('tells whoever searches when nobody wants the answer any more', async () => {
    const { t, finder } = start();
    click(t);
    await finder.fitted();
    expect(finder.tracks[0]?.signal?.aborted).toBe(false);
    t.key('Escape');
    expect(finder.tracks[0]?.signal?.aborted).toBe(true);
    await finder.tracked();
    expect(t.editor.session.get().proposals).toEqual([]);
    expect(t.selection).toEqual(['new-1']);
  });
});

describe('undo', () => {
  it('goes back to where the view stood', () => {
    let view = 'near';
    const t = new TestEditor([makeBox('a')]);
    t.editor.setViewpoint({ get: () => view, restore: (to) => (view = String(to)) });
    t.select('a').key('w');
    view = 'far';
    t.key('z', { ctrl: true });
    expect(view).toBe('near');
  });
});

describe('the box of a click is a guess', () => {
  /** A box clicked at tick 5 and followed both ways; what was found moves it there, and is larger. */
  async function guessed(answer = found({ size_m: [4.5, 1.9, 1.6] }, [0.9, 0.8, 0.9], 0.25)) {
    const finder = new Finder();
    const t = new TestEditor([], { fitter: finder, tracker: finder, session: { followsNewBoxes: true } });
    t.at(tick(5)).key('b');
    t.click([25, 0, 1], { onPoint: true });
    await finder.fitted({ ...FITTED, box: { ...FITTED.box, position_m: [25, 0, 0.75] } });
    await finder.tracked(answer);
    return { t, finder };
  }

  it('whose size and place are proposed with the track, and the person’s once accepted', async () => {
    const { t, finder } = await guessed();
    expect(finder.tracks).toMatchObject([{ isSure: false, others: [] }]);
    expect(isProposedAt(proposalOf(t, 'new-1'), tick(5))).toBe(true);
    expect(confidenceAt(proposalOf(t, 'new-1'), tick(5))).toBe(0.8);
    expect(t.box('new-1').size_m).toEqual([4.2, 1.8, 1.5]);
    t.key('Enter');
    expect(t.box('new-1').size_m).toEqual([4.5, 1.9, 1.6]);
    expect([0, 5, 10].map((i) => t.state('new-1', tick(i)).position_m[0])).toEqual([20.25, 25.25, 30.25]);
    t.key('z', { ctrl: true });
    expect(t.box('new-1').size_m).toEqual([4.2, 1.8, 1.5]);
    expect(t.state('new-1', tick(5)).position_m[0]).toBe(25);
  });

  it('that stands where all sweeps together say', async () => {
    const [, middle] = found().label.keyframes;
    const { t } = await guessed(
      found({
        static: true,
        size_m: [4.5, 1.9, 1.6],
        keyframes: [{ ...middle!, position_m: [25.1, 0, 0.8] }],
      }),
    );
    t.key('Enter');
    expect(t.box('new-1')).toMatchObject({ static: true, size_m: [4.5, 1.9, 1.6] });
    expect(t.state('new-1', tick(0)).position_m).toEqual([25.1, 0, 0.8]);
  });

  it('can be accepted alone, and what lies on either side stays proposed', async () => {
    const { t } = await guessed();
    t.key('Enter', { shift: true });
    expect(t.box('new-1')).toMatchObject({ size_m: [4.5, 1.9, 1.6] });
    expect(t.box('new-1').keyframes).toHaveLength(1);
    expect(t.state('new-1', tick(5)).position_m[0]).toBe(25.25);
    expect([0, 5, 10].map((i) => isProposedAt(proposalOf(t, 'new-1'), tick(i)))).toEqual([true, false, true]);
    t.key('Enter');
    expect(t.box('new-1').keyframes).toHaveLength(3);
  });

  it('is sure once it was pulled, and followed again from there', async () => {
    const { t, finder } = await guessed();
    t.key('w');
    expect(t.box('new-1').size_m).toEqual([4.5, 1.9, 1.6]);
    expect(t.state('new-1', tick(5)).position_m[0]).toBeCloseTo(25.35);
    expect(finder.tracks.at(-1)).toMatchObject({ isSure: true, timeNs: tick(5) });
  });

  it('stays one where the track is corrected elsewhere, with the size that the person wants', async () => {
    const { t, finder } = await guessed();
    t.at(tick(10)).key('W', { shift: true });
    expect(finder.tracks.at(-1)).toMatchObject({ isSure: false, timeNs: tick(5) });
    expect(finder.tracks.at(-1)?.others.map(({ timeNs }) => timeNs)).toEqual([tick(10)]);
    const wanted = finder.tracks.at(-1)?.box.size_m;
    expect(wanted).not.toEqual([4.5, 1.9, 1.6]);
    await finder.tracked(found({ size_m: [4.5, 1.9, 1.6] }, [0.9, 0.8, 0.9], 0.25));
    t.key('Enter');
    expect(t.box('new-1').size_m).toEqual(wanted);
    expect(t.state('new-1', tick(5)).position_m[0]).toBeCloseTo(25.25);
  });

  it('is sure once another size was chosen for it', async () => {
    const { t, finder } = await guessed();
    t.key('W', { shift: true });
    expect(finder.tracks.at(-1)).toMatchObject({ isSure: true });
    expect(finder.tracks.at(-1)?.box.size_m).not.toEqual([4.2, 1.8, 1.5]);
  });
});

describe('boxes at other times that somebody set', () => {
  const frame = makeBox('a').keyframes[0]!;
  const at = (i: number, x: number, more: object = {}) => ({
    ...frame,
    time_ns: tick(i).toString(),
    position_m: [x, 0, 0.75] as const,
    ...more,
  });
  const set = makeBox('a', {
    keyframes: [at(0, 20), at(3, 23, { attributes: { lights: 'brake' } }), at(5, 25), at(10, 31)],
  });

  function asked(key: string) {
    const finder = new Finder();
    const t = new TestEditor([set], { tracker: finder });
    t.select('a').at(tick(5)).key(key);
    return finder.tracks[0]?.others.map((other) => [other.timeNs, other.box.position_m[0]]);
  }

  it('are what the track goes through', () => {
    expect(asked('u')).toEqual(
      expect.arrayContaining([
        [tick(0), 20],
        [tick(10), 31],
      ]),
    );
  });

  it('count on the side that stays when only one is followed', () => {
    expect(asked('>')?.map(([time]) => time)).not.toContain(tick(10));
    expect(asked('>')?.map(([time]) => time)).toContain(tick(0));
    expect(asked('<')?.map(([time]) => time)).toEqual([tick(10)]);
  });

  it('are none where a keyframe is there for its attributes alone', () => {
    expect(asked('u')?.map(([time]) => time)).not.toContain(tick(3));
  });
});
