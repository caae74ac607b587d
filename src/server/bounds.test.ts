import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../bench/serving/memory-event-log.js';
import { bodyOf, deferred, postJson, startTiny } from '../../bench/serving/tiny-server.js';
import { lineLog } from '../base/log.js';
import type { ErrorBody, PushResponse } from './contract.js';
import type { ServerSetup } from './create-server.js';
import type { SourceSink } from './hosted-model.js';

/** A server whose log must stay empty, on ordinary options but for those given. */
async function starting(options: Readonly<Record<string, unknown>> = {}, more: Partial<ServerSetup> = {}) {
  const lines: string[] = [];
  const events = new MemoryEventLog();
  const started = await startTiny('binary', { log: lineLog((line) => lines.push(line)), options, ...more }, events);
  const port = Number(new URL(started.url).port);
  return { ...started, events, port, lines };
}

interface Answered {
  readonly status: number;
  readonly headers: string;
  readonly code: string | undefined;
  readonly body: string;
}
/** Answers in what a connection received, by their content-length. */
function answersIn(text: string): Answered[] {
  const answers: Answered[] = [];
  let rest = text;
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n');
    const headers = rest.slice(0, end);
    const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0);
    const body = rest.slice(end + 4, end + 4 + length);
    const code = body.startsWith('{"error":') ? (JSON.parse(body) as ErrorBody).error.code : undefined;
    answers.push({ status: Number(headers.slice(9, 12)), headers, code, body });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

/** Sends text as it is, and gives what came back until the server ended the connection. */
function send(port: number, text: string | readonly string[], how: { readonly allowHalfOpen?: boolean } = {}): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect({ port, host: '127.0.0.1', ...how }, () => {
      for (const part of [text].flat()) socket.write(part);
    });
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (received += chunk));
    socket.on('error', () => {});
    socket.on('end', () => resolve(received));
    socket.on('close', () => resolve(received));
  });
}

const opened = (socket: Socket) => new Promise<void>((resolve) => socket.once('connect', resolve));
const closed = (socket: Socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()));

const post = (path: string, body: string, headers = '') =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const PREDICT = '/v1/models/tiny/predict';
const row = { entity: 'e', at: 0, x: 1, y: 0 };
const good = JSON.stringify({ rows: [row] });
const LAST = 'connection: close\r\n';

