import { afterAll, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { type Frame, rowAt } from '../frame/frame.js';
import { readSources } from './read-sources.js';
import { reproduce } from './reproduce.js';
import { openQuarantine } from './review-quarantine.js';
import { FIRST, HEADER, makeOrders, type OrdersHouse, orderLine, ordersHouse, ordersPlan } from './testing/orders.js';
import { trainSystem } from './train-system.js';
import { atClock } from './workspace.js';

const orders = makeOrders(70, 75);
const plan = ordersPlan();
const lines = orders.map(orderLine);
/** Three rows go bad: a distance beyond all, a shop that is none, and a time that cannot be read. */
const BAD = [3000, 3500, 4000] as const;
const broken = lines.map((line, i) => {
  const { distance, shop, at } = orders[i] as (typeof orders)[number];
  if (i === BAD[0]) return line.replace(`,${distance},`, ',999,');
  if (i === BAD[1]) return line.replace(`,${shop},`, ',nowhere,');
  if (i === BAD[2]) return line.replace(new Date(at).toISOString(), 'yesterday');
  return line;
});
const file = `${[HEADER, ...broken].join('\n')}\n`;

const houses: OrdersHouse[] = [];
const house = async (content: string) => {
  const made = await ordersHouse(content, new SimulatedClock(FIRST + 200 * 86_400_000));
  houses.push(made);
  return made;
};
afterAll(() => Promise.all(houses.map((each) => each.close())));
const trainIn = ({ dir, workspace }: OrdersHouse) =>
  trainSystem({ plan, baseDir: dir, definition: [], alias: 'champion', because: 'A test.' }, workspace);

describe('the quarantine of a run', async () => {
  const at = await house(file);
  const quarantine = openQuarantine(at.workspace);
  const first = await trainIn(at);
  const snapshotOf = async (version: number) => (await at.workspace.models.get('orders', version)).snapshots[0];

  test('holds the bad rows with their reasons, once however often they are read', async () => {
    expect(first.rows).toBe(orders.length - 3);
    expect(first.warnings.join(' ')).toContain('3 rows');
    const states = await quarantine.list();
    expect(states).toHaveLength(3);
    const reasons = states.map(({ entry }) => entry.reasons.join(' '));
    expect(reasons.some((reason) => reason.includes("'distance' is between 1 and 100"))).toBe(true);
    expect(reasons.some((reason) => reason.includes("'shop' matches"))).toBe(true);
    expect(reasons.some((reason) => /at is '.*', not an ISO 8601 moment/.test(reason))).toBe(true);
    const again = await trainIn(at);
    expect(again.model).toEqual(first.model);
    expect(await quarantine.list()).toHaveLength(3);
  });

  test('gives fixed rows back at the next training, and dropped ones never', async () => {
    const of = async (text: string) =>
      (await quarantine.list()).find(({ entry }) => entry.reasons.join(' ').includes(text))?.entry.id as string;
    await quarantine.resolve(await of('distance'), { as: 'fixed', values: { distance: orders[BAD[0]]?.distance ?? 1 } }, 'ann');
    await quarantine.resolve(await of('shop'), { as: 'dropped' }, 'ann');
    const second = await trainIn(at);
    expect(second.rows).toBe(first.rows + 1);
    expect(second.model.version).toBe(2);
    expect(second.warnings).toContain("1 row of 'orders' is in the quarantine.");
    expect(await snapshotOf(2)).not.toBe(await snapshotOf(1));
    expect(second.steps.find(({ name }) => name === 'train')?.reused).toBe(false);
    const third = await trainIn(at);
    expect(third.model).toEqual(second.model);
    expect(third.rows).toBe(second.rows);
    const { frame } = (await readSources(plan, at.dir, at.workspace))['orders'] ?? {};
    const rows = Array.from({ length: frame?.rows ?? 0 }, (_, row) => rowAt(frame as Frame, row));
    const distances = new Map(rows.map(({ id, distance }) => [id, distance]));
    expect(distances.size).toBe(second.rows);
    expect(distances.get(`o${BAD[0]}`)).toBe(orders[BAD[0]]?.distance);
    expect(distances.has(`o${BAD[1]}`) || distances.has(`o${BAD[2]}`)).toBe(false);
  });
});

describe('a version trained on a fixed row', () => {
  test('is made again with it, whatever the clock says and whatever became of the fix', async () => {
    const at = await house(file);
    const quarantine = openQuarantine(at.workspace);
    await readSources(plan, at.dir, at.workspace);
    const wrong = (await quarantine.list()).find(({ entry }) => entry.reasons.join(' ').includes('distance'))?.entry
      .id as string;
    await quarantine.resolve(wrong, { as: 'fixed', values: { distance: 7 } }, 'ann');
    const sources = await readSources(plan, at.dir, at.workspace);
    // A replay trains on the clock of the past it plays.
    const past = atClock(at.workspace, new SimulatedClock(FIRST));
    const input = { plan, baseDir: at.dir, definition: [], sources, alias: null, because: 'As in a replay.' } as const;
    await trainSystem(input, past);
    const same = { identical: true, differences: [] };
    expect(await reproduce('orders', at.workspace)).toMatchObject(same);
    await quarantine.resolve(wrong, { as: 'fixed', values: { distance: 30 } }, 'bob');
    expect(await reproduce('orders', at.workspace)).toMatchObject(same);
  });
});
