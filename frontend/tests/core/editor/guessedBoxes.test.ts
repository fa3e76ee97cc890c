import { describe, expect, it } from 'vitest';
import { confidenceAt, isProposedAt } from '../../../src/core/assist/proposal';
import { tick } from '../fixtures';
import { TestEditor } from './harness';
import { FITTED, Finder, found, proposalOf } from './proposing';

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
