import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MemoryEventLog } from '../../bench/serving/memory-event-log.js';
import { bodyOf, deferred, hosted, postJson, startTiny, tinyService } from '../../bench/serving/tiny-server.js';
import { tinyDeployment } from '../../bench/serving/tiny-system.js';
import { systemClock } from '../base/clock.js';
import { silentLog } from '../base/log.js';
import { decodeFrame } from '../frame/codec.js';
import type {
  AuditResponse,
  ErrorBody,
  LabelsResponse,
  ModelResponse,
  PredictResponse,
  PushResponse,
  StatusResponse,
} from './contract.js';
import { createServer } from './create-server.js';
import type { HostedModel, SourceSink } from './hosted-model.js';
import { openApi, requestSchema, rowSchema } from './openapi.js';
import { ROUTES } from './unknown-route.js';

const row = (x: unknown) => ({ entity: 'e', at: 0, x, y: 0 });
const setup = {
  audit: async () => [],
  clock: systemClock,
  timer: () => performance.now(),
  log: silentLog,
  version: '1.2.3',
  dashboard: null,
};
const signals = [
  {
    name: 'drift',
    kind: 'drift' as const,
    of: 'x',
    state: 'fired' as const,
    figure: 0.4,
    bound: 0.1,
    rows: 900,
    sentence: 'PSI is 0.4.',
  },
  {
    name: 'auc',
    kind: 'quality' as const,
    of: 'auc',
    state: 'insufficient' as const,
    figure: null,
    bound: 0.7,
    rows: 3,
    sentence: 'Insufficient data.',
  },
];
const daily = [
  { day: 0, predictions: 5, labelled: 5, positives: 2, meanScore: 0.3, metrics: { auc: 0.8 }, psi: { x: 0.1 }, value: 7 },
  { day: 86_400_000, predictions: 5, labelled: 0, positives: 0, meanScore: 0.3, metrics: {}, psi: {}, value: null },
];

