import { describe, expect, it } from 'vitest';

import { labelId } from '../../../src/core/document/ids';
import type { CuboidLabel, Label } from '../../../src/core/document/label';
import { isPreLabel, scoreOf } from '../../../src/core/document/origin';
import { preLabelLints } from '../../../src/core/lints/preLabelLints';
import { lanesOf, contentOf } from '../../../src/render/timeline/lanes';
import { visibleBoxes } from '../../../src/render/shownBoxes';
import { labelRows } from '../../../src/ui/labelling/labelRows';
import { makeBox, tick } from '../fixtures';
import { TestEditor } from './harness';

function proposed(id: string, score: number | null, x_m = 0): CuboidLabel {
  return makeBox(id, {
    keyframes: [{ time_ns: tick(0).toString(), position_m: [x_m, 0, 0.8], quat_xyzw: [0, 0, 0, 1] }],
    origin: {
      label_set: '7d4b5a46-5b52-4b0a-8a88-2f8a3b7b2f11',
      label_id: id,
      revision: 1,
      source: 'model',
      name: 'detector-3',
      ...(score === null ? {} : { score }),
      accepted: false,
    },
  });
}

const SURE = proposed('sure', 0.95);
const UNSURE = proposed('unsure', 0.4, 20);
const SILENT = proposed('silent', null, 40);

function waiting(t: TestEditor): string[] {
  return [...t.editor.document.labels().values()].filter(isPreLabel).map(({ id }) => id);
}

describe('labels that a model proposed', () => {
  it('are accepted by Enter, as they are, and proposed again by undo', () => {
    const t = new TestEditor([SURE, UNSURE]);
    t.select('sure').key('Enter');
    expect(waiting(t)).toEqual(['unsure']);
    const label = t.editor.document.get(labelId('sure'));
    expect(label).toEqual({ ...SURE, origin: { ...SURE.origin, accepted: true } });
    expect(t.editor.history.entries.map(({ title }) => title)).toEqual(['Accept label']);
    t.editor.undo();
    expect(waiting(t)).toEqual(['sure', 'unsure']);
  });

  it('are accepted together from a score on; without a score the model is not sure', () => {
    const t = new TestEditor([SURE, UNSURE, SILENT]);
    t.editor.session.set({ preLabelScore: 0.9 });
    expect(t.editor.run('prelabel.accept_above')).toBe(true);
    expect(waiting(t)).toEqual(['unsure', 'silent']);
    expect(t.editor.run('prelabel.accept_above')).toBe(false);
    t.editor.session.set({ preLabelScore: 0 });
    t.editor.run('prelabel.accept_above');
    expect(waiting(t)).toEqual([]);
  });

  it('are deleted together below a score, and left alone where they are locked', () => {
    const t = new TestEditor([SURE, UNSURE, SILENT]);
    t.editor.session.set({ preLabelScore: 0.9, locked: new Set([labelId('silent')]) });
    t.editor.run('prelabel.delete_below');
    expect([...t.editor.document.labels().keys()]).toEqual(['sure', 'silent']);
  });

  it('become the person’s own by any change, in the same step', () => {
    const t = new TestEditor([SURE]);
    t.select('sure').key('w');
    expect(waiting(t)).toEqual([]);
    expect(t.editor.history.entries).toHaveLength(1);
    t.editor.undo();
    expect(t.editor.document.get(labelId('sure'))).toEqual(SURE);
  });

  it('become the person’s own by a drag, and proposals again when it is taken back', () => {
    const t = new TestEditor([SURE]);
    t.select('sure').drag([0, 0, 0.8], [3, 1, 0.8]);
    expect(waiting(t)).toEqual([]);
    t.editor.undo();
    expect(waiting(t)).toEqual(['sure']);
  });

  it('stay proposals when somebody else saves them', () => {
    const t = new TestEditor([SURE]);
    const other: Label = { ...SURE, class: 'pedestrian' };
    t.editor.document.apply(
      { added: new Map(), updated: new Map([[SURE.id, [SURE, other] as const]]), removed: new Map() },
      'remote',
    );
    expect(waiting(t)).toEqual(['sure']);
  });

  it('leave no trace of their origin on a copy', () => {
    const t = new TestEditor([SURE]);
    t.select('sure');
    t.editor.run('label.duplicate');
    const copy = [...t.editor.document.labels().values()].find(({ id }) => id !== SURE.id);
    expect(copy?.origin).toBeUndefined();
    expect(waiting(t)).toEqual(['sure']);
  });

  it('are gone through from the least sure on', () => {
    const t = new TestEditor([SURE, UNSURE, SILENT]);
    const seen = [1, 2, 3, 4].map(() => {
      t.editor.run('prelabel.next');
      return t.editor.session.get().selection[0];
    });
    expect(seen).toEqual(['silent', 'unsure', 'sure', 'silent']);
  });

  it('can’t be accepted by who may only look', () => {
    const t = new TestEditor([SURE], { readOnlyReason: 'look only' });
    t.select('sure').key('Enter');
    expect(t.editor.run('prelabel.accept_above')).toBe(false);
    expect(waiting(t)).toEqual(['sure']);
  });

  it('keep a task from being handed in: of a part those that are there in it', () => {
    const early = { ...SURE, from_ns: tick(0).toString(), to_ns: tick(2).toString() };
    const late = { ...UNSURE, from_ns: tick(6).toString(), to_ns: tick(9).toString() };
    const mine = makeBox('mine');
    const part = { fromNs: tick(5), toNs: tick(11) };
    expect(preLabelLints([early, late, mine], null).map(({ labelIds }) => labelIds[0])).toEqual([
      'sure',
      'unsure',
    ]);
    const [only, another] = preLabelLints([early, late, mine], part);
    expect(another).toBeUndefined();
    expect(only?.severity).toBe('error');
    expect(only?.message).toBe('Proposed by detector-3, 40 % sure: accept, correct or delete it.');
  });

  it('are drawn as proposals in the views and in the timeline', () => {
    const t = new TestEditor([SURE, makeBox('mine')]);
    const { document, session, clip } = t.editor;
    const boxes = visibleBoxes(document.labels(), session.get(), tick(0), () => '#fff');
    expect(boxes.map(({ labelId: id, isProposed }) => [id, isProposed])).toEqual([
      ['sure', true],
      ['mine', false],
    ]);
    const lanes = lanesOf({
      labels: document.labels(),
      session: session.get(),
      lints: new Map(),
      nameOf: ({ id }) => id,
      colorOf: () => '#fff',
      classOrder: ['car'],
    });
    const kinds = lanes.map((lane) => contentOf(lane, clip).keyframes.map(({ isProposed }) => isProposed));
    expect(kinds).toEqual([[false], [true]]);
  });

  it('are listed by score, the least sure first, and alone where that is asked for', () => {
    const mine = makeBox('mine');
    const labels = new Map([SURE, UNSURE, mine].map((label) => [label.id, label as Label]));
    const query = {
      text: '',
      folded: new Set<string>(),
      titleOf: (name: string) => name,
      classOrder: ['car'],
    };
    const ids = (more: object): (string | undefined)[] =>
      labelRows(labels, { ...query, ...more }).map((row) =>
        row.kind === 'label' ? row.label.id : undefined,
      );
    expect(ids({ order: 'score' })).toEqual(['unsure', 'sure', 'mine']);
    expect(ids({ order: 'score', onlyProposed: true })).toEqual(['unsure', 'sure']);
    expect(scoreOf(mine)).toBeNull();
  });
});
