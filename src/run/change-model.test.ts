import { afterAll, beforeAll, expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { deletable, deleteVersion, pointAlias, takeAlias } from './change-model.js';
import { makeOrders, type OrdersHouse, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';
import type { Workspace } from './workspace.js';

let house: OrdersHouse;
let ann: Workspace;
beforeAll(async () => {
  house = await ordersHouse(makeOrders(40, 75));
  ann = { ...house.workspace, by: 'ann' };
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
      ann,
    );
  await train(1);
  await train(2);
}, 60_000);
afterAll(() => house.close());

const refusal = async (work: Promise<unknown>) => {
  const thrown: unknown = await work.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(thrown instanceof MillwrightError)) throw new Error(`not refused: ${String(thrown)}`);
  return thrown.toText();
};
const last = async () => (await ann.audit.list({ limit: 1 }))[0];
const because = 'tried';

test('who trained it is on record', async () => {
  const made = await ann.audit.list({ action: 'model.register' });
  expect(made.map(({ actor }) => actor)).toEqual(['ann', 'ann']);
});

test('a misspelt alias is refused with the one that was meant, and a new one is made when it is said to be new', async () => {
  const text = await refusal(pointAlias('orders:2', 'champoin', { because, fresh: false }, ann));
  expect(text).toMatch(/MW_REGISTRY_ALIAS_UNKNOWN[\s\S]*Did you mean 'champion'\?[\s\S]*--new/);
  await pointAlias('orders:2', 'challenger', { because, fresh: false }, ann);
  expect(await refusal(pointAlias('orders:2', 'staging', { because, fresh: false }, ann))).toContain('--new');
  expect((await pointAlias('orders:2', 'staging', { because, fresh: true }, ann)).aliases).toContain('staging');
  expect(await last()).toMatchObject({ actor: 'ann', action: 'alias.move', subject: 'orders@staging', reason: because });
  // What some model has is no new name.
  expect((await pointAlias('orders:1', 'staging', { because, fresh: false }, ann)).aliases).toContain('staging');
});

test('an alias is taken away by its name, and one that is not there is refused', async () => {
  expect(await refusal(takeAlias('orders', 'stagin', because, ann))).toMatch(/Did you mean 'staging'/);
  await takeAlias('orders', 'staging', because, ann);
  expect(await last()).toMatchObject({ action: 'alias.move', subject: 'orders@staging', figures: { from: 1, to: null } });
  expect(await refusal(takeAlias('orders', 'staging', because, ann))).toMatch(/MW_REGISTRY_ALIAS_UNKNOWN/);
});

test('a version is deleted by its number only, never under an alias, and stays on record', async () => {
  expect(await refusal(deleteVersion('orders', because, ann))).toMatch(/MW_REGISTRY_REFERENCE_INVALID[\s\S]*customers:3/);
  expect(await refusal(deleteVersion('orders@champion', because, ann))).toMatch(/MW_REGISTRY_REFERENCE_INVALID/);
  await takeAlias('orders', 'challenger', because, ann);
  const champion = await ann.models.resolve('orders');
  expect(await refusal(deleteVersion(champion.id, because, ann))).toMatch(/MW_REGISTRY_ALIASED[\s\S]*--unalias champion/);
  const other = champion.version === 1 ? 'orders:2' : 'orders:1';
  expect((await deletable(other, ann.models)).id).toBe(other);
  expect((await ann.models.versions('orders')).length).toBe(2);
  await deleteVersion(other, because, ann);
  expect((await ann.models.versions('orders')).map(({ id }) => id)).toEqual([champion.id]);
  expect(await last()).toMatchObject({ actor: 'ann', action: 'model.delete', subject: other, reason: because });
  expect(await refusal(deleteVersion(other, because, ann))).toMatch(/MW_REGISTRY_VERSION_UNKNOWN.*was deleted/);
});
