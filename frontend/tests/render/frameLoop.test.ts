import { describe, expect, it } from 'vitest';

import { FrameLoop, type FrameClock } from '../../src/render/frameLoop';

/** A clock whose frames the test lets happen. */
function testClock(): FrameClock & { frame: () => void; pending: () => number } {
  const callbacks = new Map<number, (time: number) => void>();
  let last = 0;
  return {
    request: (callback) => {
      last += 1;
      callbacks.set(last, callback);
      return last;
    },
    cancel: (handle) => callbacks.delete(handle),
    frame: () => {
      const due = [...callbacks.values()];
      callbacks.clear();
      for (const callback of due) callback(0);
    },
    pending: () => callbacks.size,
  };
}

describe('FrameLoop', () => {
  it('rests until somebody asks, then draws everything once', () => {
    const clock = testClock();
    const loop = new FrameLoop(clock);
    const drawn: string[] = [];
    loop.add(() => drawn.push('3d'));
    loop.add(() => drawn.push('camera'));
    clock.frame();
    expect(drawn).toEqual(['3d', 'camera']);
    expect(clock.pending()).toBe(0);
    loop.request();
    loop.request();
    expect(clock.pending()).toBe(1);
    clock.frame();
    expect(drawn).toEqual(['3d', 'camera', '3d', 'camera']);
  });

  it('draws again when a drawer asks while drawing: that is how playing goes on', () => {
    const clock = testClock();
    const loop = new FrameLoop(clock);
    loop.add(() => loop.request());
    clock.frame();
    expect(clock.pending()).toBe(1);
  });

  it('draws nothing after it was disposed of', () => {
    const clock = testClock();
    const loop = new FrameLoop(clock);
    let count = 0;
    loop.add(() => (count += 1));
    loop.dispose();
    clock.frame();
    loop.request();
    expect(clock.pending()).toBe(0);
    expect(count).toBe(0);
  });

  it('forgets a drawer that was removed', () => {
    const clock = testClock();
    const loop = new FrameLoop(clock);
    let count = 0;
    const remove = loop.add(() => (count += 1));
    remove();
    clock.frame();
    expect(count).toBe(0);
  });
});
