import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, hosted, postJson, startTiny, tinyService } from '../../bench/serving/tiny-server.js';
import { logit, tinyDeployment, tinyPipeline } from '../../bench/serving/tiny-system.js';
import { LinearModel } from '../models/linear/linear-model.js';
import type { ModelService } from '../serve/model-service.js';
import type { ErrorBody, FailedRowBody, PredictionBody } from './contract.js';
import type { ModelServer } from './create-server.js';

interface Predicted {
  readonly model: string;
  readonly version: string;
  readonly predictions: readonly (PredictionBody & Partial<FailedRowBody>)[];
}

let server: ModelServer;
let url: string;
let service: ModelService;
beforeAll(async () => {
  ({ server, url, service } = await startTiny('binary', { options: { bodyLimit: 20_000 } }));
});
afterAll(() => server.close());

const row = (x: unknown, y: unknown = 0) => ({ entity: 'e', at: '2001-05-01T00:00:00Z', x, y });
const post = (
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = { 'content-type': 'application/json' },
) => fetch(`${url}/v1/models/tiny/predict`, { method: 'POST', body, headers });
const json = (body: unknown) => post(JSON.stringify(body));

const ask = async (base: string) => bodyOf<Predicted>(await postJson(`${base}/v1/models/tiny/predict`, { rows: [row(1, 2)] }));
const expectError = async (response: Response, status: number, code: string, keys: readonly string[] = []) => {
  expect(response.headers.get('content-type')).toContain('application/json');
  const body = await bodyOf<ErrorBody>(response);
  expect([response.status, body.error?.code]).toEqual([status, code]);
  expect(Object.keys(body)).toEqual(['error']);
  expect(Object.keys(body.error)).toEqual(['code', 'message', 'where', 'fix', ...keys]);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  expect(body.error.fix).not.toBe('');
  expect(JSON.stringify(body)).not.toContain('.ts:');
  return body.error;
};

test('a row is answered with class, probability and id under the names of the contract', async () => {
  const response = await json({ rows: [row(2, 1)] });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const body = await bodyOf<Predicted>(response);
  expect(Object.keys(body)).toEqual(['model', 'version', 'predictions']);
  expect(body).toMatchObject({ model: 'tiny', version: 'v1' });
  expect(Object.keys(body.predictions[0])).toEqual(['prediction', 'probability', 'id']);
  expect(body.predictions[0]).toMatchObject({ prediction: 'yes', probability: logit(3) });
});

test('missing features take their value of whenMissing', async () => {
  const body = await bodyOf<Predicted>(await json({ rows: [row(-1, null)] }));
  expect(body.predictions[0]).toMatchObject({ prediction: 'no', probability: logit(-1) });
});

describe('reasons', () => {
  const weights = Float64Array.of(2, -3, 0.5);
  const explained = async (): Promise<{ server: ModelServer; url: string }> => {
    const model = new LinearModel({
      estimator: 'logistic',
      version: 1,
      task: 'binary',
      outputs: 1,
      inputs: 2,
      weights,
      summary: {},
    });
    const deployment = { ...tinyDeployment('binary'), pipeline: tinyPipeline(model, ['no', 'yes']) };
    return startTiny('binary', { models: [hosted(tinyService(deployment))] });
  };

  test('come when they are asked for, largest first, and add up to the log-odds; the rest is as without', async () => {
    const own = await explained();
    const ask = async (more: object) =>
      bodyOf<Predicted>(
        await postJson(`${own.url}/v1/models/tiny/predict`, {
          rows: [row(1, 2), { x: 1 }, row(-2, null)],
          partial: true,
          ...more,
        }),
      );
    const { predictions } = await ask({ explain: true });
    expect(predictions[0]?.reasons).toEqual([
      { feature: 'y', value: 2, contribution: -6 },
      { feature: 'x', value: 1, contribution: 2 },
    ]);
    expect(predictions[1]?.error?.code).toBe('MW_SERVE_ROW_INVALID');
    // y is missing and becomes 0, which is no reason.
    expect(predictions[2]?.reasons).toEqual([{ feature: 'x', value: -2, contribution: -4 }]);
    expect(predictions[0]?.probability).toBe(logit(-3.5));
    for (const more of [{}, { explain: false }]) {
      const without = (await ask(more)).predictions;
      expect(without.map(({ probability }) => probability)).toEqual(predictions.map(({ probability }) => probability));
      expect(Object.keys(without[0] as object)).toEqual(['prediction', 'probability', 'id']);
    }
    await own.server.close();
  });

  test('are refused of a model that has none, and when the question is no yes or no', async () => {
    await expectError(await json({ rows: [row(1)], explain: true }), 422, 'MW_MODEL_NOT_EXPLAINED');
    await expectError(await json({ rows: [row(1)], explain: 'yes' }), 400, 'MW_SERVE_BODY_SHAPE');
    expect((await json({ rows: [row(1)] })).status).toBe(200);
  });
});

