import { describe, expect, it } from 'vitest';
import { HttpAutolabel } from '../../../src/api/autolabelPorts';
import { createHttp } from '../../../src/api/http';
import { makeBox, tick } from '../fixtures';

const BOX = { position_m: [20, 0, 0.75], quat_xyzw: [0, 0, 0, 1], size_m: [4, 2, 1.5] } as const;

function portsOn(answer: Response | Error) {
  const requests: Request[] = [];
  const http = createHttp({
    baseUrl: 'http://server.test',
    cookies: () => '',
    fetch: (request) => {
      requests.push(request);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { ports: new HttpAutolabel(http, 'clip-1', 'objects'), requests };
}

const FIT = { point_m: [1, 2, 3], className: 'car', timeNs: tick(3) } as const;

describe('fitting over HTTP', () => {
  it('asks with the time as text and reads the box', async () => {
    const { ports, requests } = portsOn(
      Response.json({ box: BOX, confidence: 0.8, is_static: true, reason: null, used_points: 90 }),
    );
    expect(await ports.fit(FIT)).toEqual({ kind: 'fitted', box: BOX, confidence: 0.8, isStatic: true });
    expect(requests[0]?.url).toBe('http://server.test/api/clips/clip-1/fit-box');
    expect(await requests[0]?.json()).toEqual({
      layer: 'objects',
      class: 'car',
      time_ns: tick(3).toString(),
      point_m: [1, 2, 3],
    });
  });

  it('is refused with the server’s reason, its error, or for want of a connection', async () => {
    const none = { box: null, confidence: 0, is_static: false, reason: 'Only 3 points here.' };
    expect(await portsOn(Response.json(none)).ports.fit(FIT)).toEqual({
      kind: 'refused',
      reason: 'Only 3 points here.',
    });
    const error = { code: 'forbidden', message: 'Not yours.', details: {}, request_id: null };
    expect(await portsOn(Response.json(error, { status: 403 })).ports.fit(FIT)).toEqual({
      kind: 'refused',
      reason: 'Not yours.',
    });
    expect(await portsOn(new TypeError('no network')).ports.fit(FIT)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('cannot be reached') as string,
    });
  });
});

const TRACK = { className: 'car', timeNs: tick(3), box: BOX, isSure: true, others: [] } as const;

describe('tracking over HTTP', () => {
  it('reads the label with what has a default written out', async () => {
    const { interpolation: _, ...wire } = makeBox('t');
    const { ports, requests } = portsOn(Response.json({ label: wire, confidence: [0.9] }));
    const result = await ports.track(TRACK);
    expect(result).toEqual({ kind: 'tracked', label: makeBox('t'), confidence: [0.9] });
    expect(await requests[0]?.json()).toMatchObject({ box: BOX, time_ns: tick(3).toString(), is_sure: true });
  });

  it('says that the box is a guess, and which boxes are not', async () => {
    const { ports, requests } = portsOn(Response.json({ label: makeBox('t'), confidence: [0.9] }));
    await ports.track({ ...TRACK, isSure: false, others: [{ timeNs: tick(7), box: BOX }] });
    expect(await requests[0]?.json()).toMatchObject({
      is_sure: false,
      others: [{ time_ns: tick(7).toString(), box: BOX }],
    });
  });

  it('is refused with the server’s sentence where it can’t be followed', async () => {
    const error = { code: 'no_sweeps', message: 'This clip has no sweeps.', details: {}, request_id: null };
    const { ports } = portsOn(Response.json(error, { status: 409 }));
    expect(await ports.track(TRACK)).toEqual({
      kind: 'refused',
      reason: 'This clip has no sweeps.',
    });
  });
});
