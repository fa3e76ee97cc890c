import { describe, expect, it } from 'vitest';
import { ApiFailure } from '../../../src/api/failure';
import { LabelappApi } from '../../../src/api/labelappApi';
import { HttpSyncTransport } from '../../../src/api/syncTransport';
import { labelId } from '../../../src/core/document/ids';
import { makeBox } from '../fixtures';

/** A server that gives these answers, and keeps what was asked. */
function serverOf(...answers: (Response | Error)[]) {
  const requests: Request[] = [];
  const api = new LabelappApi({
    baseUrl: 'http://server.test',
    cookies: () => 'sessionid=x; csrftoken=token%2F1',
    fetch: (request) => {
      requests.push(request);
      const answer = answers.shift();
      if (answer === undefined) throw new Error('more was asked than expected');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { api, requests };
}

function errorAnswer(
  status: number,
  code: string,
  details: object = {},
  headers: Record<string, string> = {},
) {
  const body = { code, message: `This is ${code}.`, details, request_id: 'r1' };
  return Response.json(body, { status, headers });
}

const BATCH = {
  batch_id: 'b',
  operations: [
    { operation_id: 'o', kind: 'put', label_id: labelId('a'), base_version: 0, label: makeBox('a') },
  ],
} as const;

describe('the client', () => {
  it('sends the CSRF token with everything that changes something, and only then', async () => {
    const { api, requests } = serverOf(Response.json({ user: null }), Response.json({ user: null }));
    await api.session();
    await api.signIn('alice', 'secret');
    expect(requests.map((request) => request.headers.get('X-CSRFToken'))).toEqual([null, 'token/1']);
    expect(await requests[1]?.json()).toEqual({ username: 'alice', password: 'secret' });
  });

  it('throws the server’s error with its code, sentence and details', async () => {
    const { api } = serverOf(errorAnswer(403, 'forbidden', { role: 'labeller' }));
    await expect(api.projects()).rejects.toMatchObject({
      name: 'ApiFailure',
      status: 403,
      code: 'forbidden',
      message: 'This is forbidden.',
      details: { role: 'labeller' },
      requestId: 'r1',
      isTemporary: false,
    });
  });

  it('throws a sentence for an answer that nobody expects, and for none', async () => {
    const { api } = serverOf(
      new Response('<html>Bad gateway</html>', { status: 502, statusText: 'Bad Gateway' }),
      new TypeError('fetch failed'),
    );
    await expect(api.projects()).rejects.toMatchObject({
      message: 'The server answered 502 Bad Gateway.',
      isTemporary: true,
    });
    await expect(api.projects()).rejects.toMatchObject({ status: 0, code: 'unreachable', isTemporary: true });
  });

  it('lets a request be called off without calling it a failure', async () => {
    const { api } = serverOf(new DOMException('stopped', 'AbortError'));
    await expect(api.trajectory('clip')).rejects.not.toBeInstanceOf(ApiFailure);
  });

  it('asks for pictures by camera and index, also of cameras with strange names', async () => {
    const { api, requests } = serverOf(new Response(new Blob(['x'])));
    await api.image('clip', 'front/left 1', 7, { isThumbnail: true });
    expect(requests[0]?.url).toBe(
      'http://server.test/api/clips/clip/images/front%2Fleft%201/7?size=thumbnail',
    );
  });

  it('writes out what labels may leave out', async () => {
    const { static: _static, interpolation: _interpolation, attributes: _attributes, ...bare } = makeBox('a');
    const { api } = serverOf(
      Response.json({ revision: 3, labels: [{ label_id: 'a', version: 2, label: bare }] }),
    );
    const { labels } = await api.labels('set');
    expect(labels[0]).toEqual({ label_id: 'a', version: 2, label: makeBox('a', { attributes: {} }) });
  });
});

describe('the outbox’s way to the server', () => {
  it.each([
    [
      Response.json({ revision: 4, results: [{ operation_id: 'o', label_id: 'a', version: 1 }] }),
      { kind: 'landed', revision: 4 },
    ],
    [errorAnswer(401, 'not_authenticated'), { kind: 'signed_out' }],
    [errorAnswer(403, 'forbidden'), { kind: 'refused', message: 'This is forbidden.' }],
    [errorAnswer(404, 'not_found'), { kind: 'refused' }],
    [errorAnswer(429, 'throttled', {}, { 'Retry-After': '7' }), { kind: 'unreachable', retryAfter_ms: 7000 }],
    [errorAnswer(503, 'unavailable'), { kind: 'unreachable', retryAfter_ms: null }],
    [new TypeError('fetch failed'), { kind: 'unreachable' }],
    [errorAnswer(409, 'operation_id_reused'), { kind: 'operation_id_reused' }],
    [
      errorAnswer(400, 'invalid_label', { operation_id: 'o', label_id: 'a', field: 'size_m' }),
      { kind: 'invalid_label', labelId: 'a', field: 'size_m', message: 'This is invalid_label.' },
    ],
    [
      errorAnswer(409, 'version_conflict', {
        conflicts: [
          {
            operation_id: 'o',
            label_id: 'a',
            base_version: 0,
            yours: makeBox('a'),
            theirs: null,
            their_version: 2,
            their_author: 'Bob',
          },
        ],
      }),
      {
        kind: 'conflict',
        conflicts: [{ label_id: 'a', theirs: null, their_version: 2, their_author: 'Bob' }],
      },
    ],
  ])('tells what came back apart: %#', async (answer, expected) => {
    const { api, requests } = serverOf(answer);
    const transport = new HttpSyncTransport(api.http, 'set');
    expect(await transport.send(BATCH)).toMatchObject(expected);
    expect(await requests[0]?.json()).toEqual(BATCH);
  });

  it('reads what others did', async () => {
    const event = {
      revision: 5,
      operation_id: 'o',
      kind: 'delete',
      label_id: 'a',
      version: 2,
      label: null,
      author: 'Bob',
      created_at: '',
    };
    const { api, requests } = serverOf(Response.json({ revision: 5, events: [event], has_more: false }));
    const transport = new HttpSyncTransport(api.http, 'set');
    expect(await transport.events(4)).toEqual({
      kind: 'events',
      revision: 5,
      events: [event],
      has_more: false,
    });
    expect(requests[0]?.url).toContain('/api/label-sets/set/events?after=4');
  });
});