test('ids are unique and in order', async () => {
  const ids: string[] = [];
  for (let call = 0; call < 3; call++) {
    const body = await bodyOf<Predicted>(await json({ rows: Array.from({ length: 50 }, () => row(0)) }));
    ids.push(...body.predictions.map(({ id }) => id));
  }
  expect(new Set(ids).size).toBe(150);
  expect([...ids].sort()).toEqual(ids);
});

test('multiclass gives a probability a class, regression none', async () => {
  const multiclass = await startTiny('multiclass');
  const regression = await startTiny('regression');
  const { predictions } = await ask(multiclass.url);
  expect(predictions[0]?.prediction).toBe('b');
  const probability = predictions[0]?.probability as Record<string, number>;
  expect(Object.keys(probability)).toEqual(['a', 'b', 'c']);
  expect(probability.b).toBeCloseTo(Math.exp(2) / (Math.exp(1) + Math.exp(2) + Math.exp(0.5)), 12);
  expect((await ask(regression.url)).predictions[0]).toMatchObject({ prediction: 9, probability: null });
  await multiclass.server.close();
  await regression.server.close();
});

describe('bad input is answered with a coded error', () => {
  test('one bad row is 400 and names the column', async () => {
    const error = await expectError(await json({ rows: [row('two')] }), 400, 'MW_SERVE_ROW_INVALID', ['rows']);
    expect(error).toMatchObject({ where: { row: 0, column: 'x' }, message: `Column 'x' must be a number, not "two".` });
    expect(error.rows).toEqual([
      { row: 0, problems: [{ code: 'MW_ROW_TYPE', column: 'x', message: `Column 'x' must be a number, not "two".` }] },
    ]);
  });

  test('bad rows refuse a request whole, each of them is named, and nothing is predicted', async () => {
    const before = service.counts;
    const rows = [row(1), { x: 1 }, 7, row(-1), row('two', 'three')];
    const error = await expectError(await json({ rows }), 400, 'MW_SERVE_ROW_INVALID', ['rows']);
    expect(
      error.rows?.map(({ row: place, problems }) => [place, ...problems.map(({ code, column }) => `${code} ${column}`)]),
    ).toEqual([
      [1, 'MW_ROW_COLUMN_MISSING entity', 'MW_ROW_COLUMN_MISSING at'],
      [2, 'MW_ROW_NOT_OBJECT null'],
      [4, 'MW_ROW_TYPE x', 'MW_ROW_TYPE y'],
    ]);
    expect(error.message).toContain('2 other rows are bad as well.');
    expect(service.counts.log.predictions).toBe(before.log.predictions);
    expect(service.counts.truth.predictions).toBe(before.truth.predictions);
    expect(service.counts.log.rejections - before.log.rejections).toBe(3);
  });

  test('a bad row of a partial request does not fail the others', async () => {
    const before = service.counts;
    const response = await json({ rows: [row(1), { x: 1 }, 7, row(-1)], partial: true });
    expect(response.status).toBe(200);
    const { predictions } = await bodyOf<Predicted>(response);
    expect(predictions.map(({ prediction, error }) => prediction ?? error?.code)).toEqual([
      'yes',
      'MW_SERVE_ROW_INVALID',
      'MW_SERVE_ROW_INVALID',
      'no',
    ]);
    expect(predictions[1]?.error?.where.row).toBe(1);
    expect(predictions[1]?.error?.message).toContain('entity');
    expect(service.counts.log.predictions - before.log.predictions).toBe(2);
    await expectError(await json({ rows: [row(1)], partial: 'yes' }), 400, 'MW_SERVE_BODY_SHAPE');
  });

  test.each([
    ['nothing', ''],
    ['half a document', '{"rows":[{"x":1}'],
    ['words', 'hello'],
  ])('%s is not JSON', async (_name, body) => {
    await expectError(await post(body), 400, 'MW_SERVE_BODY_MALFORMED');
  });
  test('bytes that are not UTF-8', async () => {
    await expectError(await post(new Uint8Array([0x7b, 0xff, 0xfe, 0x7d])), 400, 'MW_SERVE_BODY_MALFORMED');
  });
  test.each([[null], [[]], [7], [{}], [{ rows: {} }], [{ rows: [] }], [{ rows: null }], [{ rows: [row(1)], row: 1 }]])(
    '%j is not a request',
    async (body) => {
      await expectError(await json(body), 400, 'MW_SERVE_BODY_SHAPE');
    },
  );
  test('a __proto__ key gives a row no values', async () => {
    await expectError(await post(`{"rows":[{"__proto__":{"x":1},"entity":"e","at":0}]}`), 400, 'MW_SERVE_ROW_INVALID', [
      'rows',
    ]);
  });
  test('more rows than the definition allows', async () => {
    const error = await expectError(
      await json({ rows: Array.from({ length: 101 }, () => row(1)) }),
      413,
      'MW_SERVE_ROWS_TOO_MANY',
    );
    expect(error.where).toMatchObject({ rows: 101, limit: 100 });
  });
  test('a body over the limit, declared or streamed', async () => {
    await expectError(await post(`{"rows":"${'x'.repeat(30_000)}"}`), 413, 'MW_SERVE_BODY_TOO_LARGE');
    const streamed = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 30; i++) controller.enqueue(new TextEncoder().encode('x'.repeat(1000)));
        controller.close();
      },
    });
    const response = await fetch(`${url}/v1/models/tiny/predict`, {
      method: 'POST',
      body: streamed,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit);
    await expectError(response, 413, 'MW_SERVE_BODY_TOO_LARGE');
  });
  test('a body of another type or encoding', async () => {
    await expectError(await post('{}', { 'content-type': 'text/plain' }), 415, 'MW_SERVE_BODY_TYPE');
    await expectError(
      await post('{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
      415,
      'MW_SERVE_BODY_TYPE',
    );
  });
  test('an unknown model, with the nearest name', async () => {
    const error = await expectError(
      await fetch(`${url}/v1/models/tinny/predict`, {
        method: 'POST',
        body: '{}',
        headers: { 'content-type': 'application/json' },
      }),
      404,
      'MW_SERVE_MODEL_UNKNOWN',
    );
    expect(error.message).toContain("Did you mean 'tiny'?");
  });
  test('an unknown route, with the nearest one; a wrong method', async () => {
    const error = await expectError(await fetch(`${url}/v1/models/tiny/statsu`), 404, 'MW_SERVE_ROUTE_UNKNOWN');
    expect(error.message).toContain("'/v1/models/tiny/status'");
    await expectError(await fetch(`${url}/v1/models/tiny/predict`), 405, 'MW_SERVE_METHOD');
    const response = await fetch(`${url}/v1/models`, { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET');
    await expectError(response, 405, 'MW_SERVE_METHOD');
  });
});

test('an unseen category and an unknown column are warnings: answered, logged and counted', async () => {
  const before = service.counts.log.warned;
  const response = await json({ rows: [{ ...row(1), size: 'huge', colour: 'red' }, row(1)] });
  expect(response.status).toBe(200);
  expect(service.counts.log.warned - before).toBe(1);
});

test('concurrent callers get their own rows back', async () => {
  const callers = Array.from({ length: 200 }, async (_, caller) => {
    const values = Array.from({ length: 1 + (caller % 7) }, (_, i) => (caller - 100) / 50 + i / 1000);
    const body = await bodyOf<Predicted>(await json({ rows: values.map((x) => row(x)) }));
    expect(body.predictions.map(({ probability }) => probability)).toEqual(values.map(logit));
  });
  await Promise.all(callers);
});
