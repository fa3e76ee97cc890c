import { describe, expect, it } from 'vitest';

import { Batch } from '../../../src/core/batch/batch';
import { cellState } from '../../../src/core/batch/cellState';
import { operation } from '../../../src/core/operations/operation';
import { TestEditor } from '../editor/harness';
import { makeBox, tick as at } from '../fixtures';

function opened(cellCount = 4): { test: TestEditor; batch: Batch } {
  const test = new TestEditor([makeBox('a'), makeBox('b')]).select('a').at(at(0));
  const batch = new Batch(test.editor, { cellCount });
  batch.open();
  return { test, batch };
}

describe('the batch view', () => {
  it('shows the selected label over its life, the time cursor among the cells', () => {
    const { test, batch } = opened();
    expect(batch.get().timesNs).toEqual([at(0), at(3), at(7), at(10)]);
    test.at(at(4));
    expect(batch.get().timesNs).toEqual([at(0), at(4), at(7), at(10)]);
    test.select('b');
    expect(batch.get().labelId).toBe('b');
    test.select();
    expect(batch.get().timesNs).toEqual([]);
  });

  it('holds its times while the label is edited', () => {
    const { test, batch } = opened();
    const before = batch.get().timesNs;
    test.at(at(3)).dragHandle('a', 'body', [1, 0, 0]);
    expect(cellState(test.box('a'), at(3))).toBe('keyframe');
    expect(cellState(test.box('a'), at(7))).toBe('interpolated');
    expect(batch.get().timesNs).toBe(before);
  });

  it('goes from cell to cell and on to the next page', () => {
    const { test, batch } = opened();
    batch.setStep(1);
    expect(batch.get()).toMatchObject({
      pageIndex: 0,
      pageCount: 3,
      nextTimesNs: [at(4), at(5), at(6), at(7)],
    });
    batch.step(3);
    expect(test.editor.session.get().timeNs).toBe(at(3));
    batch.step(1);
    expect(batch.get()).toMatchObject({ pageIndex: 1, timesNs: [at(4), at(5), at(6), at(7)] });
    batch.step(-1);
    expect(test.editor.session.get().timeNs).toBe(at(3));
    batch.turnPage(1);
    batch.turnPage(1);
    expect(batch.get()).toMatchObject({ pageIndex: 2, timesNs: [at(8), at(9), at(10)] });
  });

  it('acts on the chosen cells, else on the one that is worked at', () => {
    const { batch } = opened();
    expect(batch.targetsNs()).toEqual([at(0)]);
    batch.toggle(at(7));
    expect(batch.targetsNs()).toEqual([at(0), at(7)]);
    batch.toggle(at(0));
    expect(batch.targetsNs()).toEqual([at(7)]);
    batch.goTo(at(3));
    batch.chooseTo(at(10));
    expect(batch.targetsNs()).toEqual([at(3), at(7), at(10)]);
    batch.chooseNone();
    expect(batch.targetsNs()).toEqual([at(3)]);
  });

  it('forgets what was chosen when another label is selected', () => {
    const { test, batch } = opened();
    batch.chooseAll();
    test.select('b');
    expect(batch.get().chosen.size).toBe(0);
  });
});

describe('the keys of a mode', () => {
  it('win over the usual ones while the screen is in it', () => {
    const test = new TestEditor([makeBox('a')]).at(at(0));
    const { operations, session } = test.editor;
    const ran: string[] = [];
    operations.register(
      operation({
        id: 'batch.next',
        title: 'x',
        group: 'view',
        keys: ['ArrowRight'],
        mode: 'batch',
        run: () => ran.push('next'),
      }),
    );
    operations.setMode('batch');
    test.key('ArrowRight');
    expect(ran).toEqual(['next']);
    expect(session.get().timeNs).toBe(at(0));
    operations.setMode(null);
    test.key('ArrowRight');
    expect(ran).toEqual(['next']);
    expect(session.get().timeNs).toBe(at(1));
  });
});
