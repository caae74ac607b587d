import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SystemPlan } from '../../define/plan.js';
import { type Column, valueAt } from '../../frame/column.js';
import { loadPipeline } from '../../pipeline/make-pipeline.js';
import type { Pipeline } from '../../pipeline/pipeline.js';
import { type Exported, exportModel } from '../export-model.js';
import { makeOrders, ordersHouse, ordersPlan } from '../testing/orders.js';
import { trainSystem } from '../train-system.js';
import { knownRows } from './known-rows.js';
import type { MeasuredLoss } from './module-loss.js';

const house = await ordersHouse(makeOrders(70, 75));
const dir = mkdtempSync(join(tmpdir(), 'millwright-module-'));
afterAll(async () => {
  await house.close();
  rmSync(dir, { recursive: true });
});

const plan: SystemPlan = (() => {
  const whole = ordersPlan();
  return {
    ...whole,
    train: { ...whole.train, candidates: whole.train.candidates.filter(({ estimator }) => estimator === 'gbdt') },
  };
})();
let pipeline: Pipeline;
beforeAll(async () => {
  const { workspace, dir: baseDir } = house;
  await trainSystem({ plan, baseDir, definition: [], alias: 'champion', because: 'A test.' }, workspace);
  const { pipeline: hash } = await workspace.models.resolve('orders');
  pipeline = loadPipeline(await workspace.store.artifacts.get(hash));
}, 60_000);

const exported = (options: Readonly<Record<string, unknown>> = {}): Promise<Exported> =>
  exportModel('orders', { to: 'module', rows: null, options }, house.workspace);
let files = 0;
async function imported(content: unknown) {
  const path = join(dir, `m${files++}.mjs`);
  writeFileSync(path, content as string);
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as {
    predict(request: unknown): { prediction: string; probability: number };
    check(request: unknown): { message: string }[];
    describe(): {
      inputs: { name: string; from: string; says: string | null; used: boolean; required: boolean }[];
      loss: unknown;
    };
  };
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'exported',
    (thrown: { code: string; message: string }) => `${thrown.code}: ${thrown.message}`,
  );

/** Requests of the rows that the store keeps, with what the server would have found in its history. */
async function requestsOf(rows: number) {
  const known = await knownRows(await house.workspace.models.resolve('orders'), house.workspace);
  const columns = { ...known.table.columns, ...known.spine.columns } as Readonly<Record<string, Column>>;
  const names = Object.keys(columns).filter((name) => !['hour', 'weekday', 'trend'].includes(name));
  const expected = pipeline.predict(known.table);
  const step = Math.floor(known.table.rows / rows);
  return Array.from({ length: rows }, (_, i) => ({
    request: Object.fromEntries(names.map((name) => [name, valueAt(columns[name] as Column, i * step)])),
    expected: expected[i * step],
  }));
}

describe('a module of a model that looks back on history', () => {
  test('takes what the server would have looked up as inputs, and answers to the bit', async () => {
    const { content, notes, loss, inputs } = await exported();
    const module = await imported(content);
    expect(loss).toMatchObject({ largest: 0 });
    const windows = module.describe().inputs.filter(({ from }) => from === 'window');
    expect(windows.map(({ name }) => name)).toContain('shop_lateRate_24h');
    expect(windows.find(({ name }) => name === 'shop_lateRate_24h')).toMatchObject({
      used: true,
      required: true,
      says: 'mean of number(late) over 24h of orders by shop, null when nothing is known',
    });
    expect(notes[0]).toContain("A module has no history: 'shop_orders_24h'");
    expect(inputs).toEqual(['at', 'distance', 'id', 'shop', ...windows.map(({ name }) => name)]);
    let missing = 0;
    for (const { request, expected } of await requestsOf(400)) {
      if (Object.values(request).includes(null)) missing++;
      expect(module.predict(request).probability).toBe(expected);
    }
    expect(missing).toBeGreaterThan(3);
  });

  test('refuses a request that forgets one of them, and needs no key of the history', async () => {
    const module = await imported((await exported()).content);
    const request: Record<string, unknown> = (await requestsOf(1))[0]?.request ?? {};
    const { shop_lateRate_7d: _, ...without } = request;
    expect(() => module.predict(without)).toThrow("'shop_lateRate_7d' is required and not there: mean of number(late) over 7d");
    const { id: _id, shop: _shop, ...unkeyed } = request;
    expect(module.predict(unkeyed)).toEqual(module.predict(request));
    expect(module.describe().inputs.find(({ name }) => name === 'shop')).toMatchObject({ used: false, required: false });
    // What the contract says of them holds when they are given.
    expect(() => module.predict({ ...request, shop: 'x' })).toThrow("'shop' matches");
  });

  test('has types that tell which numbers they are', async () => {
    const types = (await exported()).beside?.['.d.ts'] ?? '';
    expect(types).toContain(
      '  /** mean of number(late) over 24h of orders by shop, null when nothing is known. */\n  readonly "shop_lateRate_24h": number | null;',
    );
    expect(types).toContain('  /** Not used by the model. */\n  readonly "shop"?: string | null;');
    expect(types).toContain('readonly prediction: "false" | "true";');
  });
});

