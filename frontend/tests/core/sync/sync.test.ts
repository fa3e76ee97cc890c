import { describe, expect, it } from 'vitest';
import { labelId } from '../../../src/core/document/ids';
import type { OutboxStorage } from '../../../src/core/sync/ports';
import { makeBox } from '../fixtures';
import { Browser, settle, Tab } from './harness';
import { MemoryServer } from './server';

const A = labelId('a');

describe('saving', () => {
  it('sends a change after a moment of quiet and says when it is saved', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.put(makeBox('a'));
    expect(tab.sync.state.get()).toEqual({ kind: 'saving', changes: 1 });
    await tab.clock.advance(399);
    expect(server.batches).toHaveLength(0);
    await tab.clock.advance(1);
    expect(server.labels.get(A)).toMatchObject({ version: 1, label: { id: 'a' } });
    expect(tab.kind).toBe('saved');
  });

  it('sends one operation for a label that was changed many times', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    for (let i = 0; i < 20; i += 1) tab.put(makeBox('a', { size_m: [4 + i, 2, 2] }));
    await tab.clock.advance(400);
    expect(server.batches.flatMap((batch) => batch.operations)).toHaveLength(1);
    expect(server.labels.get(A)).toMatchObject({ version: 2, label: { size_m: [23, 2, 2] } });
  });

  it('sends at the latest after two seconds of work without a pause', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    for (let i = 0; i < 10; i += 1) {
      tab.put(makeBox('a', { size_m: [4 + i, 2, 2] }));
      await tab.clock.advance(300);
    }
    expect(server.batches.length).toBeGreaterThan(0);
  });

  it('sends nothing for a change that was taken back', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.put(makeBox('a', { size_m: [9, 9, 9] }));
    tab.put(makeBox('a'));
    expect(tab.kind).toBe('saved');
    await tab.clock.advance(1000);
    expect(server.batches).toHaveLength(0);
  });

  it('sends nothing for a label that was made and deleted again', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.put(makeBox('a'));
    tab.remove('a');
    await tab.clock.advance(1000);
    expect(server.batches).toHaveLength(0);
  });

  it('puts a deleted label again on its last version', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.remove('a');
    await tab.clock.advance(400);
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    expect(server.labels.get(A)).toMatchObject({ version: 3, label: { id: 'a' } });
    expect(tab.kind).toBe('saved');
  });

  it('shows nobody the states of a gesture under way', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.isGesture.set(true);
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(5000);
    expect(server.batches).toHaveLength(0);
    tab.put(makeBox('a', { size_m: [6, 6, 6] }));
    tab.isGesture.set(false);
    await tab.clock.advance(400);
    expect(server.labels.get(A)).toMatchObject({ label: { size_m: [6, 6, 6] } });
  });

  it('splits a large change into batches and lands all of it', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    for (let i = 0; i < 1201; i += 1) tab.put(makeBox(`box-${i}`));
    await tab.clock.advance(400);
    while (tab.kind === 'saving') await settle();
    expect(server.batches.map((batch) => batch.operations.length)).toEqual([500, 500, 201]);
    expect(tab.kind).toBe('saved');
  });

  it('keeps batches small enough for any server on the way', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    const long = makeBox('a').keyframes[0];
    if (long === undefined) throw new Error('a box has a keyframe');
    const keyframes = Array.from({ length: 4000 }, (_, i) => ({ ...long, time_ns: String(i) }));
    for (let i = 0; i < 5; i += 1) tab.put(makeBox(`box-${i}`, { keyframes }));
    await tab.clock.advance(400);
    while (tab.kind === 'saving') await settle();
    expect(server.batches.every((batch) => JSON.stringify(batch).length < 1.2e6)).toBe(true);
    expect(server.labels.size).toBe(5);
  });

  it('saves at once when asked', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.put(makeBox('a'));
    tab.sync.flush();
    await tab.clock.advance(0);
    expect(tab.kind).toBe('saved');
  });
});

describe('a bad line', () => {
  it('is tried again, with longer and longer pauses, until the change has landed', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.transport.isCut = true;
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    expect(tab.sync.state.get()).toEqual({ kind: 'offline', changes: 1 });
    await tab.clock.advance(60_000);
    const { sends } = tab.transport;
    expect(sends).toBeGreaterThan(4);
    expect(sends).toBeLessThan(10);
    tab.transport.isCut = false;
    tab.sync.retry();
    await tab.clock.advance(0);
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)?.version).toBe(1);
  });

  it('does a batch once though its answer was lost', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.transport.faults = ['lost', 'lost'];
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(10_000);
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)?.version).toBe(2);
    expect(server.events).toHaveLength(1);
  });

  it('keeps what was changed while a batch with a lost answer was under way', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.transport.faults = ['lost'];
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(400);
    tab.put(makeBox('a', { size_m: [6, 6, 6] }));
    await tab.clock.advance(10_000);
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)).toMatchObject({ version: 3, label: { size_m: [6, 6, 6] } });
  });

  it('waits as long as the server asks', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.transport.faults = [{ kind: 'unreachable', retryAfter_ms: 20_000 }];
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    await tab.clock.advance(19_000);
    expect(server.batches).toHaveLength(0);
    await tab.clock.advance(1_500);
    expect(server.batches).toHaveLength(1);
  });
});

