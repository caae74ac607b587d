import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { columnOf, type Frame, rowAt } from '../../src/frame/frame.js';
import { makeOrders, ordersCsv } from '../../src/run/testing/orders.js';
import { readLabels } from '../../src/serve/label-record.js';
import { readPredictions } from '../../src/serve/prediction-reader.js';
import { openStore } from '../../src/store/open-store.js';
import { ended, millwright, seen, startCli, workFolder } from '../e2e/cli.js';
import { deepRun } from './deep-run.js';

/** A server under traffic is killed without warning, again and again: what it had acknowledged is there when it is started again. */
const folder = workFolder();
let child: ChildProcess | null = null;
afterAll(() => {
  child?.kill('SIGKILL');
  folder.remove();
});

/** Declared delays, milliseconds, in turn: a prediction that was answered longer ago than that is logged. */
const DELAYS = [10, 0];
/** The shop that all pushed orders are of: none of the file is. */
const SHOP = 'S99';

const DEFINITION = `
  import { col, combine, csv, features, labelFrom, logistic, requestFrom, source, system } from 'millwright';
  const orders = source('orders', {
    from: csv('orders.csv'), key: 'id', time: 'at',
    columns: {
      id: col.string().required(), at: col.timestamp().required(), shop: col.string().required(),
      distance: col.integer().required(), hours: col.integer().required(), late: col.boolean().required(),
    },
  });
  const shop = features(orders, { by: 'shop', prefix: 'shop' }, (f) => ({ orders: f.count({ over: ['7d'] }), lateRate: f.mean('late', { over: ['7d'] }) }));
  const request = requestFrom(orders, ['id', 'at', 'shop', 'distance'], { time: 'at', features: ['distance'] });
  export default system('orders', {
    problem: { kind: 'binary' },
    features: combine([request, shop]),
    label: labelFrom(orders, (r) => r.late),
    train: { split: { by: 'random', test: 0.2, validation: 0.2 }, candidates: [logistic()], search: { by: 'auc', trials: 1, seed: 3 } },
  });`;

beforeAll(async () => {
  folder.file('orders.csv', ordersCsv(makeOrders(30, 20)));
  folder.file('orders.system.ts', DEFINITION);
  const ran = await millwright(['run', 'orders.system.ts', '--store', 'store', '--json'], folder.dir);
  expect(ran.stderr).not.toContain('MW_');
});

/** What clients know: what they sent and what was acknowledged, over all the lives of the server. */
const known = {
  predictions: new Map<string, number>(),
  labels: new Set<string>(),
  pushes: new Map<string, readonly unknown[]>(),
  rowsAcknowledged: 0,
  rowsSent: 0,
};
const lost = { predictions: 0, young: 0, labels: 0, pushes: 0 };
const totals = { predictions: 0, labels: 0, pushes: 0 };
const starts: number[] = [];