describe('requests that are not as they should be get a code, and leave no trace in the log', () => {
  const get = (target: string, method = 'GET') => `${method} ${target} HTTP/1.1\r\nhost: localhost\r\n${LAST}\r\n`;
  const deep = `{"rows":[${'['.repeat(5000)}${']'.repeat(5000)}]}`;
  const cases: readonly (readonly [string, string, number, string])[] = [
    ['a broken escape', get('/%'), 400, 'MW_SERVE_TARGET_INVALID'],
    ['an escape that is cut', get('/v1/models/%E0%A4%A'), 400, 'MW_SERVE_TARGET_INVALID'],
    ['a broken escape to predict', post('/v1/models/%E0%A4%A/predict', good, LAST), 400, 'MW_SERVE_TARGET_INVALID'],
    ['a target that is no address', get('http://['), 400, 'MW_SERVE_TARGET_INVALID'],
    ['a target of stars', get('*'), 400, 'MW_SERVE_TARGET_INVALID'],
    ['a method that servers may have', get('/v1/models', 'QUERY'), 405, 'MW_SERVE_METHOD'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'MW_SERVE_BODY_MALFORMED'],
    ['a method that is none', get('/v1/models', 'GRAB'), 400, 'MW_SERVE_BODY_MALFORMED'],
    ['a tunnel', get('example.org:443', 'CONNECT'), 405, 'MW_SERVE_METHOD'],
    ['a method on no route', get('/nowhere', 'PROPFIND'), 404, 'MW_SERVE_ROUTE_UNKNOWN'],
    ['a name of 5,000 letters', get(`/v1/models/${'x'.repeat(5000)}`), 404, 'MW_SERVE_MODEL_UNKNOWN'],
    [
      'a source of 5,000 letters',
      post(`/v1/sources/${'x'.repeat(5000)}/rows`, '{"rows":[]}', LAST),
      404,
      'MW_SERVE_SOURCE_UNKNOWN',
    ],
    ['no host', `GET /health HTTP/1.1\r\n${LAST}\r\n`, 400, 'MW_SERVE_HOST_MISSING'],
    ['an expectation', `GET /health HTTP/1.1\r\nhost: localhost\r\nexpect: foo\r\n${LAST}\r\n`, 417, 'MW_SERVE_EXPECTATION'],
    [
      'headers of 20 KB',
      `GET /health HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'MW_SERVE_HEADERS_TOO_LARGE',
    ],
    [
      'a length that is no number',
      `POST ${PREDICT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: x\r\n\r\n`,
      400,
      'MW_SERVE_BODY_MALFORMED',
    ],
    [
      'a broken chunk',
      `POST ${PREDICT} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n`,
      400,
      'MW_SERVE_BODY_MALFORMED',
    ],
    ['lists 5,000 deep to predict', post(PREDICT, deep, LAST), 400, 'MW_SERVE_BODY_TOO_DEEP'],
    ['lists 5,000 deep to push', post('/v1/sources/flights/rows', deep, LAST), 400, 'MW_SERVE_BODY_TOO_DEEP'],
    [
      'lists 30 deep to predict',
      post(PREDICT, `{"rows":[${'['.repeat(28)}${']'.repeat(28)}]}`, LAST),
      400,
      'MW_SERVE_ROW_INVALID',
    ],
    ['no body to push', `POST /v1/sources/flights/rows HTTP/1.1\r\nhost: localhost\r\n${LAST}\r\n`, 400, 'MW_SERVE_BODY_SHAPE'],
    [
      'a body that is declared as text',
      post('/v1/models/tiny/labels', '{}', `${LAST}content-encoding: br\r\n`),
      415,
      'MW_SERVE_BODY_TYPE',
    ],
  ];
  test.each(cases)('%s', async (_what, text, status, code) => {
    const { server, port, lines, service } = await starting();
    const [answer, ...more] = answersIn(await send(port, text));
    expect([answer?.status, answer?.code]).toEqual([status, code]);
    expect(answer?.headers.toLowerCase()).toContain('content-type: application/json');
    expect(answer?.headers.toLowerCase()).toContain('cache-control: no-store');
    expect(answer?.headers.toLowerCase()).toContain('x-content-type-options: nosniff');
    expect(more).toEqual([]);
    await server.close();
    expect(lines).toEqual([]);
    expect(service.counts.log.predictions).toBe(0);
  });

  test('a client that leaves in the middle of its body leaves nothing behind', async () => {
    const { server, port, lines, service } = await starting();
    for (const path of [PREDICT, '/v1/models/tiny/labels', '/v1/sources/flights/rows'])
      for (let i = 0; i < 10; i++) {
        const socket = connect(port, '127.0.0.1');
        await opened(socket);
        socket.resume();
        socket.write(post(path, good).slice(0, -10));
        if (i % 2) socket.end();
        else socket.resetAndDestroy();
        await closed(socket);
      }
    expect((await postJson(`http://127.0.0.1:${port}${PREDICT}`, { rows: [row] })).status).toBe(200);
    await server.close();
    expect(lines).toEqual([]);
    expect(service.counts.log).toMatchObject({ predictions: 1, rejections: 0 });
  });

  test('a target in absolute form works as the others do', async () => {
    const { server, port } = await starting();
    const targets = ['http://localhost', `HTTP://127.0.0.1:${port}`];
    for (const base of targets)
      expect(answersIn(await send(port, post(`${base}${PREDICT}`, good, LAST))).map(({ status }) => status)).toEqual([200]);
    const text = `GET http://localhost?x=1 HTTP/1.1\r\nhost: elsewhere\r\n${LAST}\r\n`;
    expect(answersIn(await send(port, text)).map(({ code }) => code)).toEqual(['MW_SERVE_ROUTE_UNKNOWN']);
    const foreign = answersIn(await send(port, post(`http://elsewhere${PREDICT}`, good, LAST)));
    expect(foreign.map(({ status }) => status)).toEqual([421]);
    await server.close();
  });

  test('an answer stands before the refusal of what was sent after its request', async () => {
    const waits = deferred<Omit<PushResponse, 'source'>>();
    const sinks = new Map<string, SourceSink>([['flights', () => waits.promise]]);
    const { server, port } = await starting({}, { sources: sinks });
    const text = send(port, [post('/v1/sources/flights/rows', '{"rows":[{}]}'), 'garbage\r\n\r\n']);
    await new Promise((resolve) => setTimeout(resolve, 30));
    waits.resolve({ accepted: 1, quarantined: [] });
    expect(answersIn(await text).map(({ status, code }) => code ?? status)).toEqual([200, 'MW_SERVE_BODY_MALFORMED']);
    await server.close();
  });
});

test('a request that waits to be told to go on is told so, but not within the answer to another', async () => {
  const { server, port } = await starting();
  const waiting = post(PREDICT, good, 'expect: 100-continue\r\n');
  const statuses = async (text: string) => answersIn(await send(port, text)).map(({ status }) => status);
  expect(await statuses(post(PREDICT, good, `expect: 100-continue\r\n${LAST}`))).toEqual([100, 200]);
  const first = 'GET /v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n';
  const answers = answersIn(await send(port, `${first}${waiting}`));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  // A client that was not told might not have sent its body, so nothing more is taken for a request.
  expect(answers[1]?.headers.toLowerCase()).toContain('connection: close');
  await server.close();
});

describe('whom the server answers', () => {
  const get = (host: string) => `GET /v1/models HTTP/1.1\r\nhost: ${host}\r\n${LAST}\r\n`;
  const write = (headers: string) =>
    `POST ${PREDICT} HTTP/1.1\r\n${headers}content-type: application/json\r\ncontent-length: ${good.length}\r\n${LAST}\r\n${good}`;

  test.each([
    ['localhost', 200],
    ['LocalHost:8080', 200],
    ['127.0.0.1:1', 200],
    ['[::1]:80', 200],
    ['models.example', 200],
    ['rebind.attacker.example', 421],
    ['localhost.attacker.example', 421],
    ['127.0.0.1.attacker.example:8080', 421],
    ['127.0.0.2', 421],
    ['user@localhost', 421],
  ])('a request for the host %s: %i', async (host, status) => {
    const { server, port } = await starting({ allowHosts: 'models.example, other.example' });
    const [answer] = answersIn(await send(port, get(host)));
    expect([answer?.status, answer?.code]).toEqual([status, status === 421 ? 'MW_SERVE_HOST_UNKNOWN' : undefined]);
    await server.close();
  });

  test.each([
    ['localhost:9000', 'http://localhost:9000', 200],
    ['localhost:9000', 'https://localhost:9000', 200],
    ['localhost:9000', 'http://localhost:3000', 403],
    ['localhost', 'http://attacker.example', 403],
    ['localhost', 'null', 403],
    ['localhost', 'file://', 403],
    ['localhost', 'https://models.example', 200],
  ])('a page of %s sent by one of the origin %s may write: %i', async (host, origin, status) => {
    const { server, port } = await starting({ allowHosts: 'models.example' });
    const [answer] = answersIn(await send(port, write(`host: ${host}\r\norigin: ${origin}\r\n`)));
    expect([answer?.status, answer?.code]).toEqual([status, status === 403 ? 'MW_SERVE_ORIGIN_FOREIGN' : undefined]);
    const [read] = answersIn(await send(port, `GET /health HTTP/1.1\r\nhost: localhost\r\norigin: ${origin}\r\n${LAST}\r\n`));
    expect(read?.status).toBe(200);
    await server.close();
  });
});

describe('how much a request may hold', () => {
  test('4 MB of empty rows are refused before any of them is looked at', async () => {
    const pushed: unknown[] = [];
    const sink: SourceSink = async (rows) => {
      pushed.push(rows);
      return { accepted: rows.length, quarantined: [] };
    };
    const { server, url } = await starting({}, { sources: new Map([['flights', sink]]) });
    const empty = (key: string, count: number) => `{"${key}":[${'{},'.repeat(count - 1)}{}]}`;
    const headers = { 'content-type': 'application/json' };
    const sent = async (path: string, body: string) => {
      const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
      return [response.status, (await bodyOf<Partial<ErrorBody>>(response)).error?.code];
    };
    const many = 1_300_000;
    expect(await sent('/v1/sources/flights/rows', empty('rows', many))).toEqual([413, 'MW_SERVE_ROWS_TOO_MANY']);
    expect(await sent('/v1/models/tiny/labels', empty('labels', many))).toEqual([413, 'MW_SERVE_ROWS_TOO_MANY']);
    expect(await sent(PREDICT, empty('rows', many))).toEqual([413, 'MW_SERVE_ROWS_TOO_MANY']);
    expect(await sent('/v1/sources/flights/rows', empty('rows', 10_001))).toEqual([413, 'MW_SERVE_ROWS_TOO_MANY']);
    expect(pushed).toEqual([]);
    expect(await sent('/v1/sources/flights/rows', empty('rows', 10_000))).toEqual([200, undefined]);
    expect(await sent('/v1/sources/flights/rows', `{"rows":["${'x'.repeat(4_194_304)}"]}`)).toEqual([
      413,
      'MW_SERVE_BODY_TOO_LARGE',
    ]);
    await server.close();
  });

  test('a connection goes on after a refusal: what was sent behind it is answered', async () => {
    const { server, port } = await starting();
    const many = `{"rows":[${'{},'.repeat(20_000)}{}]}`;
    const behind = `GET /health HTTP/1.1\r\nhost: localhost\r\n${LAST}\r\n`;
    const text = `${post(PREDICT, many)}${post('/v1/models/tiny/labels', many)}${post('/v1/nowhere', many)}${behind}`;
    expect(answersIn(await send(port, text)).map(({ status }) => status)).toEqual([413, 413, 404, 200]);
    await server.close();
  });

  test('bodies under way are bounded together, and room comes back', async () => {
    const { server, port, url } = await starting({ bodyLimit: 20_000, bodiesLimit: 30_000 });
    const slow = connect(port, '127.0.0.1');
    await opened(slow);
    const body = `{"rows":[${JSON.stringify({ ...row, note: 'x'.repeat(15_000) })}]}`;
    slow.write(post(PREDICT, body).slice(0, -10));
    const ask = () =>
      fetch(`${url}${PREDICT}`, {
        method: 'POST',
        body: body.replace('x', 'xx').padEnd(18_000),
        headers: { 'content-type': 'application/json' },
      });
    let response = await ask();
    // The first body is on its way for some moments before it is held.
    while (response.status === 200) response = await ask();
    expect([response.status, (await bodyOf<ErrorBody>(response)).error.code]).toEqual([503, 'MW_SERVE_BUSY']);
    slow.destroy();
    while ((await ask()).status === 503) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.close();
  });

  test('beyond the number of connections idle ones make room', async () => {
    const { server, port } = await starting({ connections: 3 });
    const get = 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n';
    const idle = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => {});
        socket.write(get);
        await new Promise((resolve) => socket.once('data', resolve));
        return socket;
      }),
    );
    expect(await send(port, get)).toBe('');
    await Promise.all(idle.map(closed));
    expect(answersIn(await send(port, get.replace('\r\n\r\n', `\r\n${LAST}\r\n`))).map(({ status }) => status)).toEqual([200]);
    await server.close();
  });
});

