import { describe, expect, it, vi } from 'vitest';

import type { JsonObject } from '../../../src/core/preferences/json';
import type {
  PreferencesCache,
  PreferencesResult,
  PreferencesTransport,
} from '../../../src/core/preferences/ports';
import { Preferences } from '../../../src/core/preferences/preferences';
import { ManualClock, settle } from '../sync/harness';

const LAYOUT = { left: 100, right: 200, isOpen: true };

/** One person's row on the server, and how it answers. */
class Server implements PreferencesTransport {
  revision = 0;
  sections: JsonObject = {};
  saves: JsonObject[] = [];
  trouble: Exclude<PreferencesResult, { kind: 'saved' | 'stale' }> | null = null;
  /** Run before the next save is looked at: what another machine does meanwhile. */
  meanwhile: (() => void) | null = null;

  load(): Promise<PreferencesResult> {
    return Promise.resolve(
      this.trouble ?? { kind: 'saved', revision: this.revision, sections: this.sections },
    );
  }

  save(sections: JsonObject, revision: number): Promise<PreferencesResult> {
    if (this.trouble !== null) return Promise.resolve(this.trouble);
    this.meanwhile?.();
    this.meanwhile = null;
    const isStale = revision !== this.revision;
    if (!isStale) this.change(sections);
    if (!isStale) this.saves.push(sections);
    return Promise.resolve({
      kind: isStale ? 'stale' : 'saved',
      revision: this.revision,
      sections: this.sections,
    });
  }

  change(sections: JsonObject): void {
    const merged = { ...this.sections, ...sections };
    this.sections = Object.fromEntries(Object.entries(merged).filter(([, section]) => section !== null));
    this.revision += 1;
  }
}

class Cache implements PreferencesCache {
  readonly texts = new Map<string, string>();
  read = (key: string): string | null => this.texts.get(key) ?? null;
  write = (key: string, text: string): void => void this.texts.set(key, text);
}

/** One tab of somebody. */
function tab(server: Server, cache = new Cache()) {
  const clock = new ManualClock();
  const preferences = new Preferences({ transport: server, cache, clock });
  return { clock, cache, preferences, layout: preferences.section('layout', LAYOUT) };
}

