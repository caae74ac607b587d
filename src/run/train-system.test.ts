import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { SystemPlan } from '../define/plan.js';
import { readSources } from './read-sources.js';
import { makeOrders, type OrdersHouse, ordersHouse, ordersPlan } from './testing/orders.js';
import { type TrainSystemInput, trainSystem } from './train-system.js';

const orders = makeOrders(70, 75);
const plan = ordersPlan();
const houses: OrdersHouse[] = [];
const house = async (content = orders) => {
  const made = await ordersHouse(content);
  houses.push(made);
  return made;
};
afterAll(() => Promise.all(houses.map((each) => each.close())));

const trainIn = (at: OrdersHouse, given: Partial<TrainSystemInput> = {}) =>
  trainSystem({ plan, baseDir: at.dir, definition: [], alias: 'champion', because: 'A test.', ...given }, at.workspace);
const reusedOf = ({ steps }: Awaited<ReturnType<typeof trainIn>>) =>
  Object.fromEntries(steps.map(({ name, reused }) => [name, reused]));

describe('trainSystem', async () => {
  const at = await house();
  const first = await trainIn(at);

  test('registers a version with figures, gates and a report', async () => {
    expect(first).toMatchObject({ rows: orders.length, features: plan.features.length, accepted: true, aliases: ['champion'] });
    expect(first.model).toMatchObject({ name: 'orders', version: 1 });
    expect(first.test?.['auc']).toBeGreaterThan(0.7);
    expect(first.candidates.map(({ name }) => name).sort()).toEqual(['gbdt', 'logistic']);
    expect(first.gates).toHaveLength(1);
    expect(first.gates[0]).toMatchObject({ passed: true, figure: first.test?.['auc'] });
    const version = await at.workspace.models.resolve('orders');
    expect(version.pipeline).toBe(first.model.hash);
    expect(version.metrics['test']).toEqual(first.test);
    expect(version.snapshots).toHaveLength(1);
    const snapshot = await at.workspace.snapshots.get(version.snapshots[0] as `sha256:${string}`);
    expect(snapshot.rows).toBe(orders.length);
  });

  test('does nothing again when nothing has changed, here or in another store', async () => {
    expect(reusedOf(first)).toEqual({ train: false, evaluate: false, report: false });
    const again = await trainIn(at);
    expect(reusedOf(again)).toEqual({ train: true, evaluate: true, report: true });
    expect(again.model).toEqual(first.model);
    expect(again.test).toEqual(first.test);
    expect(again.report).toBe(first.report);
    const elsewhere = await trainIn(await house());
    expect(elsewhere.model).toEqual(first.model);
    expect(elsewhere.test).toEqual(first.test);
  });

  test('writes the report again, and nothing else, when only the code of the definition has changed', async () => {
    const definition = join(at.dir, 'orders.system.ts');
    writeFileSync(definition, '// The same system, with another comment.');
    const again = await trainIn(at, { definition: [definition], alias: null });
    expect(reusedOf(again)).toEqual({ train: true, evaluate: true, report: false });
    expect(readFileSync(again.report, 'utf8')).not.toBe(readFileSync(first.report, 'utf8'));
    expect(again.model).toMatchObject({ hash: first.model.hash, version: 2 });
  });

  test('judges again, and does not train again, when only a gate has changed', async () => {
    const strict: SystemPlan = {
      ...plan,
      accept: [{ kind: 'gate', gate: 'metric', metric: 'auc', low: 0.999, high: null }],
    };
    const refused = await trainIn(at, { plan: strict });
    expect(reusedOf(refused)).toEqual({ train: true, evaluate: false, report: false });
    expect(refused.model.hash).toBe(first.model.hash);
    expect(refused).toMatchObject({ accepted: false, model: { version: 3 }, aliases: [] });
    const audit = await at.workspace.audit.list({ action: 'gate.refuse' });
    expect(audit.map(({ subject }) => subject)).toEqual(['orders:3']);
    expect((await at.workspace.models.resolve('orders@champion')).version).toBe(1);
  });

  test('does everything again when the data have changed', async () => {
    const changed = await house();
    const before = await trainIn(changed);
    changed.write(orders.map((order, i) => (i === 2000 ? { ...order, late: !order.late } : order)));
    const after = await trainIn(changed);
    expect(reusedOf(after)).toEqual({ train: false, evaluate: false, report: false });
    expect(after.model.version).toBe(2);
    expect(after.model.hash).not.toBe(before.model.hash);
  });

  test('learns nothing from what was not known by the moment it is asked as of', async () => {
    const asOf = Date.UTC(2024, 2, 5);
    const knownBy = ({ at: moment, hours }: (typeof orders)[number]) => moment + hours * 3_600_000 <= asOf;
    const short: SystemPlan = {
      ...plan,
      train: { ...plan.train, split: { ...plan.train.split, to: asOf } as SystemPlan['train']['split'] },
    };
    const then = await trainIn(await house(), { plan: short, asOf });
    const later = orders.map((order) =>
      knownBy(order) ? order : { ...order, late: !order.late, distance: 31 - order.distance },
    );
    const changed = later.filter((order, i) => order !== orders[i]).length;
    expect(changed).toBeGreaterThan(500);
    const otherFuture = await trainIn(await house(later), { plan: short, asOf });
    expect(otherFuture.model.hash).toBe(then.model.hash);
    expect(otherFuture.test).toEqual(then.test);
    const noFuture = await trainIn(await house(orders.filter(knownBy)), { plan: short, asOf });
    expect(noFuture.model.hash).toBe(then.model.hash);
    const seeing = await trainIn(await house(later), { plan: short });
    expect(seeing.test).not.toEqual(then.test);
  });

  test('takes sources that were read before', async () => {
    const sources = await readSources(plan, at.dir, at.workspace);
    const again = await trainIn(at, { sources });
    expect(again.model.version).toBe(1);
  });

  test('says in the run what it ended in, also when it failed', async () => {
    const failing = await house();
    failing.write('id,at,shop,distance,hours,late\n');
    await expect(trainIn(failing)).rejects.toMatchObject({ code: expect.stringMatching(/^MW_/) });
    const runs = await failing.workspace.runs.search({ system: 'orders' });
    expect(runs.map(({ status }) => status)).toEqual(['failed']);
    expect(await failing.workspace.models.list()).toEqual([]);
  });
});