describe('connections end at their deadline', () => {
  const SHORT = {
    headersTimeout: '100ms',
    requestTimeout: '200ms',
    answerTimeout: '300ms',
    leaveTimeout: '100ms',
    idleTimeout: '200ms',
    drainGrace: '100ms',
  };
  test.each([
    ['says nothing', '', [408]],
    ['stops within its headers', 'GET /health HTTP/1.1\r\nhost: loc', [408]],
    ['stops within its body', post(PREDICT, good).slice(0, -5), [408]],
    ['stops within a body to push', post('/v1/sources/flights/rows', good).slice(0, -5), [408]],
    ['says what is not HTTP', 'hello\r\n\r\n', [400]],
    ['says nothing more after its request', 'GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n', [200]],
  ])('of a client that %s and does not end it', async (_what, text, statuses) => {
    const sinks = new Map<string, SourceSink>([['flights', async () => ({ accepted: 0, quarantined: [] })]]);
    const { server, port } = await starting(SHORT, { sources: sinks });
    let received = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => (received += chunk));
    const failed = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve));
    socket.write(text);
    await new Promise((resolve) => socket.once('end', resolve));
    const answers = answersIn(received);
    expect(answers.map(({ status }) => status)).toEqual(statuses);
    for (const { status, code } of answers) if (status === 408) expect(code).toBe('MW_SERVE_REQUEST_TIMEOUT');
    // The server's end is gone and not only said to be: what is written now is answered by a reset.
    const writing = setInterval(() => socket.write('x'), 20);
    expect(['ECONNRESET', 'EPIPE']).toContain((await failed).code);
    clearInterval(writing);
    socket.destroy();
    await server.close();
  });

  test('of a client that does not read', async () => {
    const site = mkdtempSync(join(tmpdir(), 'millwright-site-'));
    writeFileSync(join(site, 'large.js'), 'x'.repeat(2 ** 20));
    const { server, port } = await starting(SHORT, { dashboard: site });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    await opened(socket);
    const asked = 40;
    let received = 0;
    const gone = closed(socket);
    socket.write('GET /large.js HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(asked));
    await new Promise((resolve) => setTimeout(resolve, 800));
    socket.on('data', (chunk: Buffer) => (received += chunk.length));
    await gone;
    expect(received).toBeLessThan(asked * 2 ** 20);
    await server.close();
    rmSync(site, { recursive: true });
  });

  test('a request that is not answered in time is told so', async () => {
    const never = deferred<Omit<PushResponse, 'source'>>();
    const sinks = new Map<string, SourceSink>([['flights', () => never.promise]]);
    const { server, port } = await starting(SHORT, { sources: sinks });
    const answers = answersIn(await send(port, post('/v1/sources/flights/rows', '{"rows":[{}]}')));
    expect(answers.map(({ status, code }) => [status, code])).toEqual([[503, 'MW_SERVE_BUSY']]);
    await server.close();
  });

  test('closing does not wait for clients that are slow to send or to read', async () => {
    const { server, port } = await starting({
      ...SHORT,
      requestTimeout: '1h',
      headersTimeout: '1h',
      answerTimeout: '1h',
      drainTimeout: '1h',
    });
    const sockets = ['', 'GET /hea', post(PREDICT, good).slice(0, -5)].flatMap((text) =>
      Array.from({ length: 20 }, () => {
        const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
        socket.on('error', () => {});
        socket.write(text);
        socket.resume();
        return socket;
      }),
    );
    await Promise.all(sockets.map((socket) => (socket.connecting ? opened(socket) : undefined)));
    await server.close();
    for (const socket of sockets) socket.destroy();
  });
});