describe('a tab that dies', () => {
  it('leaves its unsent changes to the next one', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const browser = new Browser();
    const first = await Tab.open(server, browser, { isCut: true });
    first.put(makeBox('a', { size_m: [7, 7, 7] }));
    first.put(makeBox('b'));
    await settle();
    first.sync.dispose();
    await settle();

    const second = await Tab.open(server, browser);
    expect(second.get('a')).toMatchObject({ size_m: [7, 7, 7] });
    expect(second.get('b')).toBeDefined();
    await second.clock.advance(0);
    expect(second.kind).toBe('saved');
    expect(server.labels.get(A)).toMatchObject({ version: 2, label: { size_m: [7, 7, 7] } });
  });

  it('sends a batch that had landed again without harm, and the change behind it on top', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const browser = new Browser();
    const first = await Tab.open(server, browser);
    first.transport.faults = ['lost'];
    first.put(makeBox('a', { size_m: [5, 5, 5] }));
    await first.clock.advance(400);
    first.put(makeBox('a', { size_m: [6, 6, 6] }));
    await settle();
    first.sync.dispose();
    await settle();
    expect(server.labels.get(A)?.version).toBe(2);

    const second = await Tab.open(server, browser);
    await second.clock.advance(400);
    expect(second.kind).toBe('saved');
    expect(server.labels.get(A)).toMatchObject({ version: 3, label: { size_m: [6, 6, 6] } });
  });

  it('does not hide what others did after its batch had landed', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const browser = new Browser();
    const first = await Tab.open(server, browser);
    first.transport.faults = ['lost'];
    first.put(makeBox('a', { size_m: [5, 5, 5] }));
    await first.clock.advance(400);
    first.sync.dispose();
    await settle();
    server.change(makeBox('a', { size_m: [8, 8, 8] }));

    const second = await Tab.open(server, browser);
    await second.clock.advance(400);
    expect(second.kind).toBe('saved');
    expect(second.get('a')).toMatchObject({ size_m: [8, 8, 8] });
    expect(server.labels.get(A)?.version).toBe(3);
  });

  it('does not lend its outbox to a tab beside it, nor to another person', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const browser = new Browser();
    const first = await Tab.open(server, browser, { isCut: true });
    first.put(makeBox('a', { size_m: [7, 7, 7] }));
    await settle();
    const beside = await Tab.open(server, browser);
    expect(beside.get('a')).toMatchObject({ size_m: [4, 2, 1.5] });
  });
});