async function start(delay: number): Promise<string> {
  const began = performance.now();
  const options = ['--port', '0', '--store', 'store', '--log-delay', `${delay}ms`];
  child = startCli(['serve', '--model', 'orders', ...options], folder.dir);
  const url = (await seen(child, /http:\/\/[\d.:]+/, 60_000))[0];
  starts.push(performance.now() - began);
  return url;
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Goes on until the server is gone; what else goes wrong is an error. */
async function until(gone: () => boolean, one: () => Promise<void>): Promise<void> {
  while (!gone()) {
    try {
      await one();
    } catch (thrown) {
      if (!gone()) throw thrown;
    }
  }
}

const asked = (shop: string, at: number) => ({ id: 'asked', at, shop, distance: 12 });

test('nothing that was acknowledged is lost to kill -9', async () => {
  let url = await start(DELAYS[0] as number);
  const kills = await deepRun({ name: 'kills of a serving process', full: 100 }, async (draws, index) => {
    const began = Date.now();
    const delay = DELAYS[index % DELAYS.length] as number;
    let dead = false;
    const gone = () => dead;
    const fresh: string[] = [];
    let batches = 0;
    const predict = () =>
      until(gone, async () => {
        const rows = Array.from({ length: 1 + draws.below(20) }, () => asked(`S${draws.below(30)}`, Date.now()));
        const { predictions } = await post<{ predictions: { id: string }[] }>(`${url}/v1/models/orders/predict`, { rows });
        const now = performance.now();
        for (const { id } of predictions) {
          known.predictions.set(id, now);
          fresh.push(id);
        }
      });
    const label = () =>
      until(gone, async () => {
        const ids = fresh.splice(0, 1 + draws.below(5));
        if (ids.length === 0) return new Promise((resolve) => setTimeout(resolve, 1));
        const labels = ids.map((id) => ({ id, label: draws.next() < 0.5 ? 'true' : 'false' }));
        await post(`${url}/v1/models/orders/labels`, { labels });
        for (const id of ids) known.labels.add(id);
        return undefined;
      });
    const push = () =>
      until(gone, async () => {
        const batch = `b${index}-${batches++}`;
        const rows = Array.from({ length: 1 + draws.below(8) }, (_, i) => ({
          id: `${batch}-${i}`,
          at: Date.now() - 1000,
          shop: SHOP,
          distance: 3,
          hours: 1,
          late: false,
        }));
        known.rowsSent += rows.length;
        await post(`${url}/v1/sources/orders/rows`, { batch, rows });
        known.pushes.set(batch, rows);
        known.rowsAcknowledged += rows.length;
      });
    const serving = child as ChildProcess;
    const end = ended(serving);
    const traffic = Promise.all([predict(), predict(), predict(), label(), label(), push(), push()]);
    // Some live long enough to answer ahead of their writes, where the machine is quiet enough for that.
    const life = (index % 10 === 2 ? 5200 : 50) + draws.below(600);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, life)), traffic]);
    const killed = performance.now();
    dead = true;
    serving.kill('SIGKILL');
    expect((await end).code).toBe(null);
    await traffic;

    // What the files hold, before anybody writes to them again.
    const store = await openStore(join(folder.dir, 'store'), { clock: systemClock, readOnly: true });
    const logged = new Set<string>();
    for await (const batch of readPredictions(store.events, 'orders', { by: 'time', from: began - 1000 }))
      for (const id of textsOf(batch, 'id')) logged.add(id);
    const labelled = new Set<string>();
    for await (const { labels } of readLabels(store.events, 'orders', began - 1000))
      for (const each of labels) if ('id' in each.label) labelled.add(each.label.id);
    await store.close();
    for (const [id, answered] of known.predictions)
      if (!logged.has(id)) {
        if (answered < killed - delay) lost.predictions++;
        else lost.young++;
      }
    for (const id of known.labels) if (!labelled.has(id)) lost.labels++;
    totals.predictions += known.predictions.size;
    totals.labels += known.labels.size;
    totals.pushes += known.pushes.size;
    known.predictions.clear();
    known.labels.clear();

    url = await start(DELAYS[(index + 1) % DELAYS.length] as number);
    for (const [batch, rows] of known.pushes) {
      const answer = await post<{ repeated?: boolean }>(`${url}/v1/sources/orders/rows`, { batch, rows });
      if (answer.repeated !== true) lost.pushes++;
    }
    known.pushes.clear();
    const { predictions } = await post<{ predictions: { id: string }[] }>(`${url}/v1/models/orders/predict`, {
      rows: [asked(SHOP, Date.now())],
    });
    const count = await countOf(predictions[0]?.id as string);
    // A push that was written and not yet acknowledged may count as well.
    expect(count).toBeGreaterThanOrEqual(known.rowsAcknowledged);
    expect(count).toBeLessThanOrEqual(known.rowsSent);
    known.rowsAcknowledged = count;
    known.rowsSent = count;
    const { truth } = (await (await fetch(`${url}/v1/models/orders/status`)).json()) as { truth: Record<string, number> };
    // Every label sent by id was of a prediction that had been answered, and meets it again.
    expect(truth['joined']).toBeGreaterThanOrEqual(totals.labels - lost.labels);
    expect(lost).toMatchObject({ predictions: 0, labels: 0, pushes: 0 });
  });
  console.log(
    `${kills} kills: of ${totals.predictions} predictions ${lost.predictions} older than the delay are lost and ${lost.young} younger ones; ` +
      `of ${totals.labels} labels ${lost.labels}, of ${totals.pushes} pushes ${lost.pushes}; ` +
      `started again in at most ${Math.round(Math.max(...starts))} ms`,
  );
  expect(totals.labels).toBeGreaterThan(0);
  expect(totals.pushes).toBeGreaterThan(0);
});

/** The number of orders that a prediction counted in its window. */
async function countOf(id: string): Promise<number> {
  for (;;) {
    const store = await openStore(join(folder.dir, 'store'), { clock: systemClock, readOnly: true });
    try {
      for await (const batch of readPredictions(store.events, 'orders', { by: 'time', from: Date.now() - 60_000 }))
        for (let row = 0; row < batch.rows; row++) {
          const values = rowAt(batch, row);
          if (values['id'] === id) return Number(values['feature.shop_orders_7d']);
        }
    } finally {
      await store.close();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function textsOf(batch: Frame, name: string): string[] {
  const column = columnOf(batch, name);
  return column.kind === 'string' ? Array.from(column.codes, (code) => column.dictionary[code] as string) : [];
}
