import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LoadingCache } from '../../src/render/data/loadingCache';

/** Loads that the test answers itself. */
function harness(options: { readonly maxBytes?: number; readonly concurrency?: number } = {}) {
  const calls: {
    key: string;
    signal: AbortSignal;
    answer: (value: string) => void;
    fail: (error: Error) => void;
  }[] = [];
  const changed: string[] = [];
  const released: string[] = [];
  const cache = new LoadingCache<string>({
    load: (key, signal) =>
      new Promise((resolve, reject) => {
        calls.push({ key, signal, answer: resolve, fail: reject });
      }),
    sizeOf_bytes: (value) => value.length,
    release: (value) => released.push(value),
    maxBytes: options.maxBytes ?? 1000,
    concurrency: options.concurrency ?? 2,
    onChange: (key) => changed.push(key),
  });
  const settle = () => vi.advanceTimersByTimeAsync(0);
  return { cache, calls, changed, released, settle };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('LoadingCache', () => {
  it('gives a value once it has come and tells that it came', async () => {
    const { cache, calls, changed, settle } = harness();
    cache.want('view', ['a']);
    expect(cache.get('a')).toBeUndefined();
    calls[0]!.answer('A');
    await settle();
    expect(cache.get('a')).toBe('A');
    expect(changed).toEqual(['a']);
  });

  it("loads everybody's first wish before anybody's second, a few at a time", async () => {
    const { cache, calls, settle } = harness({ concurrency: 2 });
    cache.want('left', ['l1', 'l2', 'l3']);
    cache.want('right', ['r1', 'r2']);
    expect(calls.map((call) => call.key)).toEqual(['l1', 'l2']);
    calls[0]!.answer('x');
    await settle();
    expect(calls.map((call) => call.key)).toEqual(['l1', 'l2', 'r1']);
  });

  it('aborts what nobody wants any more and throws away what still comes of it', async () => {
    const { cache, calls, changed, released, settle } = harness();
    cache.want('view', ['a']);
    cache.want('view', ['b']);
    expect(calls[0]!.signal.aborted).toBe(true);
    calls[0]!.answer('late');
    await settle();
    expect(cache.get('a')).toBeUndefined();
    expect(released).toEqual(['late']);
    expect(changed).toEqual([]);
  });

  it('goes on with a load that another view wants too', () => {
    const { cache, calls } = harness();
    cache.want('left', ['a']);
    cache.want('right', ['a']);
    cache.want('left', []);
    expect(calls).toHaveLength(1);
    expect(calls[0]!.signal.aborted).toBe(false);
  });

  it('keeps within its bytes by letting go what was not asked for longest', async () => {
    const { cache, calls, released, settle } = harness({ maxBytes: 10 });
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      cache.want('view', [key]);
      calls[index]!.answer(key.repeat(4));
      await settle();
      if (key === 'b') cache.get('a');
    }
    expect(released).toEqual(['bbbb']);
    expect(cache.bytes).toBe(8);
    expect(cache.get('a')).toBe('aaaa');
  });

  it('never lets go what is wanted now, whatever it weighs', async () => {
    const { cache, calls, settle } = harness({ maxBytes: 5 });
    cache.want('view', ['a', 'b']);
    calls[0]!.answer('aaaa');
    calls[1]!.answer('bbbb');
    await settle();
    expect([cache.get('a'), cache.get('b')]).toEqual(['aaaa', 'bbbb']);
  });

  it('fetches ahead only while there is room, and gives that up first', async () => {
    const { cache, calls, settle } = harness({ maxBytes: 10, concurrency: 1 });
    cache.want('view', ['a', 'b', 'c'], 1);
    calls[0]!.answer('aaaa');
    await settle();
    calls[1]!.answer('bbbb');
    await settle();
    expect(calls.map((call) => call.key)).toEqual(['a', 'b']);
    cache.want('view', ['d', 'b'], 1);
    calls[2]!.answer('dddddddd');
    await settle();
    expect([cache.get('d'), cache.get('b'), cache.get('a')]).toEqual(['dddddddd', undefined, undefined]);
    expect(cache.bytes).toBe(8);
  });

  it('lets go what no longer fits when its bound becomes smaller', async () => {
    const { cache, calls, settle } = harness({ maxBytes: 10 });
    cache.want('view', ['a', 'b']);
    calls[0]!.answer('aaaa');
    calls[1]!.answer('bbbb');
    await settle();
    cache.want('view', ['b']);
    cache.setMaxBytes(5);
    expect([cache.has('a'), cache.has('b')]).toEqual([false, true]);
  });

  it('says why a load failed and tries again after a while', async () => {
    const { cache, calls, settle } = harness();
    cache.want('view', ['a']);
    calls[0]!.fail(new Error('the server is away'));
    await settle();
    expect(cache.failure('a')).toBe('the server is away');
    await vi.advanceTimersByTimeAsync(1000);
    expect(calls).toHaveLength(2);
    calls[1]!.answer('A');
    await settle();
    expect(cache.get('a')).toBe('A');
    expect(cache.failure('a')).toBeNull();
  });

  it('gives up after a few failures', async () => {
    const { cache, calls, settle } = harness();
    cache.want('view', ['a']);
    for (let attempt = 0; attempt < 4; attempt += 1) {
      calls[attempt]!.fail(new Error('no'));
      await settle();
      await vi.advanceTimersByTimeAsync(60_000);
    }
    expect(calls).toHaveLength(4);
  });

  it('aborts and releases everything when it is disposed of', async () => {
    const { cache, calls, released, settle } = harness();
    cache.want('view', ['a', 'b']);
    calls[0]!.answer('A');
    await settle();
    cache.dispose();
    expect(released).toEqual(['A']);
    expect(calls[1]!.signal.aborted).toBe(true);
    expect(cache.bytes).toBe(0);
    cache.want('view', ['c']);
    expect(calls).toHaveLength(2);
  });
});
