import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { columnOf } from '../../src/frame/frame.js';
import { makeOrders, ordersCsv } from '../../src/run/testing/orders.js';
import { openWorkspace } from '../../src/run/workspace.js';
import { readPredictions } from '../../src/serve/prediction-reader.js';
import { ended, millwright, seen, startCli, workFolder } from './cli.js';

/** Processes that are killed without warning: what they leave opens, goes on, and ends as if nothing had happened. */
const folder = workFolder();
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  folder.remove();
});

const orders = makeOrders(120, 75);
const DEFINITION = `
  import { col, combine, csv, features, gbdt, hours, int, labelFrom, logistic, requestFrom, source, system } from 'millwright';
  const orders = source('orders', {
    from: csv('orders.csv'),
    key: 'id',
    time: 'at',
    availableAt: (r) => r.at.plus(hours(r.hours)),
    columns: {
      id: col.string().required(), at: col.timestamp().required(), shop: col.string().required(),
      distance: col.integer().required(), hours: col.integer().required(), late: col.boolean().required(),
    },
    expect: (is) => [is.between('distance', 1, 100, { onFail: 'quarantine' })],
  });
  const shop = features(orders, { by: 'shop', prefix: 'shop' }, (f) => ({
    orders: f.count({ over: ['24h', '7d'] }), lateRate: f.mean('late', { over: ['24h', '3d', '7d'] }),
  }));
  const request = requestFrom(orders, ['id', 'at', 'shop', 'distance'], { time: 'at', features: ['distance'], derive: (r) => ({ hour: r.at.hour() }) });
  export default system('orders', {
    problem: { kind: 'binary' },
    features: combine([request, shop]),
    label: labelFrom(orders, (r) => r.late),
    train: {
      split: { by: 'time', column: 'at', from: '2024-01-08', validationFrom: '2024-02-26', testFrom: '2024-03-04', to: '2024-03-15', gap: '0h' },
      candidates: [logistic(), gbdt({ rounds: 60, leaves: int(15, 31) })],
      search: { by: 'auc', trials: 6, seed: 3 },
    },
    accept: (g) => [g.metric('auc').atLeast(0.6)],
  });`;

let undisturbed: string;
let took: number;
beforeAll(async () => {
  folder.file('orders.csv', ordersCsv(orders).replace(/,\d+,(\d,(?:true|false))\n/, ',999,$1\n'));
  folder.file('orders.system.ts', DEFINITION);
  const started = performance.now();
  const whole = await millwright(['run', 'orders.system.ts', '--store', 'whole', '--json'], folder.dir);
  took = performance.now() - started;
  expect(whole.stderr).not.toContain('MW_');
  undisturbed = whole.json.model.hash;
}, 60_000);

/** Runs until the moment comes, and kills. */
async function killed(store: string, moment: RegExp | number): Promise<boolean> {
  const child = startCli(['run', 'orders.system.ts', '--store', store, '--json'], folder.dir);
  const end = ended(child);
  if (typeof moment === 'number') await Promise.race([new Promise((resolve) => setTimeout(resolve, moment)), end]);
  else await seen(child, moment);
  child.kill('SIGKILL');
  return (await end).code === null;
}

async function endsWell(store: string): Promise<void> {
  const { json, stderr } = await millwright(['run', 'orders.system.ts', '--store', store, '--json'], folder.dir);
  expect(stderr).not.toContain('MW_');
  expect(json.model).toMatchObject({ hash: undisturbed, version: 1 });
  expect(json.rows).toBe(orders.length - 1);
  const workspace = await openWorkspace(join(folder.dir, store));
  try {
    expect((await workspace.audit.verify()).broken).toBe(null);
    expect((await workspace.models.resolve('orders@champion')).pipeline).toBe(undisturbed);
    expect(await workspace.models.versions('orders')).toHaveLength(1);
    expect(await workspace.store.events.length('quarantine')).toBe(1);
    const running = await workspace.runs.search({ system: 'orders', status: 'running' });
    expect(running).toEqual([]);
  } finally {
    await workspace.close();
  }
}

describe('a run that is killed', () => {
  test.each([
    ['while it reads', /ingest/],
    ['while it computes features', /features/],
    ['while it searches', /search/],
    ['while it judges', /evaluate/],
    ['while it writes the report', /report/],
  ])('%s is run again and ends as if it had not been', async (when, moment) => {
    const store = `killed ${when}`;
    expect(await killed(store, moment)).toBe(true);
    await endsWell(store);
  });

  test('again and again, at moments all over, goes on from where it was', async () => {
    let kills = 0;
    for (const share of [0.4, 0.6, 0.8]) if (await killed('killed often', took * share)) kills++;
    expect(kills).toBeGreaterThan(0);
    await endsWell('killed often');
  });
});

describe('a server that is killed', () => {
  test('leaves a store that opens, with every prediction that had been written', async () => {
    const server = startCli(['serve', '--model', 'orders', '--port', '0', '--store', 'whole'], folder.dir);
    children.push(server);
    const end = ended(server);
    const url = (await seen(server, /http:\/\/[\d.:]+/))[0];
    const row = { id: 'new', at: '2024-03-16T10:00:00Z', shop: 'S3', distance: 12 };
    const answered: string[] = [];
    const ask = async () => {
      const response = await fetch(`${url}/v1/models/orders/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rows: Array.from({ length: 20 }, () => row) }),
      });
      const { predictions } = (await response.json()) as { predictions: { id: string; probability: number }[] };
      answered.push(...predictions.map(({ id }) => id));
      return predictions[0]?.probability;
    };
    const probability = await ask();
    for (let i = 0; i < 20; i++) await ask();
    const early = answered.length;
    const waiting = async () => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(/^millwright_log_waiting_rows\S* (\d+)/m.exec(text)?.[1]);
    };
    while ((await waiting()) !== 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const asking = (async () => {
      for (;;) await ask();
    })().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.kill('SIGKILL');
    await asking;
    expect((await end).code).toBe(null);

    const workspace = await openWorkspace(join(folder.dir, 'whole'));
    const logged = new Set<string>();
    const scores = new Set<number>();
    for await (const batch of readPredictions(workspace.store.events, 'orders', { by: 'time' })) {
      const ids = columnOf(batch, 'id');
      const score = columnOf(batch, 'score');
      if (ids.kind === 'string') for (const code of ids.codes) logged.add(ids.dictionary[code] as string);
      if (score.kind === 'number') for (const value of score.values) scores.add(value);
    }
    await workspace.close();
    for (const id of answered.slice(0, early)) expect(logged.has(id)).toBe(true);
    expect([...scores]).toEqual([probability]);

    const again = startCli(['serve', '--model', 'orders', '--port', '0', '--store', 'whole'], folder.dir);
    children.push(again);
    const ending = ended(again);
    const next = (await seen(again, /http:\/\/[\d.:]+/))[0];
    const response = await fetch(`${next}/v1/models/orders/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [row] }),
    });
    expect(((await response.json()) as { predictions: { probability: number }[] }).predictions[0]?.probability).toBe(
      probability,
    );
    again.kill('SIGTERM');
    expect((await ending).code).toBe(0);
  }, 30_000);
});