describe('two people', () => {
  it('see what the other did', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    server.change(makeBox('b'));
    await tab.clock.advance(3000);
    expect(tab.get('a')).toMatchObject({ size_m: [9, 9, 9] });
    expect(tab.get('b')).toBeDefined();
    expect(tab.kind).toBe('saved');
  });

  it('never overwrite each other: a change on a stale version becomes a conflict with both versions', async () => {
    const server = new MemoryServer([makeBox('a'), makeBox('c')]);
    const tab = await Tab.open(server);
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    tab.put(makeBox('c', { size_m: [3, 3, 3] }));
    await tab.clock.advance(400);
    expect(tab.conflicts).toMatchObject([
      {
        labelId: 'a',
        mine: { size_m: [5, 5, 5] },
        theirs: { size_m: [9, 9, 9] },
        theirVersion: 2,
        theirAuthor: 'bob',
      },
    ]);
    expect(server.labels.get(A)).toMatchObject({ version: 2, label: { size_m: [9, 9, 9] } });
    expect(server.labels.get(labelId('c'))).toMatchObject({ version: 2, label: { size_m: [3, 3, 3] } });
  });

  it('can keep theirs', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(400);
    tab.sync.resolve(A, 'theirs');
    await tab.clock.advance(400);
    expect(tab.get('a')).toMatchObject({ size_m: [9, 9, 9] });
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)?.version).toBe(2);
  });

  it('can keep their own, also what they changed since the conflict', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(400);
    tab.put(makeBox('a', { size_m: [6, 6, 6] }));
    await tab.clock.advance(2000);
    expect(tab.conflicts).toHaveLength(1);
    tab.sync.resolve(A, 'mine');
    await tab.clock.advance(400);
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)).toMatchObject({ version: 3, label: { size_m: [6, 6, 6] } });
  });

  it('need not decide where both did the same', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    server.change(makeBox('a', { size_m: [5, 5, 5] }));
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(400);
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)?.version).toBe(2);
  });

  it('keep a conflict over a reload', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const browser = new Browser();
    const first = await Tab.open(server, browser);
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    first.put(makeBox('a', { size_m: [5, 5, 5] }));
    await first.clock.advance(400);
    first.sync.dispose();
    await settle();
    const second = await Tab.open(server, browser);
    await second.clock.advance(400);
    expect(second.conflicts).toMatchObject([{ mine: { size_m: [5, 5, 5] }, theirs: { size_m: [9, 9, 9] } }]);
    expect(second.get('a')).toMatchObject({ size_m: [5, 5, 5] });
  });

  it('can not take back a step that would undo what the other did', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    await tab.clock.advance(400);
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    await tab.clock.advance(3000);
    expect(tab.get('a')).toMatchObject({ size_m: [9, 9, 9] });
    expect(tab.history.undo()).toBeNull();
    expect(tab.get('a')).toMatchObject({ size_m: [9, 9, 9] });
  });

  it('are told of a change to a label in their hands when they let go of it', async () => {
    const server = new MemoryServer([makeBox('a')]);
    const tab = await Tab.open(server);
    tab.isGesture.set(true);
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    server.change(makeBox('a', { size_m: [9, 9, 9] }));
    await tab.clock.advance(7000);
    expect(tab.get('a')).toMatchObject({ size_m: [5, 5, 5] });
    tab.isGesture.set(false);
    await tab.clock.advance(4000);
    expect(tab.conflicts).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('of one label holds up no other, and ends when it is corrected', async () => {
    const server = new MemoryServer([makeBox('a')]);
    server.refusedClass = 'ghost';
    const tab = await Tab.open(server);
    tab.put(makeBox('a', { size_m: [5, 5, 5] }));
    tab.put(makeBox('b', { class: 'ghost' }));
    await tab.clock.advance(400);
    expect(server.labels.get(A)?.version).toBe(2);
    expect(tab.sync.state.get()).toMatchObject({
      kind: 'error',
      changes: 1,
      message: 'There is no such class.',
      rejections: [{ labelId: 'b', field: 'class' }],
    });
    tab.put(makeBox('b'));
    await tab.clock.advance(400);
    expect(tab.kind).toBe('saved');
  });

  it('for an expired session keeps everything until the person is back', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.transport.faults = [{ kind: 'signed_out' }];
    tab.put(makeBox('a'));
    await tab.clock.advance(10_000);
    expect(tab.sync.state.get()).toEqual({ kind: 'signed_out', changes: 1 });
    expect(server.batches).toHaveLength(0);
    tab.sync.retry();
    await tab.clock.advance(0);
    expect(tab.kind).toBe('saved');
    expect(server.batches).toHaveLength(1);
  });

  it('never sends changes in the name of somebody else who signed in', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.transport.faults = [{ kind: 'signed_out' }];
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    tab.sync.retry('another');
    await tab.clock.advance(60_000);
    expect(server.batches).toHaveLength(0);
    expect(tab.sync.state.get()).toMatchObject({ kind: 'error', changes: 1 });
    tab.sync.retry('user');
    await tab.clock.advance(0);
    expect(server.batches).toHaveLength(1);
  });

  it('that makes no sense is not asked for again and again without a pause', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    let sends = 0;
    tab.transport.send = () => {
      sends += 1;
      return Promise.resolve({ kind: 'conflict', conflicts: [] });
    };
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    for (let i = 0; i < 20; i += 1) await settle();
    expect(sends).toBeLessThan(60);
    expect(tab.sync.state.get()).toMatchObject({ kind: 'saving', changes: 1 });
  });

  it('for lack of the right says so and keeps the changes', async () => {
    const server = new MemoryServer();
    const tab = await Tab.open(server);
    tab.transport.faults = [{ kind: 'refused', message: 'You may not save to this label set.' }];
    tab.put(makeBox('a'));
    await tab.clock.advance(10_000);
    expect(tab.sync.state.get()).toMatchObject({
      kind: 'error',
      changes: 1,
      message: 'You may not save to this label set.',
    });
  });
});

describe('a browser that keeps nothing', () => {
  it('still sends, and says that a reload would lose changes', async () => {
    const broken: OutboxStorage = {
      scopes: () => Promise.resolve([]),
      read: () => Promise.resolve({ inFlight: null, pending: [] }),
      write: () => Promise.reject(new Error('the disk is full')),
    };
    const server = new MemoryServer();
    const tab = await Tab.open(server, new Browser(), { storage: broken });
    tab.transport.isCut = true;
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    expect(tab.sync.state.get()).toMatchObject({ kind: 'error', changes: 1, message: /the disk is full/ });
    tab.transport.isCut = false;
    tab.sync.retry();
    await tab.clock.advance(0);
    expect(tab.kind).toBe('saved');
    expect(server.labels.get(A)?.version).toBe(1);
  });
});

describe('storing', () => {
  it('is done before sending', async () => {
    const server = new MemoryServer();
    const order: string[] = [];
    const storage: OutboxStorage = {
      scopes: () => Promise.resolve([]),
      read: () => Promise.resolve({ inFlight: null, pending: [] }),
      write: (_scope, change) => {
        if (change.inFlight !== null) order.push('stored');
        return Promise.resolve();
      },
    };
    const tab = await Tab.open(server, new Browser(), { storage });
    const send = tab.transport.send.bind(tab.transport);
    tab.transport.send = (batch) => {
      order.push('sent');
      return send(batch);
    };
    tab.put(makeBox('a'));
    await tab.clock.advance(400);
    expect(order.slice(0, 2)).toEqual(['stored', 'sent']);
  });
});
