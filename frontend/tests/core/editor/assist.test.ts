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
import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel } from '../../../src/core/document/label';
import { fromYaw, yawOf } from '../../../src/core/geometry/quat';
import { trackOf } from '../../../src/core/geometry/track';
import { makeBox, tick } from '../fixtures';
import { settled, TestEditor } from './harness';

/** Answers when it is told to, in the order it was asked. */
class Finder implements BoxFitter, BoxTracker {
  readonly fits: FitRequest[] = [];
  readonly tracks: TrackRequest[] = [];
  readonly #waiting: ((answer: never) => void)[] = [];

  fit(request: FitRequest): Promise<FittedBox | Refusal> {
    this.fits.push(request);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  track(request: TrackRequest): Promise<TrackedBox | Refusal> {
    this.tracks.push(request);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async answer(answer: FittedBox | TrackedBox | Refusal): Promise<void> {
    this.#waiting.shift()?.(answer as never);
    await settled();
  }
}

const FITTED: FittedBox = {
  kind: 'fitted',
  box: { position_m: [16, 3.2, 0.85], quat_xyzw: fromYaw(0.3), size_m: [4.2, 1.8, 1.7] },
  confidence: 0.87,
  isStatic: false,
};
const REFUSED: Refusal = { kind: 'refused', reason: 'only 3 points lie here.' };

function start(labels: readonly CuboidLabel[] = []) {
  const finder = new Finder();
  return { finder, t: new TestEditor(labels, { fitter: finder, tracker: finder }) };
}

function clickPoints(t: TestEditor): void {
  t.key('b');
  t.click([15, 3, 1], { onPoint: true });
}

describe('one click on an object’s points', () => {
  it('shows the usual box at once, and the fitted one when it comes, as one step of undo', async () => {
    const { t, finder } = start();
    clickPoints(t);
    expect(t.state('new-1').size_m).toEqual([4.6, 1.9, 1.6]);
    expect(t.editor.tool.get().prompt).toBe('Box of the usual size; fitting …');
    expect(finder.fits).toEqual([{ point_m: [15, 3, 1], className: 'car', timeNs: tick(0) }]);
    await finder.answer(FITTED);
    expect(t.state('new-1').size_m).toEqual([4.2, 1.8, 1.7]);
    expect(yawOf(t.state('new-1').quat_xyzw)).toBeCloseTo(0.3);
    expect(t.editor.tool.get().prompt).toBe('Fitted to the points, 87 % sure.');
    expect(t.steps).toEqual(['New car']);
    t.key('z', { ctrl: true });
    expect(t.ids).toEqual([]);
    t.key('y', { ctrl: true });
    expect(t.state('new-1').size_m).toEqual([4.2, 1.8, 1.7]);
  });

  it('keeps the usual box where there is no fit, and says why', async () => {
    const { t, finder } = start();
    clickPoints(t);
    await finder.answer(REFUSED);
    expect(t.state('new-1').size_m).toEqual([4.6, 1.9, 1.6]);
    expect(t.editor.tool.get().prompt).toBe('Box of the usual size, not fitted: only 3 points lie here.');
  });

  it('says so when the object seems to stand, and leaves the decision to the person', async () => {
    const { t, finder } = start();
    clickPoints(t);
    await finder.answer({ ...FITTED, isStatic: true });
    expect(t.box('new-1').static).toBe(false);
    expect(t.editor.tool.get().prompt).toContain('P makes it static');
  });

  it('leaves a box alone that was changed meanwhile', async () => {
    const { t, finder } = start();
    clickPoints(t);
    t.key('w');
    const changed = t.box('new-1');
    expect(t.editor.session.get().fitNote).toBeNull();
    await finder.answer(FITTED);
    expect(t.box('new-1')).toBe(changed);
    expect(t.editor.session.get().fitNote).toBeNull();
  });

  it('brings nothing back that was undone meanwhile', async () => {
    const { t, finder } = start();
    clickPoints(t);
    t.key('z', { ctrl: true });
    await finder.answer(FITTED);
    expect(t.ids).toEqual([]);
    t.key('y', { ctrl: true });
    expect(t.state('new-1').size_m).toEqual([4.6, 1.9, 1.6]);
  });

  it('fits each of several boxes clicked one after the other', async () => {
    const { t, finder } = start();
    clickPoints(t);
    t.key('b');
    t.click([30, -3, 1], { onPoint: true });
    await finder.answer(FITTED);
    await finder.answer({ ...FITTED, box: { ...FITTED.box, position_m: [31, -3, 0.85] } });
    expect(t.state('new-1').position_m[0]).toBeCloseTo(16);
    expect(t.state('new-2').position_m[0]).toBeCloseTo(31);
    t.key('z', { ctrl: true });
    expect(t.ids).toEqual(['new-1']);
    expect(t.state('new-1').position_m[0]).toBeCloseTo(16);
  });

  it('is enough with Ctrl held, no tool in hand: one action makes and fits the box', async () => {
    const { t, finder } = start();
    t.click([15, 3, 1], { onPoint: true, modifiers: { ctrl: true } });
    await finder.answer(FITTED);
    expect(t.state('new-1').size_m).toEqual([4.2, 1.8, 1.7]);
    expect(t.steps).toEqual(['New car']);
    expect(t.selection).toEqual(['new-1']);
    expect(t.editor.effort.get().all.actions).toBe(1);
    t.expectToBeIn('select.idle').key('z', { ctrl: true });
    expect(t.ids).toEqual([]);
  });

  it('without Ctrl, and where nobody may edit, selects nothing and makes nothing', () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').click([15, 3, 1], { onPoint: true });
    expect(t.selection).toEqual([]);
    t.editor.setReadOnly('Somebody else has it.');
    t.click([15, 3, 1], { onPoint: true, modifiers: { ctrl: true } });
    expect(t.ids).toEqual(['a']);
    expect(finder.fits).toEqual([]);
  });

  it('asks nobody for a click on the bare ground', () => {
    const { t, finder } = start();
    t.key('b');
    t.click([15, 3, 0]);
    expect(finder.fits).toEqual([]);
  });

  it('tells of a search that broke', async () => {
    const t = new TestEditor([], { fitter: { fit: () => Promise.reject(new Error('Out of order.')) } });
    clickPoints(t);
    await settled();
    expect(t.editor.tool.get().prompt).toContain('not fitted: Out of order.');
  });
});

/** Drives from x = 20 to 30 with a keyframe at every tick. */
function found(overrides: Partial<CuboidLabel> = {}): TrackedBox {
  const label = makeBox('found', {
    from_ns: tick(0).toString(),
    to_ns: tick(10).toString(),
    keyframes: [0, 5, 10].map((i) => ({
      time_ns: tick(i).toString(),
      position_m: [20 + i, 0, 0.75],
      quat_xyzw: [0, 0, 0, 1],
    })),
    ...overrides,
  });
  return { kind: 'tracked', label, confidence: [0.9, 0.7, 0.8] };
}

describe('following an object', () => {
  it('proposes a track that changes nothing until it is accepted, in one step of undo', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    expect(finder.tracks).toMatchObject([{ className: 'car', timeNs: tick(0), box: t.state('a') }]);
    expect(t.editor.tool.get().prompt).toBe('Following the object … Esc: stop.');
    await finder.answer(found());
    expect(t.box('a')).toEqual(makeBox('a'));
    const [proposal] = t.editor.session.get().proposals;
    expect(proposal && trackOf(proposal.label).at(tick(7))?.position_m[0]).toBeCloseTo(27);
    expect(t.editor.tool.get().prompt).toContain('70 % where it is least so');
    t.key('Enter');
    expect(t.state('a', tick(7)).position_m[0]).toBeCloseTo(27);
    expect(t.steps).toEqual(['Accept track']);
    expect(t.editor.session.get().proposals).toEqual([]);
    t.key('z', { ctrl: true });
    expect(t.box('a')).toEqual(makeBox('a'));
  });

  it('refuses with Escape, which selects nothing only the next time', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    await finder.answer(found());
    t.key('Escape');
    expect(t.editor.session.get().proposals).toEqual([]);
    expect(t.selection).toEqual(['a']);
    expect(t.steps).toEqual([]);
    t.key('Escape');
    expect(t.selection).toEqual([]);
  });

