import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { lineLog } from '../base/log.js';
import { type Listening, serveTogether } from './serve-registered.js';
import { FIRST, makeOrders, type OrdersHouse, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';

const HOUR = 3_600_000;
const NOW = FIRST + 75 * 24 * HOUR;
const plan = ordersPlan();
const said: string[] = [];
let house: OrdersHouse;
let served: Listening;
beforeAll(async () => {
  house = await ordersHouse(makeOrders(70, 75), new SimulatedClock(NOW));
  const workspace = { ...house.workspace, log: lineLog((line) => said.push(line)) };
  for (const name of ['orders', 'twin'])
    await trainSystem(
      { plan: { ...plan, name }, baseDir: house.dir, definition: [], alias: 'champion', because: 'A test.' },
      workspace,
    );
  served = await serveTogether(['orders', 'twin@champion'], 0, workspace);
}, 60_000);
afterAll(async () => {
  await served.close();
  await house.close();
});

const post = async (path: string, body: unknown): Promise<any> => {
  const headers = { 'content-type': 'application/json' };
  return (await fetch(`${served.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
};

test('two systems over one source are both served, and both are fed by what is pushed', async () => {
  const ask = async (model: string) => {
    const rows = [{ id: 'asked', at: NOW + 2 * HOUR, shop: 'S3', distance: 12 }];
    return (await post(`/v1/models/${model}/predict`, { rows })).predictions[0].probability as number;
  };
  const before = await Promise.all(['orders', 'twin'].map(ask));
  expect(before[0]).toBe(before[1]);
  const order = (index: number, distance: number) => ({
    id: `n${index}`,
    at: NOW + index * 60_000,
    shop: 'S3',
    distance,
    hours: 1,
    late: true,
  });
  const rows = [...Array.from({ length: 40 }, (_, i) => order(i, 9)), order(99, 999)];
  const pushed = await post('/v1/sources/orders/rows', { batch: 'first', rows });
  expect(pushed).toMatchObject({ source: 'orders', accepted: 40 });
  expect(pushed.quarantined).toHaveLength(1);
  expect(pushed.quarantined[0].reason).toMatch(/^orders: .* twin: /);
  const after = await Promise.all(['orders', 'twin'].map(ask));
  expect(after[0]).toBe(after[1]);
  expect(after[0]).not.toBe(before[0]);
});

test('the page of a model shows what was done to it, and not what was done to others', async () => {
  for (const model of ['orders', 'twin']) {
    const { audit } = (await (await fetch(`${served.url}/v1/models/${model}/status`)).json()) as {
      audit: { subject: string }[];
    };
    expect(audit.length).toBeGreaterThan(1);
    for (const { subject } of audit) expect(subject).toMatch(new RegExp(`^${model}[:@]`));
  }
});

test('a definition that retrains says at start that a server does not', () => {
  expect(said.filter((line) => line.includes('not retrained here'))).toEqual([
    expect.stringContaining("'orders'"),
    expect.stringContaining("'twin'"),
  ]);
});

test('one model is served once', async () => {
  await expect(serveTogether(['orders', 'orders:1'], 0, house.workspace)).rejects.toMatchObject({
    code: 'MW_OPTION_INVALID',
    message: expect.stringMatching(/'orders' and 'orders:1' both name the model 'orders'/),
  });
});
