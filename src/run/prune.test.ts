import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { MillwrightError } from '../base/error.js';
import { readPredictions } from '../serve/prediction-reader.js';
import { deleteVersion } from './change-model.js';
import { prune } from './prune.js';
import { reproduce } from './reproduce.js';
import { serveRegistered } from './serve-registered.js';
import { FIRST, makeOrders, type OrdersHouse, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';
import type { Workspace } from './workspace.js';

const DAY = 86_400_000;
const NOW = FIRST + 75 * DAY;
const clock = new SimulatedClock(NOW);
let house: OrdersHouse;
let workspace: Workspace;
const plan = ordersPlan();
const train = (seed: number) =>
  trainSystem(
    {
      plan: { ...plan, train: { ...plan.train, search: { ...plan.train.search, seed } } },
      baseDir: house.dir,
      definition: [],
      alias: 'champion',
      because: 'A test.',
    },
    workspace,
  );
beforeAll(async () => {
  house = await ordersHouse(makeOrders(60, 75), clock);
  workspace = { ...house.workspace, by: 'ann' };
  await train(1);
  await train(2);
}, 60_000);
afterAll(() => house.close());

/** Makes everything that is stored so many days older. */
function age(days: number): void {
  for (const folder of ['artifacts', 'events'])
    for (const name of readdirSync(join(workspace.store.dir, folder), { recursive: true }) as string[])
      if (/\.log$|[0-9a-f]{62}$/.test(name)) {
        const at = new Date(Date.now() - days * DAY);
        utimesSync(join(workspace.store.dir, folder, name), at, at);
      }
}

async function predicted(): Promise<string[]> {
  const ids: string[] = [];
  for await (const batch of readPredictions(workspace.store.events, 'orders', { by: 'time' })) {
    const column = batch.columns['request.id'];
    if (column?.kind === 'string') for (const code of column.codes) ids.push(column.dictionary[code] as string);
  }
  return ids;
}

async function ask(ids: readonly string[]): Promise<void> {
  const served = await serveRegistered('orders', 0, workspace);
  const rows = ids.map((id) => ({ id, at: NOW, shop: 'S3', distance: 12 }));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${served.url}/v1/models/orders/predict`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ rows }),
  });
  expect(response.status).toBe(200);
  await served.close();
}

const text = async (work: Promise<unknown>) => {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof MillwrightError ? thrown.toText() : String(thrown);
};

test('what is older is shown, and nothing is done until it is said', async () => {
  await ask(['a1', 'a2']);
  // The segment is ended by the first pruning, so that a later one can let go of it.
  expect((await prune({ predictions: 90 * DAY }, true, workspace)).freed).toBe(0);
  age(100);
  await ask(['b1']);
  const shown = await prune({ predictions: 90 * DAY }, false, workspace);
  expect(shown.done).toBe(false);
  expect(shown.freed).toBeGreaterThan(0);
  expect(shown.parts.map(({ name }) => name)).toContain('predictions.orders');
  expect(await predicted()).toEqual(['a1', 'a2', 'b1']);
  const done = await prune({ predictions: 90 * DAY }, true, workspace);
  expect(done.freed).toBe(shown.freed);
  expect(await predicted()).toEqual(['b1']);
  expect((await workspace.audit.list({ action: 'store.prune' })).at(-1)).toMatchObject({
    actor: 'ann',
    figures: { freed: done.freed },
    reason: 'Kept: predictions of 90 days.',
  });
  // A server starts on what is left and goes on.
  await ask(['c1']);
  expect(await predicted()).toEqual(['b1', 'c1']);
  await workspace.audit.assertWhole();
}, 60_000);

test('a prediction whose label may still come cannot be let go of', async () => {
  const refusal = await text(prune({ predictions: 7 * DAY }, true, workspace));
  expect(refusal).toMatch(/MW_CLI_ARGUMENT_INVALID[\s\S]*30 days[\s\S]*a label may still come[\s\S]*--keep predictions=30d/);
});

test('what a version needs stays, what a deleted one needed goes', async () => {
  age(100);
  const champion = await workspace.models.resolve('orders');
  const other = champion.version === 1 ? 'orders:2' : 'orders:1';
  const before = await prune({ artifacts: 0 }, false, workspace);
  await deleteVersion(other, 'A test.', workspace);
  const shown = await prune({ artifacts: 0 }, false, workspace);
  expect(shown.freed).toBeGreaterThan(before.freed);
  expect((await prune({ artifacts: 200 * DAY }, true, workspace)).freed).toBe(0);
  const done = await prune({ artifacts: 0 }, true, workspace);
  expect(done.freed).toBe(shown.freed);
  expect(await prune({ artifacts: 0 }, false, workspace)).toMatchObject({ freed: 0 });
  // The champion is still served, and made again from the kept copies to the bit.
  await ask(['d1']);
  expect(await reproduce('orders', workspace)).toMatchObject({ identical: true });
  // A training whose steps were let go of does them again.
  const again = await train(champion.version === 1 ? 2 : 1);
  expect(again.steps.every(({ reused }) => reused)).toBe(false);
  expect(again.model.version).toBe(3);
}, 90_000);
