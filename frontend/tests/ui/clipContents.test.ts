import { beforeEach, expect, it, vi } from 'vitest';

import { askForClipOf, clipContents } from '../../src/ui/labelling/clipContents';

const MANIFEST = {
  id: 'clip-1',
  project: { role: 'labeller' },
  ontology: { layers: [{ name: 'objects', title: 'Objects', classes: [] }] },
  label_sets: [{ id: 'set-1', layer: 'objects', source: 'human' }],
};

let asked: string[] = [];
let isLoggedIn = true;

/** Two poses a second apart, as the server sends them. */
function trajectory(): ArrayBuffer {
  const buffer = new ArrayBuffer(8 + 2 * 8 + 6 * 8 + 8 * 8);
  const view = new DataView(buffer);
  new TextEncoder().encodeInto('LAT1', new Uint8Array(buffer));
  view.setUint32(4, 2, true);
  view.setBigInt64(16, 1_000_000_000n, true);
  view.setFloat64(8 + 16 + 48 + 24, 1, true);
  view.setFloat64(8 + 16 + 48 + 56, 1, true);
  return buffer;
}

function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  asked.push(pathname);
  if (!isLoggedIn)
    return Promise.resolve(Response.json({ code: 'not_authenticated', message: 'Log in.' }, { status: 401 }));
  if (pathname.endsWith('/trajectory')) return Promise.resolve(new Response(trajectory()));
  if (pathname.endsWith('/labels')) return Promise.resolve(Response.json({ revision: 3, labels: [] }));
  return Promise.resolve(Response.json(MANIFEST));
}

// The real client, but for the network under it.
vi.mock('../../src/ui/server/api', async () => {
  const { LabelappApi } = await import('../../src/api/labelappApi');
  return { api: new LabelappApi({ baseUrl: 'http://server', fetch: answer, cookies: () => '' }) };
});

beforeEach(() => {
  asked = [];
  isLoggedIn = true;
});

function at(pathname: string, search = ''): Location {
  return { pathname, search } as Location;
}

function timesAsked(path: string): number {
  return asked.filter((one) => one === path).length;
}

it('asks for the clip of the address once, before and for the screen', async () => {
  askForClipOf(at('/projects/demo/clips/clip-1'));
  await vi.waitFor(() => expect(timesAsked('/api/clips/clip-1')).toBe(1));
  const { labelSet, labels } = await clipContents('clip-1', '');
  expect([labelSet.id, labels.revision]).toEqual(['set-1', 3]);
  expect(timesAsked('/api/clips/clip-1')).toBe(1);
});

it('asks anew when the clip is opened a second time', async () => {
  askForClipOf(at('/projects/demo/clips/clip-1'));
  await clipContents('clip-1', '');
  await clipContents('clip-1', '');
  expect(timesAsked('/api/clips/clip-1')).toBe(2);
});

it('asks again after the login where nobody was logged in', async () => {
  isLoggedIn = false;
  askForClipOf(at('/projects/demo/clips/clip-1'));
  await vi.waitFor(() => expect(asked.length).toBe(2));
  isLoggedIn = true;
  expect((await clipContents('clip-1', '')).manifest.id).toBe('clip-1');
});

it('does not show one clip for another, nor one label set for another', async () => {
  askForClipOf(at('/projects/demo/clips/clip-2'));
  await clipContents('clip-1', '');
  expect(timesAsked('/api/clips/clip-1')).toBe(1);
  askForClipOf(at('/projects/demo/clips/clip-1', '?set=other'));
  await clipContents('clip-1', '');
  expect(timesAsked('/api/clips/clip-1')).toBe(3);
});

it('asks for nothing on other pages', () => {
  askForClipOf(at('/projects/demo'));
  expect(asked).toEqual([]);
});
