import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { availability } from '../features/availability.js';
import { featureTable } from '../features/feature-table.js';
import { columnFrom } from '../frame/column.js';
import { type Frame, frame, rowAt, takeRows } from '../frame/frame.js';
import { explainRows } from './explain-rows.js';
import { knownRows } from './export/known-rows.js';
import type { SourceHistory } from './feed-history.js';
import { readSources } from './read-sources.js';
import { reproduce } from './reproduce.js';
import { scoreFile } from './score-file.js';
import { type ServedModel, serveModel } from './serve-model.js';
import { serveRegistered, serveTogether } from './serve-registered.js';
import { OPENED, type ShopHouse, shopCsv, shopHouse, shopOrders, shopPlan } from './testing/shop.js';
import { trainSystem } from './train-system.js';
import { verifyFeatures } from './verify-features.js';
import { openWorkspace } from './workspace.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PER_DAY = 30;
const SPAN = 75;
const NOW = OPENED + SPAN * DAY;
const orders = shopOrders(PER_DAY, SPAN + 20);
const untilNow = orders.slice(0, PER_DAY * SPAN);

describe.each([
  ['two sources over one file', false],
  ['three sources', true],
])('%s', (_what, visits) => {
  const plan = shopPlan(visits);
  const clock = new SimulatedClock(NOW);
  let house: ShopHouse;
  beforeAll(async () => {
    house = await shopHouse(untilNow, clock);
    const input = { plan, baseDir: house.dir, definition: [], alias: 'champion' as const, because: 'A test.' };
    await trainSystem(input, house.workspace);
  }, 60_000);
  afterAll(() => house.close());

  let starts = 0;
  const serve = async (options: { readonly catchUp?: 'all' | readonly string[] } = {}) => {
    const { workspace } = house;
    const version = await workspace.models.resolve('shop');
    const writer = `w${++starts}`;
    return serveModel(version, { ...options, clock, timer: () => performance.now(), writer }, workspace);
  };

  /** What the files hold, of each source the rows that `told` says. */
  const history = async (told: (source: string, knownAt: number) => boolean): Promise<Record<string, Frame>> => {
    const frames: Record<string, Frame> = {};
    for (const [name, { frame: table }] of Object.entries(await readSources(plan, house.dir, house.workspace))) {
      const known = availability(plan, name, table) as Float64Array;
      const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
      frames[name] = takeRows(
        table,
        rows.filter((row) => told(name, known[row] as number)),
      );
    }
    return frames;
  };

  /** Every customer asked about at some moments from now on: the same bits as from the history that the store was told of. */
  const expectEqual = (served: ServedModel, frames: Readonly<Record<string, Frame>>) => {
    const asked = Array.from({ length: 26 * 3 }, (_, i) => ({
      id: `asked${i}`,
      at: clock.now() + (i % 3) * 5 * DAY,
      customer: `C${Math.floor(i / 3)}`,
      amount: 10 + i,
    }));
    const kinds = { id: 'string', at: 'timestamp', customer: 'string', amount: 'number' } as const;
    const spine = frame(
      Object.fromEntries(
        Object.entries(kinds).map(([name, kind]) => [
          name,
          columnFrom(
            kind,
            asked.map((row) => row[name as keyof typeof kinds]),
          ),
        ]),
      ),
    );
    const offline = featureTable(plan, frames, spine, { asServed: true });
    const { pipeline } = served.service.deployment;
    const answers = served.service.predict(asked);
    expect(answers.map((answer) => answer.ok && answer.probability)).toEqual([...pipeline.predict(offline)]);
    return plan.features.filter(({ name }) =>
      Array.from({ length: offline.rows }, (_, row) => rowAt(offline, row)[name]).some(
        (value) => value !== null && value !== 0,
      ),
    );
  };
  const told = (served: ServedModel, source: string) => served.history.find((each) => each.source === source) as SourceHistory;

  test('the feature table, SQL and the online store agree, before and after a restart', async () => {
    const report = await verifyFeatures(plan, house.dir, { rows: 120, seed: 4 }, house.workspace);
    expect(report).toMatchObject({ consistent: true, online: { consistent: true }, restarted: { consistent: true } });
    for (const part of [report, report.online, report.restarted]) {
      expect(part.rows).toBe(120);
      expect(part.features).toHaveLength(plan.features.length);
    }
  }, 60_000);

  test('what is served is what history gives, before and after a restart, and what does not count is told', async () => {
    const first = await serve();
    expect(told(first, 'orders')).toMatchObject({ read: true, until: NOW, later: null, untimed: 0 });
    const later = told(first, 'outcomes').later;
    expect(later?.rows).toBe(PER_DAY * 14);
    expect(later?.to).toBeGreaterThan(NOW + 13 * DAY);
    expect(told(first, 'outcomes').fed).toBeGreaterThan(0);
    const frames = await history((_, knownAt) => knownAt <= NOW);
    // Windows of every source are there: what is compared is not nothing with nothing.
    expect(expectEqual(first, frames)).toHaveLength(plan.features.length);
    await first.close();
    const again = await serve();
    expect(again.history.map(({ read, fed, until }) => [read, fed, until])).toEqual(again.history.map(() => [false, 0, NOW]));
    expectEqual(again, frames);
    await again.close();
  }, 60_000);

  test('catching up feeds what became known since, of the sources that are named, and counts nothing twice', async () => {
    clock.advanceTo(NOW + 6 * DAY);
    house.write(orders.slice(0, PER_DAY * (SPAN + 6)));
    const some = await serve({ catchUp: ['outcomes'] });
    expect(told(some, 'outcomes')).toMatchObject({ read: true, slippedIn: 0, until: clock.now() });
    expect(told(some, 'outcomes').fed).toBe(PER_DAY * 6);
    expect(told(some, 'orders')).toMatchObject({ read: false, fed: 0, until: NOW });
    // The last visits were five hours old when the files were read first.
    const reached: Record<string, number> = { outcomes: clock.now(), orders: NOW, visits: NOW - 5 * HOUR };
    expectEqual(some, await history((name, knownAt) => knownAt < (reached[name] as number)));
    await some.close();
    for (const fed of [PER_DAY * 6, 0]) {
      const served = await serve({ catchUp: 'all' });
      expect(told(served, 'orders')).toMatchObject({ fed, until: clock.now(), slippedIn: 0 });
      expectEqual(served, await history((_, knownAt) => knownAt <= clock.now()));
      await served.close();
    }
    await expect(serveTogether(['shop'], 0, house.workspace, undefined, { catchUp: ['outcome'] })).rejects.toMatchObject({
      code: 'MW_SERVE_SOURCE_UNKNOWN',
    });
  }, 60_000);

  test('rows that came into a file late are told of', async () => {
    const all = orders.slice(0, PER_DAY * (SPAN + 6));
    house.write([...all, { ...(all.at(-1) as (typeof all)[number]), id: 'late', at: NOW - DAY }]);
    const served = await serve({ catchUp: 'all' });
    expect(told(served, 'orders')).toMatchObject({ fed: 0, slippedIn: 1 });
    await served.close();
  }, 60_000);

  test('a store that is only read gives scores and reasons, and is not served from', async () => {
    const file = join(house.dir, 'asked.csv');
    writeFileSync(file, shopCsv(untilNow.slice(-20)));
    const before = await contentsOf(join(house.dir, 'store'));
    const reading = await openWorkspace(join(house.dir, 'store'), { clock, readOnly: true });
    try {
      expect(await scoreFile('shop', file, join(house.dir, 'scored.csv'), reading)).toMatchObject({ rows: 20, rejected: 0 });
      const explained = await explainRows('shop', file, { rows: 2, reasons: 3, interactions: 0, out: null }, reading);
      expect(explained.explained).toHaveLength(2);
      await expect(serveRegistered('shop', 0, reading)).rejects.toMatchObject({ code: 'MW_STORE_READ_ONLY' });
    } finally {
      await reading.close();
    }
    expect(await contentsOf(join(house.dir, 'store'))).toEqual(before);
  }, 60_000);

  test('a version is made again from the data that the store kept, though two sources share their bytes', async () => {
    const { workspace } = house;
    expect(await reproduce('shop', workspace)).toMatchObject({ identical: true, differences: [] });
    const known = await knownRows(await workspace.models.resolve('shop'), workspace);
    expect(known.table.rows).toBeGreaterThan(0);
  }, 60_000);
});

/** The files of a store; those that SQLite makes beside its own come and go. */
const contentsOf = async (dir: string): Promise<readonly string[]> =>
  (await readdir(dir, { recursive: true })).filter((name) => !/metadata\.db-/.test(name)).sort();
