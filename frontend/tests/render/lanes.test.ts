import { describe, expect, it } from 'vitest';

import { proposalOf } from '../../src/core/assist/proposal';
import { labelId } from '../../src/core/document/ids';
import type { Label } from '../../src/core/document/label';
import { INITIAL_SESSION } from '../../src/core/session/session';
import { contentOf, lanesOf } from '../../src/render/timeline/lanes';
import {
  maxScroll,
  rowAt,
  scrollShowing,
  visibleLanes,
  LANES_TOP_PX,
} from '../../src/render/timeline/laneLayout';
import { visibleBoxes } from '../../src/render/shownBoxes';
import { makeBox, makeClip, tick } from '../core/fixtures';

const clip = makeClip();

function lanes(labels: readonly Label[], session = {}) {
  return lanesOf({
    labels: new Map(labels.map((label) => [label.id, label])),
    session: { ...INITIAL_SESSION, ...session },
    lints: new Map(),
    nameOf: (label) => label.id,
    colorOf: () => '#ffffff',
    classOrder: ['pedestrian', 'car'],
  });
}

function keyframesAt(...ticks: readonly number[]) {
  return ticks.map((i) => ({ ...makeBox('a').keyframes[0]!, time_ns: tick(i).toString() }));
}

describe('lanes', () => {
  it('stand by class, then by name, wherever the selection is', () => {
    const labels = [makeBox('b'), makeBox('a'), makeBox('c', { class: 'pedestrian' })];
    const found = lanes(labels, { selection: [labelId('b')] });
    expect(found.map((lane) => lane.labelId)).toEqual(['c', 'a', 'b']);
    expect(found.map((lane) => lane.isSelected)).toEqual([false, false, true]);
  });

  it('show where a label is gone and what changes at a keyframe', () => {
    const [first, second, third] = keyframesAt(0, 4, 8);
    const label = makeBox('a', {
      keyframes: [first!, { ...second!, gap_after: true, attributes: { brake_lights: true } }, third!],
    });
    const { spans, keyframes } = contentOf({ label, proposal: null }, clip);
    expect(spans.map((span) => span.kind)).toEqual(['own', 'gap', 'own']);
    expect(spans[1]).toMatchObject({ fromNs: tick(4), toNs: tick(8) });
    expect(keyframes.map((keyframe) => keyframe.says)).toEqual([null, 'brake lights: on', null]);
  });

  it('tell the proposed part from the person’s own, and doubtful places', () => {
    const label = makeBox('a');
    const tracked = {
      kind: 'tracked' as const,
      label: makeBox('found', { keyframes: keyframesAt(0, 5, 10) }),
      confidence: [1, 0.2, 0.9],
    };
    const proposal = proposalOf(
      label,
      [{ timeNs: tick(0), direction: 'forward', isSure: true, ownNs: [], tracked }],
      clip,
    );
    const content = contentOf({ label: proposal.label, proposal }, clip);
    expect(content.spans.at(-1)?.kind).toBe('proposed');
    expect(content.keyframes.map(({ isProposed, isDoubtful }) => [isProposed, isDoubtful])).toEqual([
      [false, false],
      [true, true],
      [true, false],
    ]);
  });
});

describe('the rows of the timeline', () => {
  it('are found by height, scrolled or not', () => {
    expect(rowAt(3, 0, 9).kind).toBe('ruler');
    expect(rowAt(LANES_TOP_PX - 5, 0, 9).kind).toBe('pinned');
    expect(rowAt(LANES_TOP_PX + 1, 0, 9)).toEqual({ kind: 'lane', index: 0 });
    expect(rowAt(LANES_TOP_PX + 1, 36, 9)).toEqual({ kind: 'lane', index: 2 });
    expect(rowAt(LANES_TOP_PX + 1, 0, 0).kind).toBe('empty');
  });

  it('are drawn as far as they are seen: of 200 some ten', () => {
    const [first, end] = visibleLanes(LANES_TOP_PX + 100, 1000, 200);
    expect(end - first).toBeLessThan(10);
    expect(visibleLanes(LANES_TOP_PX + 100, 0, 3)).toEqual([0, 3]);
  });

  it('scroll no farther than the last, and as little as shows a lane', () => {
    expect(maxScroll(LANES_TOP_PX + 100, 3)).toBe(0);
    expect(scrollShowing(0, 50, LANES_TOP_PX + 36, 10)).toBe(0);
    expect(scrollShowing(9, 0, LANES_TOP_PX + 36, 10)).toBe(144);
    expect(scrollShowing(1, 0, LANES_TOP_PX + 36, 10)).toBe(0);
  });
});

describe('the boxes in the views', () => {
  it('include others’ versions of what is in conflict, dashed', () => {
    const mine = makeBox('a');
    const ghost = makeBox('a', { size_m: [9, 2, 1.5] });
    const session = { ...INITIAL_SESSION, selection: [labelId('a')], ghosts: [ghost] };
    const boxes = visibleBoxes(new Map([[mine.id, mine]]), session, tick(0), () => '#ffffff');
    expect(boxes.map((box) => [box.state.size_m[0], box.isSelected, box.isProposed])).toEqual([
      [mine.size_m[0], true, false],
      [9, false, true],
    ]);
  });
});
