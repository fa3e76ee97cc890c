import { describe, expect, it } from 'vitest';
import { Effort, type EffortSum } from '../../../src/core/telemetry/effort';
import { EffortReporter, REPORT_EVERY_MS } from '../../../src/core/telemetry/effortReporter';
import { labelId } from '../../../src/core/document/ids';
import { settled } from '../editor/harness';

function start(send?: (sum: EffortSum) => Promise<void>) {
  let now = 0;
  const waiting: { at: number; act: () => void }[] = [];
  const clock = {
    now: () => now,
    after: (delay: number, act: () => void) => {
      const timer = { at: now + delay, act };
      waiting.push(timer);
      return () => void waiting.splice(waiting.indexOf(timer), 1);
    },
  };
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    for (const timer of waiting.filter(({ at }) => at <= now)) {
      waiting.splice(waiting.indexOf(timer), 1);
      timer.act();
    }
    await settled();
  };
  const sent: EffortSum[] = [];
  const effort = new Effort(() => now);
  const reporter = new EffortReporter(
    effort,
    send ??
      ((sum) => {
        sent.push(sum);
        return Promise.resolve();
      }),
    clock,
  );
  return { effort, reporter, sent, pass };
}

describe('EffortReporter', () => {
  it('sends sums every now and then, not every action', async () => {
    const { effort, sent, pass } = start();
    for (let i = 0; i < 5; i += 1) effort.acted([labelId('a')]);
    expect(sent).toEqual([]);
    await pass(REPORT_EVERY_MS);
    expect(sent).toEqual([{ actions: 5, active_s: 0 }]);
    await pass(REPORT_EVERY_MS);
    expect(sent).toHaveLength(1);
    effort.acted([]);
    await pass(REPORT_EVERY_MS);
    expect(sent.at(-1)?.actions).toBe(6);
  });

  it('sends the rest when the clip is left, and nothing where nothing was done', async () => {
    const { effort, reporter, sent } = start();
    effort.acted([]);
    reporter.dispose();
    await settled();
    expect(sent).toHaveLength(1);
    const idle = start();
    idle.effort.alive([]);
    idle.reporter.dispose();
    expect(idle.sent).toEqual([]);
  });

  it('tries again after a failure', async () => {
    let failures = 1;
    const sums: EffortSum[] = [];
    const { effort, pass } = start((sum) => {
      if (failures > 0) {
        failures -= 1;
        return Promise.reject(new Error('offline'));
      }
      sums.push(sum);
      return Promise.resolve();
    });
    effort.acted([]);
    await pass(REPORT_EVERY_MS);
    effort.acted([]);
    await pass(REPORT_EVERY_MS);
    expect(sums).toEqual([{ actions: 2, active_s: 0 }]);
  });
});
