import { beforeEach, describe, expect, it } from 'vitest';

import { mergeVersions } from '../../../src/core/actions/mergeVersions';
import { Adjudication } from '../../../src/core/adjudication/adjudication';
import { letterOf, VERSION_COLORS, type LabelVersion } from '../../../src/core/adjudication/versions';
import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel, Keyframe } from '../../../src/core/document/label';
import { adjudicating } from '../../../src/core/operations/adjudicating';
import { visibleBoxes } from '../../../src/render/shownBoxes';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from '../editor/harness';

function at(i: number, x_m: number, yaw_rad = 0): Keyframe {
  return {
    time_ns: tick(i).toString(),
    position_m: [x_m, 0, 0.8],
    quat_xyzw: [0, 0, Math.sin(yaw_rad / 2), Math.cos(yaw_rad / 2)],
  };
}

function version(position: number, labels: readonly CuboidLabel[]): LabelVersion {
  return {
    position,
    letter: letterOf(position),
    color: VERSION_COLORS[position - 1] ?? '',
    person: null,
    labelSetId: `00000000-0000-4000-8000-00000000000${position}`,
    revision: 3,
    labels: new Map(labels.map((label) => [label.id, label])),
  };
}

function cluster(members: readonly (readonly [number, string])[], agreement: number, ...differs: string[]) {
  return { members: new Map(members.map(([p, id]) => [p, labelId(id)])), agreement, differs };
}

// Both have labels of the same ids, as versions that began from the same model do.
const A = version(1, [
  makeBox('car', { keyframes: [at(0, 0)] }),
  makeBox('van', { keyframes: [at(5, 20)], from_ns: tick(5).toString() }),
]);
const B = version(2, [
  makeBox('car', { keyframes: [at(0, 0.2)] }),
  makeBox('odd', { keyframes: [at(0, 50)] }),
]);
const VERSIONS = {
  versions: [A, B],
  clusters: [
    cluster([[2, 'odd']], 0, 'missing'),
    cluster([[1, 'van']], 0, 'missing'),
    cluster(
      [
        [1, 'car'],
        [2, 'car'],
      ],
      0.98,
    ),
  ],
};

let t: TestEditor;
let adjudication: Adjudication;

beforeEach(() => {
  t = new TestEditor();
  adjudication = new Adjudication(t.editor, VERSIONS);
  t.editor.operations.register(...adjudicating(adjudication));
  t.editor.operations.setMode('adjudicate');
});

function kinds(): string[] {
  return adjudication.state.get().decisions.map((one) => (one.kind === 'taken' ? one.letters : one.kind));
}

describe('deciding between versions', () => {
  it('shows all that is open as ghosts in the versions’ colours', () => {
    const { session, document } = t.editor;
    const boxes = visibleBoxes(document.labels(), session.get(), tick(0), () => '#fff');
    expect(boxes.map(({ labelId: id, color }) => [id, color])).toEqual([
      ['B:odd', B.color],
      ['A:car', A.color],
      ['B:car', B.color],
    ]);
  });

  it('takes a version by its number, as a label of its own that says where it is from, and goes on', () => {
    t.key('2');
    const [label] = [...t.editor.document.labels().values()];
    expect(label?.id).not.toBe('odd');
    expect(label?.origin).toEqual({
      label_set: B.labelSetId,
      label_id: 'odd',
      revision: 3,
      source: 'human',
      name: 'B',
      accepted: true,
    });
    expect(kinds()).toEqual(['B', 'open', 'open']);
    expect(adjudication.state.get().current).toBe(1);
    expect(t.editor.session.get().timeNs).toBe(tick(5));
  });

  it('doesn’t take what a version hasn’t', () => {
    t.key('1');
    expect(kinds()).toEqual(['open', 'open', 'open']);
    expect(t.editor.operations.item('adjudicate.pick_1', t.editor).disabledReason).toBe(
      'This version doesn’t have it.',
    );
  });

  it('takes another version in place of the first choice, under the same id', () => {
    adjudication.go(2);
    t.key('1');
    const before = [...t.editor.document.labels().keys()];
    adjudication.go(2);
    t.key('2');
    expect([...t.editor.document.labels().keys()]).toEqual(before);
    expect(kinds()[2]).toBe('B');
  });

  it('takes the mean of all versions', () => {
    adjudication.go(2);
    t.key('0');
    const [label] = [...t.editor.document.labels().values()] as CuboidLabel[];
    expect(label?.keyframes[0]?.position_m[0]).toBeCloseTo(0.1);
    expect(kinds()[2]).toBe('AB');
  });

  it('takes none, also after one was taken, and forgets that by undo and another choice', () => {
    t.key('2');
    adjudication.go(0);
    t.key('Backspace');
    expect(t.editor.document.size).toBe(0);
    expect(kinds()[0]).toBe('none');
    adjudication.go(0);
    t.key('2');
    expect(kinds()[0]).toBe('B');
  });

  it('takes all that is agreed on in one step', () => {
    t.key('Enter', { alt: true });
    expect(kinds()).toEqual(['open', 'open', 'A']);
    t.editor.undo();
    expect(kinds()).toEqual(['open', 'open', 'open']);
  });

  it('goes to a thing whose ghost is clicked', () => {
    t.editor.session.select(labelId('A:van'));
    expect(adjudication.state.get().current).toBe(1);
    expect(t.editor.session.get().selection).toEqual([]);
  });

  it('takes nothing for who may only look', () => {
    t.editor.setReadOnly('look only');
    t.key('2');
    t.key('Backspace');
    t.key('Enter', { alt: true });
    expect(kinds()).toEqual(['open', 'open', 'open']);
  });
});

describe('the mean of versions', () => {
  it('lies at each keyframe of either between those that have it then', () => {
    const one = makeBox('a', { keyframes: [at(0, 0), at(10, 10)] });
    const other = makeBox('b', { keyframes: [at(0, 1), at(5, 6), at(10, 11)], size_m: [4.8, 2.1, 1.8] });
    const merged = mergeVersions([one, other], labelId('m'));
    expect(merged?.keyframes.map(({ position_m }) => position_m[0])).toEqual([0.5, 5.5, 10.5]);
    expect(merged?.size_m[0]).toBeCloseTo((one.size_m[0] + 4.8) / 2);
  });

  it('turns by the mean heading, across the half turn too, and is called as most say', () => {
    const yaws = [Math.PI - 0.1, -Math.PI + 0.1, Math.PI];
    const boxes = yaws.map((yaw, i) =>
      makeBox(`v${i}`, { static: true, keyframes: [at(0, 0, yaw)], class: i === 0 ? 'pedestrian' : 'car' }),
    );
    const merged = mergeVersions(boxes, labelId('m'));
    const [, , z, w] = merged?.keyframes[0]?.quat_xyzw ?? [0, 0, 0, 1];
    expect(Math.abs(2 * Math.atan2(z, w))).toBeCloseTo(Math.PI);
    expect(merged?.class).toBe('car');
    expect(merged?.static).toBe(true);
  });

  it('is gone where most say so', () => {
    const gone = makeBox('a', { keyframes: [{ ...at(0, 0), gap_after: true }, at(4, 4), at(10, 10)] });
    const there = makeBox('b', { keyframes: [at(0, 0), at(4, 4), at(10, 10)] });
    const merged = mergeVersions([gone, gone, there], labelId('m'));
    expect(merged?.keyframes.map(({ gap_after }) => gap_after ?? false)).toEqual([true, false, false]);
  });
});
