import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { startTiny } from '../bench/serving/tiny-server.js';
import flightDelay from '../test/types/flights.system.js';
import { ClientError, client } from './client.js';
import type { System } from './define/system.js';

type TinySystem = System<
  { readonly entity: string; readonly at: Date | string | number; readonly x: number; readonly y: number | null },
  'yes' | 'no',
  'binary'
>;

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
/** A server that answers as told and keeps what it was asked. */
async function serving(answer: (asked: Asked, response: ServerResponse) => void) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const one = { method: request.method as string, url: request.url as string, headers: request.headers, body };
      asked.push(one);
      answer(one, response);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
const send = (response: ServerResponse, body: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};
const predictions = (rows: number) => ({
  model: 'flight-delay',
  version: '3',
  predictions: Array.from({ length: rows }, (_, i) => ({
    prediction: i % 2 ? 'true' : 'false',
    probability: i / 10,
    id: `p${i}`,
  })),
});
const row = { date: new Date('2001-05-01T10:00:00Z'), origin: 'ATL', destination: 'SFO', distance: 2139 };

async function refusal(work: Promise<unknown>): Promise<ClientError> {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ClientError) return error;
  throw error;
}

test('asks for a row by the wire contract', async () => {
  const { url, asked } = await serving((_, response) => send(response, predictions(1)));
  const flights = client<typeof flightDelay>(`${url}/`, { model: 'flight-delay', headers: { authorization: 'Bearer x' } });
  expect(await flights.predict(row)).toEqual({
    prediction: 'false',
    probability: 0,
    id: 'p0',
    model: 'flight-delay',
    version: '3',
  });
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({ method: 'POST', url: '/v1/models/flight-delay/predict' });
  expect(asked[0]?.headers).toMatchObject({ 'content-type': 'application/json', authorization: 'Bearer x' });
  expect(JSON.parse(asked[0]?.body as string)).toEqual({ rows: [{ ...row, date: '2001-05-01T10:00:00.000Z' }] });
});

test('asks for reasons only when told, and hands them on', async () => {
  const reasons = [{ feature: 'distance', value: 900, contribution: -0.5 }];
  const { url, asked } = await serving(({ body }, response) => {
    const [one] = predictions(1).predictions;
    send(response, { ...predictions(1), predictions: [body.includes('"explain":true') ? { ...one, reasons } : one] });
  });
  const flights = client<typeof flightDelay>(url, { model: 'flight-delay' });
  expect((await flights.predict(row, { explain: true })).reasons).toEqual(reasons);
  expect((await flights.predict(row)).reasons).toBeUndefined();
  expect(Object.keys(JSON.parse(asked[1]?.body as string))).toEqual(['rows']);
});

test('knows the model of a system, and asks a server of one model for its name once', async () => {
  const { url, asked } = await serving(({ url: path }, response) =>
    send(response, path === '/v1/models' ? { models: [{ name: 'a b', version: '1', shadow: null }] } : predictions(2)),
  );
  await client(flightDelay, url).predictMany([row, row]);
  const nameless = client<typeof flightDelay>(url);
  await Promise.all([nameless.predictMany([row, row]), nameless.predictMany([row, row])]);
  expect(asked.map(({ url: path }) => path)).toEqual([
    '/v1/models/flight-delay/predict',
    '/v1/models',
    '/v1/models/a%20b/predict',
    '/v1/models/a%20b/predict',
  ]);
});

test('does not guess among several models', async () => {
  const { url } = await serving((_, response) => send(response, { models: [{ name: 'a' }, { name: 'b' }] }));
  const error = await refusal(client<typeof flightDelay>(url).predict(row));
  expect(error.code).toBe('MW_CLIENT_MODEL');
  expect(error.message).toContain('a, b');
});

test('many rows keep their order, and a refused row does not disturb the others', async () => {
  const detail = { code: 'MW_SERVE_ROW_INVALID', message: "'distance' is 9000000.", where: { row: 1 }, fix: 'Give less.' };
  const { url } = await serving((_, response) => {
    const answer = predictions(3);
    send(response, { ...answer, predictions: [answer.predictions[0], { error: detail, id: 'p1' }, answer.predictions[2]] });
  });
  const [first, second, third] = await client(flightDelay, url).predictMany([row, row, row]);
  expect([first?.id, third?.id]).toEqual(['p0', 'p2']);
  expect(second?.error).toBeInstanceOf(ClientError);
  expect(second?.error).toMatchObject(detail);
});