describe('preferences', () => {
  it('are as they come for nobody, and nothing is remembered or sent', async () => {
    const server = new Server();
    const { preferences, layout, clock, cache } = tab(server);
    layout.change({ left: 5 });
    await clock.advance(10_000);
    expect(layout.get()).toEqual({ ...LAYOUT, left: 5 });
    expect([server.saves, cache.texts.size, preferences.trouble.get()]).toEqual([[], 0, null]);
  });

  it('are those of the server once it has answered', async () => {
    const server = new Server();
    server.change({ layout: { left: 7 } });
    const { preferences, layout } = tab(server);
    const heard = vi.fn();
    layout.subscribe(heard);
    preferences.use('anna');
    expect([layout.get(), preferences.isKnown.get()]).toEqual([LAYOUT, false]);
    await settle();
    expect([layout.get(), preferences.isKnown.get()]).toEqual([{ ...LAYOUT, left: 7 }, true]);
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('hold at once and are sent together, once, a moment after the last change', async () => {
    const server = new Server();
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    layout.change({ left: 1 });
    await clock.advance(500);
    layout.change({ left: 2 });
    preferences.write('tour', { step: 1 });
    expect(layout.get().left).toBe(2);
    await clock.advance(500);
    expect(server.saves).toEqual([]);
    await clock.advance(500);
    expect(server.saves).toEqual([{ layout: { left: 2 }, tour: { step: 1 } }]);
    await clock.advance(60_000);
    expect(server.saves).toHaveLength(1);
  });

  it('stay as they were put back while the change before was being saved', async () => {
    const server = new Server();
    server.change({ layout: { left: 1 } });
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    layout.change({ left: 2 });
    // The server takes the 2; by the time its answer is here, it is 1 again.
    server.meanwhile = () => layout.change({ left: 1 });
    await clock.advance(1000);
    expect(layout.get().left).toBe(1);
    await clock.advance(5000);
    expect([server.saves, server.sections]).toEqual([
      [{ layout: { left: 2 } }, { layout: { left: 1 } }],
      { layout: { left: 1 } },
    ]);
  });

  it('are right before the server answers in a browser that knows them', async () => {
    const server = new Server();
    const first = tab(server);
    first.preferences.use('anna');
    first.layout.change({ left: 3 });
    await first.clock.advance(2000);
    server.trouble = { kind: 'unreachable' };
    const second = tab(server, first.cache);
    second.preferences.use('anna');
    expect([second.layout.get().left, second.preferences.isKnown.get()]).toEqual([3, true]);
    second.preferences.use('ben');
    expect([second.layout.get().left, second.preferences.isKnown.get()]).toEqual([100, false]);
  });

  it('that were changed without the server are sent when it is there, also after a reload', async () => {
    const server = new Server();
    server.trouble = { kind: 'unreachable' };
    const first = tab(server);
    first.preferences.use('anna');
    first.layout.change({ left: 3 });
    await first.clock.advance(5000);
    server.trouble = null;
    server.change({ layout: { left: 50, right: 60 }, theme: { scale: 2 } });
    const second = tab(server, first.cache);
    second.preferences.use('anna');
    await second.clock.advance(1000);
    expect(server.sections).toEqual({ layout: { left: 3, right: 60 }, theme: { scale: 2 } });
    expect(second.preferences.get()).toEqual(server.sections);
  });

  it('are tried again by themselves when the server could not be reached', async () => {
    const server = new Server();
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    server.trouble = { kind: 'unreachable' };
    layout.change({ left: 3 });
    await clock.advance(3000);
    server.trouble = null;
    await clock.advance(4000);
    expect(server.sections).toEqual({ layout: { left: 3 } });
  });

  it('of two tabs that change different things both stay', async () => {
    const server = new Server();
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    layout.change({ left: 3 });
    server.meanwhile = () => server.change({ layout: { right: 9 }, keys: { 'edit.undo': ['u'] } });
    await clock.advance(1000);
    expect(server.sections).toEqual({ layout: { left: 3, right: 9 }, keys: { 'edit.undo': ['u'] } });
    expect(layout.get()).toEqual({ left: 3, right: 9, isOpen: true });
  });

  it('that change while an answer is on its way are not lost', async () => {
    const server = new Server();
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    layout.change({ left: 3 });
    server.meanwhile = () => layout.change({ left: 4 });
    await clock.advance(900);
    expect(layout.get().left).toBe(4);
    await clock.advance(2000);
    expect(server.sections).toEqual({ layout: { left: 4 } });
  });

  it('are taken over from another tab of this browser', async () => {
    const server = new Server();
    const cache = new Cache();
    const [first, second] = [tab(server, cache), tab(server, cache)];
    first.preferences.use('anna');
    second.preferences.use('anna');
    await settle();
    first.layout.change({ left: 3 });
    await first.clock.advance(1000);
    second.preferences.rememberedElsewhere('labelapp.preferences.1.anna');
    second.preferences.rememberedElsewhere('something else');
    expect(second.layout.get().left).toBe(3);
    await second.clock.advance(5000);
    expect(server.saves).toHaveLength(1);
  });

  it('go back to how they come when a section is reset', async () => {
    const server = new Server();
    server.change({ layout: { left: 3 }, tour: { step: 2 } });
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    layout.reset();
    expect(layout.get()).toEqual(LAYOUT);
    await clock.advance(1000);
    expect(server.sections).toEqual({ tour: { step: 2 } });
  });

  it('that the server refuses stay here, with its sentence, and are not sent again and again', async () => {
    const server = new Server();
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    server.trouble = { kind: 'refused', message: 'Too big.' };
    layout.change({ left: 3 });
    await clock.advance(1000);
    expect(preferences.trouble.get()).toBe('Too big.');
    server.trouble = null;
    await clock.advance(600_000);
    expect(server.saves).toEqual([]);
    expect(layout.get().left).toBe(3);
    layout.change({ left: 4 });
    await clock.advance(1000);
    expect([preferences.trouble.get(), server.sections]).toEqual([null, { layout: { left: 4 } }]);
  });

  it('are sent at once when the page goes', async () => {
    const server = new Server();
    const { preferences, layout } = tab(server);
    preferences.use('anna');
    await settle();
    layout.change({ left: 3 });
    preferences.flush();
    await settle();
    expect(server.saves).toHaveLength(1);
  });

  it('keep what a newer version of the tool has written beside', async () => {
    const server = new Server();
    server.change({ layout: { left: 3, novelty: true } });
    const { preferences, layout, clock } = tab(server);
    preferences.use('anna');
    await settle();
    layout.change({ right: 5 });
    await clock.advance(1000);
    expect(server.sections).toEqual({ layout: { left: 3, right: 5, novelty: true } });
  });

  it('survive a browser that remembers nonsense', async () => {
    const cache = new Cache();
    for (const text of [
      '{',
      '[]',
      '{"saved": 3}',
      '{"saved": {"revision": "1", "sections": {}}, "sections": {}}',
    ]) {
      cache.texts.set('labelapp.preferences.1.anna', text);
      const { preferences, layout } = tab(new Server(), cache);
      preferences.use('anna');
      expect(layout.get()).toEqual(LAYOUT);
      await settle();
    }
  });

  it('are not mixed up when somebody else logs in before the server has answered', async () => {
    const server = new Server();
    server.change({ layout: { left: 3 } });
    const { preferences, layout } = tab(server);
    preferences.use('anna');
    preferences.use(null);
    await settle();
    expect(layout.get()).toEqual(LAYOUT);
  });
});
