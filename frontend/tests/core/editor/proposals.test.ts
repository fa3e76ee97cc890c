import { describe, expect, it } from 'vitest';
import { confidenceAt, doubtsOf, isProposedAt } from '../../../src/core/assist/proposal';
import { makeBox, tick } from '../fixtures';
import { settled, TestEditor } from './harness';
import { FITTED, Finder, found, proposalOf, proposed, proposedX, reason } from './proposing';

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