test('a refused row of its own is thrown', async () => {
  const detail = { code: 'MW_SERVE_ROW_INVALID', message: 'No.', where: {}, fix: 'x' };
  const { url } = await serving((_, response) =>
    send(response, { model: 'm', version: '1', predictions: [{ error: detail, id: 'p' }] }),
  );
  expect((await refusal(client(flightDelay, url).predict(row))).code).toBe('MW_SERVE_ROW_INVALID');
});

test("the server's errors arrive as they are", async () => {
  const error = { code: 'MW_SERVE_NOT_FOUND', message: "There is no model 'x'.", where: { model: 'x' }, fix: 'Models: y.' };
  const { url } = await serving((_, response) => send(response, { error }, 404));
  const thrown = await refusal(client(flightDelay, url).predict(row));
  expect({ code: thrown.code, message: thrown.message, where: thrown.where, fix: thrown.fix }).toEqual(error);
  expect(thrown.status).toBe(404);
});

test.each([
  ['a page', 200, '<html></html>'],
  ['an error page', 502, '<html></html>'],
  ['an error of another server', 500, '{"error":"no"}'],
  ['too few predictions', 200, '{"predictions":[]}'],
  ['null', 200, 'null'],
])('an answer that is %s is an error', async (_what, status, body) => {
  const { url } = await serving((_, response) => send(response, body, status));
  const error = await refusal(client(flightDelay, url).predict(row));
  expect(error.code).toBe('MW_CLIENT_ANSWER');
  expect(error.message).toContain(url);
});

test('a server that is not there, and one that does not answer', async () => {
  const { url } = await serving(() => {});
  const late = await refusal(client(flightDelay, url, { timeout: 50 }).predict(row));
  expect(late.code).toBe('MW_CLIENT_UNREACHABLE');
  expect(late.message).toContain('within 50 ms');
  const gone = servers.pop() as Server;
  gone.closeAllConnections();
  await new Promise((resolve) => gone.close(resolve));
  const error = await refusal(client(flightDelay, url).predict(row));
  expect(error.code).toBe('MW_CLIENT_UNREACHABLE');
  expect(error.status).toBe(0);
});

test('takes a fetch of its own', async () => {
  const asked: string[] = [];
  const own: typeof fetch = (input) => {
    asked.push(String(input));
    return Promise.resolve(new Response(JSON.stringify(predictions(1))));
  };
  await client(flightDelay, 'http://nowhere', { fetch: own }).predict(row);
  expect(asked).toEqual(['http://nowhere/v1/models/flight-delay/predict']);
});

test('imports nothing at run time, so that it runs in browsers', () => {
  const code = readFileSync(new URL('./client.ts', import.meta.url), 'utf8');
  expect([...code.matchAll(/^import (.*)/gm)].map(([, what]) => what).filter((what) => !what?.startsWith('type '))).toEqual([]);
});

test('a real server understands the client, and the client the server', async () => {
  const { server, url } = await startTiny('binary', {});
  try {
    // Without a model's name: the server has exactly one.
    const tiny = client<TinySystem>(url);
    const first = await tiny.predict({ entity: 'e', at: new Date('2001-05-01'), x: 2, y: 1 });
    expect(first).toMatchObject({ prediction: 'yes', model: 'tiny', version: 'v1' });
    expect(first.probability).toBeGreaterThan(0.5);
    const [good, bad] = await tiny.predictMany([
      { entity: 'e', at: '2001-05-01T00:00:00Z', x: 1, y: null },
      { entity: 'e', at: '2001-05-01T00:00:00Z', x: Number.NaN, y: 'text' as unknown as number },
    ]);
    expect(good?.error).toBeUndefined();
    expect(bad?.error?.code).toMatch(/^MW_/);
    const stranger = await refusal(client<TinySystem>(url, { model: 'nobody' }).predict({ entity: 'e', at: 0, x: 1, y: 1 }));
    expect(stranger.status).toBe(404);
    expect(stranger.fix).not.toBe('');
  } finally {
    await server.close();
  }
});
