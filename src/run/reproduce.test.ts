import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ContentHash } from '../base/hash.js';
import { reproduce } from './reproduce.js';
import { makeOrders, type OrdersHouse, ordersCsv, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';

const orders = makeOrders(70, 75);
const plan = ordersPlan();
const houses: OrdersHouse[] = [];
const trained = async (asOf?: number) => {
  const at = await ordersHouse(orders);
  houses.push(at);
  const outcome = await trainSystem(
    { plan, baseDir: at.dir, definition: [], alias: 'champion', because: 'A test.', ...(asOf === undefined ? {} : { asOf }) },
    at.workspace,
  );
  const version = await at.workspace.models.resolve('orders');
  const [file] = (await at.workspace.snapshots.get(version.snapshots[0] as ContentHash)).files;
  return { at, outcome, kept: await at.workspace.store.artifacts.pathOf(file?.artifact as ContentHash) };
};
afterAll(() => Promise.all(houses.map((each) => each.close())));

describe('reproduce', () => {
  test('ends in the very same bytes', async () => {
    const { at, outcome } = await trained();
    const again = await reproduce('orders:1', at.workspace);
    expect(again).toMatchObject({ identical: true, hash: outcome.model.hash, made: outcome.model.hash, differences: [] });
  });

  test('does so for a version that was trained as of a moment', async () => {
    const { at } = await trained(Date.UTC(2024, 2, 12));
    expect(await reproduce('orders@champion', at.workspace)).toMatchObject({ identical: true });
  });

  test('needs nothing but the store: the file may be gone or hold something else', async () => {
    const { at } = await trained();
    at.write(orders.map((order) => ({ ...order, late: !order.late })));
    expect(await reproduce('orders:1', at.workspace)).toMatchObject({ identical: true });
    rmSync(join(at.dir, 'orders.csv'));
    expect(await reproduce('orders:1', at.workspace)).toMatchObject({ identical: true });
  });

  test('refuses a copy that was tampered with', async () => {
    const { at, kept } = await trained();
    chmodSync(kept, 0o644);
    writeFileSync(kept, ordersCsv(orders.map((order, i) => (i === 2500 ? { ...order, late: !order.late } : order))));
    const outcome = await reproduce('orders:1', at.workspace).catch((thrown: unknown) => thrown);
    expect(outcome).toMatchObject({ code: 'MW_ARTIFACT_CORRUPT' });
  });

  test('says what differs when another file took the place of a lost copy', async () => {
    const { at, kept } = await trained();
    rmSync(kept);
    expect(await reproduce('orders:1', at.workspace)).toMatchObject({ identical: true });
    rmSync(kept, { force: true });
    at.write(orders.map((order) => ({ ...order, late: !order.late })));
    const outcome = await reproduce('orders:1', at.workspace);
    expect(outcome.identical).toBe(false);
    expect(outcome.differences.join(' ')).toContain('snapshot');
    expect(readFileSync(join(at.dir, 'orders.csv'), 'utf8')).toContain('o0');
  });

  test('knows no version that is not there', async () => {
    const { at } = await trained();
    await expect(reproduce('orders:9', at.workspace)).rejects.toMatchObject({ code: 'MW_REGISTRY_VERSION_UNKNOWN' });
    await expect(reproduce('nothing', at.workspace)).rejects.toMatchObject({ code: 'MW_REGISTRY_MODEL_UNKNOWN' });
  });
});