describe('routes of management', () => {
  let started: Awaited<ReturnType<typeof startTiny>>;
  const events = new MemoryEventLog();
  const pushed: unknown[] = [];
  beforeAll(async () => {
    const service = tinyService(tinyDeployment('binary'), events);
    const server = createServer({
      ...setup,
      models: [hosted(service, { signals: () => signals, daily: () => daily })],
      sources: new Map([
        [
          'flights',
          async (rows, batch) => {
            pushed.push({ rows, batch });
            return { accepted: rows.length, quarantined: [] };
          },
        ],
      ]),
      audit: async (limit) =>
        Array.from({ length: Math.min(limit, 3) }, (_, i) => ({
          at: i,
          actor: 'run',
          action: 'promote',
          subject: 'v1',
          because: 'x',
        })),
    });
    started = { server, service, url: await server.listen(0) };
  });
  afterAll(() => started.server.close());
  const get = (path: string) => fetch(started.url + path);

  test('models, one model, status, audit, health and ready', async () => {
    expect(await bodyOf(await get('/health'))).toEqual({ status: 'ok' });
    expect(await bodyOf(await get('/ready'))).toEqual({ status: 'ready', models: ['tiny'] });
    expect(await bodyOf(await get('/v1/models'))).toEqual({ models: [{ name: 'tiny', version: 'v1', shadow: null }] });
    expect(await bodyOf<ModelResponse>(await get('/v1/models/tiny'))).toMatchObject({
      classes: ['no', 'yes'],
      features: ['x', 'y'],
    });
    expect((await bodyOf<AuditResponse>(await get('/v1/audit?limit=2'))).entries).toHaveLength(2);
    expect((await get('/v1/audit?limit=many')).status).toBe(400);
    expect((await bodyOf<ErrorBody>(await get('/v1/models/tin/status'))).error.message).toContain("'tiny'");
    await postJson(`${started.url}/v1/models/tiny/predict`, { rows: [row(1), row(2), row('bad')], partial: true });
    const status = await bodyOf<StatusResponse>(await get('/v1/models/tiny/status'));
    expect(status.live).toMatchObject({ predictions: 2, rejected: 1, calls: 1 });
    expect(status.live.minutes).toHaveLength(1);
    expect(status).toMatchObject({ champion: 'v1', challenger: null, signals, daily });
    expect(status.request.map(({ name, time }) => [name, time])).toContainEqual(['at', true]);
  });

  test('labels join the predictions that they name', async () => {
    const answer = await bodyOf<PredictResponse>(
      await postJson(`${started.url}/v1/models/tiny/predict`, {
        rows: [row(1), { ...row(1), entity: 'f', at: '2001-05-01T00:00:00Z' }],
      }),
    );
    const id = answer.predictions[0]?.id;
    const labels = `${started.url}/v1/models/tiny/labels`;
    const body = await bodyOf<LabelsResponse>(
      await postJson(labels, {
        labels: [
          { id, label: 'yes' },
          { key: ['f'], at: Date.UTC(2001, 4, 1), label: 'no' },
        ],
      }),
    );
    expect(body).toMatchObject({ model: 'tiny', joined: 2, labels: [{ state: 'joined' }, { state: 'joined' }] });
    const wrong = await postJson(labels, { labels: [{ id, label: 'perhaps' }] });
    expect([wrong.status, (await bodyOf<ErrorBody>(wrong)).error.code]).toEqual([400, 'MW_SERVE_LABEL_INVALID']);
    for (const bad of [
      {},
      { labels: [{ label: 'yes' }] },
      { labels: [{ id: 7, label: 'yes' }] },
      { labels: [{ id, label: {} }] },
      [],
    ]) {
      const response = await postJson(labels, bad);
      expect([response.status, (await bodyOf<ErrorBody>(response)).error.code]).toEqual([400, 'MW_SERVE_BODY_SHAPE']);
    }
  });

  test('of each label it is told what became of it; bad ones refuse the request, unless it is partial', async () => {
    const own = await startTiny();
    const predict = `${own.url}/v1/models/tiny/predict`;
    const asked = await bodyOf<PredictResponse>(await postJson(predict, { rows: [row(1), row(2), row(3)] }));
    const [first, second, third] = asked.predictions.map(({ id }) => id);
    const labels = `${own.url}/v1/models/tiny/labels`;
    const sent = [
      { id: first, label: 'yes', availableAt: '2001-05-01T12:00:00+02:00' },
      { id: first, label: 'yes' },
      { id: first, label: 'no' },
      { id: 'nobody', label: 'no' },
      { key: ['nobody'], at: '2001-05-01', label: 'no' },
      { id: second, label: 'no', availableAt: '2201-05-01' },
    ];
    const told = await bodyOf<LabelsResponse>(await postJson(labels, { labels: sent }));
    expect(told.labels.map(({ state }) => state)).toEqual([
      'joined',
      'repeated',
      'conflicting',
      'unmatched',
      'unmatched',
      'waiting',
    ]);
    expect(told.labels[3]?.reason).toContain('this id');
    expect(told.joined).toBe(1);

    const mixed = [
      { id: third, label: 'perhaps' },
      { id: third, label: 'yes' },
      { id: third, label: 'yes', availableAt: 'soon' },
    ];
    const refused = await postJson(labels, { labels: mixed });
    const { error } = await bodyOf<ErrorBody>(refused);
    expect([refused.status, error.code, error.where]).toEqual([400, 'MW_SERVE_LABEL_INVALID', { row: 0 }]);
    expect(error.rows?.map(({ row: place, problems: [one] }) => [place, one?.column])).toEqual([
      [0, 'label'],
      [2, 'availableAt'],
    ]);
    expect(error.message).toContain('Another label is bad');
    const partial = await bodyOf<LabelsResponse>(await postJson(labels, { labels: mixed, partial: true }));
    expect(partial.labels.map(({ state }) => state)).toEqual(['invalid', 'joined', 'invalid']);
    await own.server.close();
  });

  test('a push of which nothing is taken is refused, and says why of every row', async () => {
    const sink: SourceSink = async (rows) => ({
      accepted: rows.length - 1,
      quarantined: rows.slice(0, rows.length < 3 ? rows.length : 1).map((_, i) => ({ row: i, reason: `Bad ${i}.` })),
    });
    const none: SourceSink = async (rows) => ({ ...(await sink(rows, undefined)), accepted: 0 });
    const { server, url } = await startTiny('binary', {
      sources: new Map([
        ['some', sink],
        ['none', none],
      ]),
    });
    const push = (source: string) => postJson(`${url}/v1/sources/${source}/rows`, { rows: [{}, {}] });
    expect((await push('some')).status).toBe(200);
    const response = await push('none');
    const { error } = await bodyOf<ErrorBody>(response);
    expect([response.status, error.code]).toEqual([422, 'MW_SERVE_ROWS_QUARANTINED']);
    expect(error.rows?.map(({ row: place, problems }) => [place, problems[0]?.message])).toEqual([
      [0, 'Bad 0.'],
      [1, 'Bad 1.'],
    ]);
    await server.close();
  });

  test('rows of a source reach its sink; an unknown source is named', async () => {
    const push = (source: string, body: unknown) => postJson(`${started.url}/v1/sources/${source}/rows`, body);
    expect(await bodyOf<PushResponse>(await push('flights', { rows: [{ a: 1 }], batch: 'b1' }))).toEqual({
      source: 'flights',
      accepted: 1,
      quarantined: [],
    });
    expect(pushed).toEqual([{ rows: [{ a: 1 }], batch: 'b1' }]);
    const response = await push('flight', { rows: [] });
    expect([response.status, (await bodyOf<ErrorBody>(response)).error.message]).toEqual([
      404,
      "There is no source 'flight' here. Did you mean 'flights'?",
    ]);
    const text = await fetch(`${started.url}/v1/sources/flights/rows`, {
      method: 'POST',
      body: 'rows',
      headers: { 'content-type': 'text/plain' },
    });
    expect([text.status, (await bodyOf<ErrorBody>(text)).error.code]).toEqual([415, 'MW_SERVE_BODY_TYPE']);
    const cut = await fetch(`${started.url}/v1/sources/flights/rows`, {
      method: 'POST',
      body: '{"rows":',
      headers: { 'content-type': 'application/json' },
    });
    expect([cut.status, (await bodyOf<ErrorBody>(cut)).error.code]).toEqual([400, 'MW_SERVE_BODY_MALFORMED']);
  });

  test('/metrics is Prometheus text, with figures that match what was done', async () => {
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const samples = parsePrometheus(await response.text());
    expect(samples.get('millwright_predictions_total{model="tiny",version="v1"}')).toBe(started.service.counts.log.predictions);
    expect(samples.get('millwright_rejected_rows_total{model="tiny"}')).toBe(1);
    expect(samples.get('millwright_http_requests_total{route="/v1/models/:name/predict",status="200"}')).toBe(2);
    expect(samples.get('millwright_prediction_seconds_count{model="tiny"}')).toBe(2);
    expect(samples.get('millwright_signal_figure{model="tiny",signal="drift"}')).toBe(0.4);
    expect(samples.has('millwright_signal_figure{model="tiny",signal="auc"}')).toBe(false);
    expect(samples.get('millwright_signal_fired{model="tiny",signal="auc"}')).toBe(-1);
    expect(samples.get('millwright_quality{model="tiny",metric="auc"}')).toBe(0.8);
    expect(samples.get('millwright_labels_joined{model="tiny"}')).toBe(2);
  });

  test('every documented route answers, and every route is documented', async () => {
    const { paths } = await bodyOf<{ paths: Record<string, Record<string, unknown>> }>(await get('/openapi.json'));
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const routed = Object.entries(ROUTES)
      .filter(([path]) => path !== '/openapi.json')
      .map(
        ([path, method]) =>
          `${method.toLowerCase()} ${path.replace(':name/predict', 'tiny/predict').replace(/:(\w+)/, '{$1}')}`,
      );
    expect(documented.sort()).toEqual(routed.sort());
    for (const path of Object.keys(paths)) {
      const url = path.replace('{name}', 'tiny').replace('{source}', 'flights');
      const method = Object.keys(paths[path] ?? {})[0] as string;
      const response = method === 'get' ? await get(url) : await postJson(started.url + url, {});
      expect([path, response.status]).toEqual([path, method === 'get' ? 200 : 400]);
    }
  });
});