describe('size', () => {
  const sizeOf = ({ content }: Exported) => Buffer.byteLength(content as string);
  const lossOf = ({ figures }: Exported) => figures?.['givenUp'] as MeasuredLoss;

  test('is given up exactness for, and the loss is told as it is measured on test rows', async () => {
    const whole = await exported();
    const small = await exported({ leafBits: '16', prune: 0.2 });
    expect(lossOf(whole)).toBeNull();
    expect(sizeOf(small)).toBeLessThan(sizeOf(whole) - 1000);
    const loss = lossOf(small);
    expect(loss).toMatchObject({ on: 'test', metric: 'auc', leafBits: 16, prune: 0.2 });
    expect(loss.largest).toBeGreaterThan(0);
    expect(small.notes.find((note) => note.startsWith('Given up for size'))).toMatch(
      /leaves rounded to 16 bits and 20 % of the leaves pruned\. On \d+ test rows: auc 0\.\d+ before, 0\.\d+ after; outputs differ by at most /,
    );
    const module = await imported(small.content);
    expect(module.describe().loss).toEqual({ prune: 0.2, leafBits: 16 });
    const away = (await requestsOf(200)).map(({ request, expected }) =>
      Math.abs(module.predict(request).probability - (expected ?? 0)),
    );
    expect(Math.max(...away)).toBeGreaterThan(0);
    expect(Math.max(...away)).toBeLessThanOrEqual(small.loss?.largest ?? 0);
  });

  test('within a budget is refused with what would fit, or found by giving up as little as it needs', async () => {
    const whole = sizeOf(await exported());
    expect(sizeOf(await exported({ maxBytes: whole }))).toBe(whole);
    expect(await codeOf(exported({ maxBytes: whole - 2000 }))).toMatch(
      /^MW_EXCHANGE_TOO_LARGE: The module has \d+ bytes, the budget is \d+. It would fit with .* % of the leaves pruned \(\d+ bytes\), or leaves rounded to 16 bits \(\d+ bytes\)/,
    );
    expect(await codeOf(exported({ shrink: true }))).toMatch(/^MW_OPTION_INVALID/);
    const fitted = await exported({ maxBytes: whole - 2000, shrink: true });
    expect(sizeOf(fitted)).toBeLessThanOrEqual(whole - 2000);
    expect(lossOf(fitted)).toMatchObject({ leafBits: 16, prune: 0 });
    const refused = await codeOf(exported({ maxBytes: 1000, shrink: true }));
    expect(refused).toMatch(/^MW_EXCHANGE_TOO_LARGE: .* without any trees it would have \d+\./);
    const budget = Number(/would have (\d+)/.exec(refused)?.[1]) + 2200;
    const tight = await exported({ maxBytes: budget, shrink: true });
    expect(sizeOf(tight)).toBeLessThanOrEqual(budget);
    expect(lossOf(tight).prune).toBeGreaterThan(0);
  });
});

test('there is no loss without rows to measure it on, nor of what has no leaves', async () => {
  const { workspace } = house;
  const { importModel } = await import('../import-model.js');
  const text = (await exportModel('orders', { to: 'lightgbm', rows: null, options: {} }, workspace)).content;
  const file = join(dir, 'model.txt');
  writeFileSync(file, text);
  await importModel(file, { name: 'elsewhere', features: null }, workspace);
  const given = (options: Readonly<Record<string, unknown>>) =>
    exportModel('elsewhere', { to: 'module', rows: null, options }, workspace);
  expect(await given({})).toMatchObject({ loss: null, content: expect.stringContaining('goesLeft') });
  expect(await codeOf(given({ leafBits: '8' }))).toMatch(/^MW_EXCHANGE_UNMEASURED/);
});
