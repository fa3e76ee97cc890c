import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { StaticCloudSource, type StaticCloudInfo } from '../../src/render/data/staticCloudSource';

const info = (state: StaticCloudInfo['state'], url: string | null = null): StaticCloudInfo => ({
  state,
  url,
  point_count: 5,
  message: '',
  progress: null,
});

describe('the source of a static cloud', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks nothing before somebody looks', async () => {
    const fetch = vi.fn(() => Promise.resolve(info('done')));
    new StaticCloudSource(fetch);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('asks again until the cloud is there, and then no more', async () => {
    const answers = [info('queued'), info('running'), info('done', '/tileset.json')];
    const fetch = vi.fn(() => Promise.resolve(answers.shift() ?? info('failed')));
    const source = new StaticCloudSource(fetch);
    source.want(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetch).toHaveBeenCalledTimes(3);
    expect(source.state.get().info?.url).toBe('/tileset.json');
    source.want(false);
    source.want(true);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(fetch).toHaveBeenCalledTimes(3);
  });

  it('stops asking when nobody looks any more', async () => {
    const fetch = vi.fn(() => Promise.resolve(info('running')));
    const source = new StaticCloudSource(fetch);
    source.want(true);
    await vi.advanceTimersByTimeAsync(3000);
    source.want(false);
    const asked = fetch.mock.calls.length;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(fetch).toHaveBeenCalledTimes(asked);
  });

  it('says why it could not ask, and tries again', async () => {
    const fetch = vi
      .fn<() => Promise<StaticCloudInfo>>()
      .mockRejectedValueOnce(new Error('The server does not answer.'))
      .mockResolvedValue(info('done', '/a'));
    const source = new StaticCloudSource(fetch);
    source.want(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(source.state.get().failure).toBe('The server does not answer.');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(source.state.get()).toEqual({ info: info('done', '/a'), failure: null });
    source.dispose();
  });
});
