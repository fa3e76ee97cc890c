import { describe, expect, it } from 'vitest';
import { isProposedAt } from '../../../src/core/assist/proposal';
import { trackOf } from '../../../src/core/geometry/track';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';
import { Finder, found, proposalOf, proposed, proposedX } from './proposing';

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