test('the OpenAPI document and the server agree on what a request is', async () => {
  const deployment = tinyDeployment('binary');
  const document = openApi([deployment], '1') as { components: { schemas: Record<string, object> } };
  expect(document.components.schemas['tiny.Row']).toEqual(rowSchema(deployment));
  const judge = fastify({ ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } } });
  const schema = {
    ...requestSchema(deployment),
    properties: { rows: { type: 'array', minItems: 1, maxItems: 100, items: rowSchema(deployment) } },
  };
  judge.post('/', { schema: { body: schema } }, () => 'ok');
  const { server, url } = await startTiny();
  const good = row(1);
  const rows: unknown[] = [
    good,
    { ...good, y: null },
    { ...good, size: 'small' },
    { ...good, size: null },
    { ...good, at: '2001-01-01T00:00:00Z' },
  ];
  const bad: unknown[] = [
    {},
    1,
    null,
    [],
    { ...good, x: '1' },
    { ...good, x: null },
    { ...good, size: 'huge' },
    { ...good, z: 1 },
    { ...good, entity: 5 },
    { ...good, at: true },
  ];
  const bodies = [...rows, ...bad].map((one): unknown => ({ rows: [one] }));
  bodies.push({ rows: [] }, { rows: good }, {}, { rows: [good], more: 1 });
  for (const body of bodies) {
    const promised = (
      await judge.inject({
        method: 'POST',
        url: '/',
        payload: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    ).statusCode;
    const done = (await postJson(`${url}/v1/models/tiny/predict`, body)).status;
    expect([JSON.stringify(body), done]).toEqual([JSON.stringify(body), promised]);
  }
  await server.close();
  await judge.close();
});