  it('wants no answer any more once it was called off', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    t.key('Escape');
    await finder.answer(found());
    expect(t.editor.session.get().proposals).toEqual([]);
  });

  it('forward takes the part from here on, and leaves what was before', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').at(tick(4)).key('>');
    await finder.answer(found());
    t.key('Enter');
    expect(t.state('a', tick(2)).position_m[0]).toBeCloseTo(20);
    expect(t.state('a', tick(10)).position_m[0]).toBeCloseTo(30);
    expect(t.state('a', tick(4)).position_m[0]).toBeCloseTo(20);
  });

  it('back takes the part before', async () => {
    const { t, finder } = start([
      makeBox('a', { keyframes: [{ ...makeBox('a').keyframes[0]!, time_ns: tick(10).toString() }] }),
    ]);
    t.select('a').at(tick(10)).key('<');
    await finder.answer(found());
    t.key('Enter');
    expect(t.state('a', tick(0)).position_m[0]).toBeCloseTo(20);
    expect(t.box('a').keyframes).toHaveLength(3);
  });

  it('ends where the object was lost', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    await finder.answer(found({ to_ns: tick(6).toString() }));
    t.key('Enter');
    expect(trackOf(t.box('a')).toNs).toBe(tick(6));
    expect(trackOf(t.box('a')).fromNs).toBe(tick(0));
  });

  it('keeps class, size and what was said about attributes', async () => {
    const lit = makeBox('a', {
      size_m: [5, 2, 1.5],
      keyframes: [
        makeBox('a').keyframes[0]!,
        { ...makeBox('a').keyframes[0]!, time_ns: tick(3).toString(), attributes: { lights: 'brake' } },
      ],
    });
    const { t, finder } = start([lit]);
    t.select('a').key('u');
    await finder.answer(found({ class: 'thing', size_m: [1, 1, 1], attributes: { x: 1 } }));
    t.key('Enter');
    expect(t.box('a')).toMatchObject({ class: 'car', size_m: [5, 2, 1.5], attributes: { parked: false } });
    expect(trackOf(t.box('a')).attributesAt(tick(4))).toMatchObject({ lights: 'brake' });
    expect(t.state('a', tick(3)).position_m[0]).toBeCloseTo(23);
  });

  it('makes a standing object static', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    await finder.answer(found({ static: true, keyframes: found().label.keyframes.slice(0, 1) }));
    t.key('Enter');
    expect(t.box('a').static).toBe(true);
  });

  it('says why there is no track', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    expect(t.editor.operations.item('track.both', t.editor).disabledReason).toBe(
      'An object is being followed already.',
    );
    await finder.answer({ kind: 'refused', reason: 'It was lost at once.' });
    expect(t.editor.tool.get().prompt).toBe('No track: It was lost at once.');
  });

  it('proposes for the label as it is now, and nothing for one that is gone', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    await finder.answer(found());
    t.at(tick(0)).key('2');
    t.key('Enter');
    expect(t.box('a').class).toBe('pedestrian');
    t.key('u');
    await finder.answer(found());
    t.key('Delete');
    expect(t.editor.session.get().proposals).toEqual([]);
    expect(t.editor.operations.item('proposal.accept', t.editor).disabledReason).toBe('Nothing is proposed.');
  });

  it('is not offered where nobody can', () => {
    const t = new TestEditor([makeBox('a')]).select('a');
    expect(t.editor.operations.items(t.editor).map(({ id }) => id)).not.toContain('track.both');
  });

  it('does not touch a locked label', async () => {
    const { t, finder } = start([makeBox('a')]);
    t.select('a').key('u');
    await finder.answer(found());
    t.editor.session.set({ locked: new Set([labelId('a')]) });
    t.key('Enter');
    expect(t.box('a')).toEqual(makeBox('a'));
  });
});
