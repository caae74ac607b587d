import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { type Row, rowAt } from '../frame/frame.js';
import { readPredictions } from '../serve/prediction-reader.js';
import { openQuarantine } from './review-quarantine.js';
import { serveRegistered } from './serve-registered.js';
import { FIRST, makeOrders, type OrdersHouse, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';

const HOUR = 3_600_000;
const plan = ordersPlan();
const NOW = FIRST + 75 * 24 * HOUR;
const clock = new SimulatedClock(NOW);
let house: OrdersHouse;
let served: Awaited<ReturnType<typeof serveRegistered>>;
beforeAll(async () => {
  house = await ordersHouse(makeOrders(70, 75), clock);
  const { workspace, dir } = house;
  await trainSystem({ plan, baseDir: dir, definition: [], alias: 'champion', because: 'A test.' }, workspace);
  served = await serveRegistered('orders', 0, workspace);
}, 60_000);
afterAll(async () => {
  await served.close();
  await house.close();
});

const post = async (path: string, body: unknown) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${served.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await response.json()) as Record<string, never>;
};
const ask = async (at: number) => {
  const rows = [{ id: `asked at ${at}`, at, shop: 'S3', distance: 12 }];
  const { predictions } = await post('/v1/models/orders/predict', { rows });
  return (predictions as { probability: number; id: string }[])[0] as { probability: number; id: string };
};
const order = (index: number, at: number) => ({ id: `n${index}`, at, shop: 'S3', distance: 9, hours: 1, late: true });

describe('rows of a source that come while a model is served', () => {
  test('count from the moment they are known, bad ones go to the quarantine, and repeats do nothing', async () => {
    const before = await ask(NOW + 2 * HOUR);
    const rows = [...Array.from({ length: 30 }, (_, i) => order(i, NOW + i * 60_000)), { ...order(99, NOW), distance: 999 }];
    const pushed = await post('/v1/sources/orders/rows', { batch: 'first', rows });
    expect(pushed).toMatchObject({ accepted: 30 });
    const states = await openQuarantine(house.workspace).list({ source: 'orders' });
    expect(states.map(({ entry }) => JSON.parse(entry.raw ?? '{}').id)).toEqual(['n99']);
    const early = await ask(NOW + 0.5 * HOUR);
    const after = await ask(NOW + 2 * HOUR);
    expect(pushed).not.toHaveProperty('repeated');
    expect(await post('/v1/sources/orders/rows', { batch: 'first', rows })).toMatchObject({ accepted: 30, repeated: true });
    const other = await post('/v1/sources/orders/rows', {
      batch: 'first',
      rows: [order(7, NOW), { ...order(98, NOW), distance: 999 }],
    });
    expect(other).toMatchObject({ error: { code: 'MW_ONLINE_BATCH_CONFLICT' } });
    expect(await openQuarantine(house.workspace).list({ source: 'orders' })).toHaveLength(1);
    const repeated = await ask(NOW + 2 * HOUR);
    await served.close();
    const logged = new Map<string, Row>();
    for await (const batch of readPredictions(house.workspace.store.events, 'orders', { by: 'at' }))
      for (let row = 0; row < batch.rows; row++) logged.set(String(rowAt(batch, row)['id']), rowAt(batch, row));
    const of = ({ id }: { id: string }, name: string) => logged.get(id)?.[`feature.shop_${name}_24h`] as number;
    const count = (answer: { id: string }) => of(answer, 'orders');
    const late = (answer: { id: string }) => of(answer, 'orders') * of(answer, 'lateRate');
    // In two hours some orders of the day before have left the window.
    expect(count(after)).toBe(count(before) + 30);
    expect(count(early)).toBeLessThan(30);
    expect(count(repeated)).toBe(count(after));
    expect(repeated.probability).toBe(after.probability);
    // All pushed orders were late, and the answer is another one for it.
    expect(late(after)).toBeCloseTo(late(before) + 30, 9);
    expect(after.probability).not.toBe(before.probability);
  });
});