describe('life of a server', () => {
  test('is not ready before its models are loaded, and says why when they cannot be', async () => {
    const models = deferred<readonly HostedModel[]>();
    const server = createServer({ ...setup, models: models.promise });
    const url = await server.listen(0);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    for (const response of [await fetch(`${url}/ready`), await postJson(`${url}/v1/models/tiny/predict`, { rows: [row(1)] })])
      expect([response.status, (await bodyOf<ErrorBody>(response)).error.code]).toEqual([503, 'MW_SERVE_NOT_READY']);
    models.resolve([hosted(tinyService(tinyDeployment('binary')))]);
    await server.loaded;
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    await server.close();

    const failed = createServer({ ...setup, models: Promise.reject(new Error('no such version')) });
    const failedUrl = await failed.listen(0);
    await expect(failed.loaded).rejects.toThrow('no such version');
    expect((await bodyOf<ErrorBody>(await fetch(`${failedUrl}/ready`))).error.message).toContain('could not load');
    await failed.close();
  });

  test('a port in use is a coded error', async () => {
    const { server, url } = await startTiny();
    const second = createServer({ ...setup, models: [] });
    await expect(second.listen(Number(new URL(url).port))).rejects.toMatchObject({ code: 'MW_SERVE_PORT_IN_USE' });
    await second.close();
    await server.close();
    expect(server.url).toBeNull();
  });

  test('draining under load: no request that was accepted fails, every answered prediction is in the log', async () => {
    const events = new MemoryEventLog();
    const { server, url } = await startTiny('binary', {}, events);
    const ids: string[] = [];
    const broken: string[] = [];
    let closing = false;
    const caller = async (n: number) => {
      for (let call = 0; ; call++) {
        let response: Response;
        try {
          response = await postJson(`${url}/v1/models/tiny/predict`, { rows: [row(n), row(call)] });
        } catch (thrown) {
          const { code } = (thrown as { cause?: { code?: string } }).cause ?? {};
          if (!closing || code !== 'ECONNREFUSED') broken.push(String(code ?? thrown));
          return;
        }
        const body = await bodyOf<PredictResponse>(response);
        ids.push(...body.predictions.map(({ id }) => id));
      }
    };
    const callers = Array.from({ length: 20 }, (_, n) => caller(n));
    while (ids.length < 200 && broken.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    closing = true;
    const closed = server.close();
    await Promise.all([closed, server.close(), ...callers]);
    const logged = (events.topics.get('predictions.tiny') ?? []).flatMap((record) => {
      const { id } = decodeFrame(record).columns;
      return id?.kind === 'string' ? [...id.dictionary] : [];
    });
    expect(ids.length).toBeGreaterThanOrEqual(200);
    expect(new Set(logged)).toEqual(new Set(ids));
    // A client may reuse a kept-alive connection in the moment that it is closed: that is a reset before any answer, not a lost answer.
    expect(broken.filter((code) => code !== 'ECONNRESET' && code !== 'UND_ERR_SOCKET')).toEqual([]);
  });

  test('a request on the way when closing begins is answered, then its connection closed', async () => {
    const { server, url } = await startTiny();
    const body = JSON.stringify({ rows: [row(1)] });
    const answer = new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
      const request = httpRequest(`${url}/v1/models/tiny/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      request.on('error', reject);
      request.on('response', (response) => {
        response.resume();
        resolve({ status: response.statusCode, connection: response.headers.connection });
      });
      request.write(body.slice(0, 10));
      setTimeout(() => {
        void server.close();
        setTimeout(() => request.end(body.slice(10)), 50);
      }, 50);
    });
    expect(await answer).toEqual({ status: 200, connection: 'close' });
    await server.close();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  test('a client that never finishes its request does not keep a server from closing', async () => {
    const { server, url } = await startTiny('binary', { options: { drainTimeout: '200ms' } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /v1/models/tiny/predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.close();
    socket.destroy();
  });

  test('what is not HTTP gets a coded answer', async () => {
    const { server, url } = await startTiny();
    const text = await new Promise<string>((resolve) => {
      let received = '';
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('hello\r\n\r\n'));
      socket.on('data', (chunk) => (received += chunk));
      socket.on('close', () => resolve(received));
    });
    expect(text).toContain('400 Bad Request');
    expect(text).toContain('MW_SERVE_BODY_MALFORMED');
    await server.close();
  });
});

test('the dashboard is served as the files of its folder and nothing else', async () => {
  const root = mkdtempSync(join(tmpdir(), 'millwright-dashboard-'));
  mkdirSync(join(root, 'site/assets'), { recursive: true });
  writeFileSync(join(root, 'site/index.html'), '<!doctype html>');
  writeFileSync(join(root, 'site/assets/app.js'), 'export {}');
  writeFileSync(join(root, 'secret.json'), '{}');
  const { server, url } = await startTiny('binary', { dashboard: join(root, 'site') });
  const page = await fetch(`${url}/`);
  expect([page.status, await page.text()]).toEqual([200, '<!doctype html>']);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await fetch(`${url}/assets/app.js`)).headers.get('content-type')).toContain('javascript');
  expect((await fetch(`${url}/`, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } })).status).toBe(304);
  for (const path of ['/../secret.json', '/%2e%2e/secret.json', '/..%2fsecret.json', '/assets/', '/assets/../../secret.json'])
    expect([path, await rawStatus(url, path)]).toEqual([path, 404]);
  await server.close();
  rmSync(root, { recursive: true });
});

/** Status of a GET whose path is sent as it is written. */
function rawStatus(url: string, path: string): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    httpRequest({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

/** Samples by name and labels; throws on a line that is not of the format. */
function parsePrometheus(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ') || line.startsWith('# TYPE ')) continue;
    const match = /^([a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*\})?) (NaN|[+-]?Inf|[-+0-9.e]+)$/.exec(
      line,
    );
    if (!match) throw new Error(`not a sample: ${line}`);
    samples.set(match[1] as string, Number(match[2]));
  }
  return samples;
}
