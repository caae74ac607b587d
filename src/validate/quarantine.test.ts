import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SimulatedClock } from '../base/clock.js';
import { hashBytes } from '../base/hash.js';
import type { ColumnPlan } from '../define/plan.js';
import { rowAt } from '../frame/frame.js';
import { openEventLog } from '../store/event-log/file-event-log.js';
import type { EventLog } from '../store/ports.js';
import { Quarantine } from './quarantine.js';

const plan = (type: ColumnPlan['type']): ColumnPlan => ({ kind: 'column', type, categories: null, nullable: true });
const columns = { id: plan('integer'), city: plan('string') };
const snapshot = hashBytes('one');
const rows = [
  { row: 3, values: { id: 1.5, city: 'Bern' }, reasons: ['id is 1.5, not a whole number.'] },
  { line: 9, file: 'a.csv', raw: '7;x', reasons: ['too few columns'] },
];

let folder: string;
let log: EventLog;
let clock: SimulatedClock;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millwright-quarantine-test-'));
  log = openEventLog(folder);
  clock = new SimulatedClock(1000);
});
afterEach(async () => {
  await log.close();
  rmSync(folder, { recursive: true, force: true });
});

test('bad rows are kept with source, snapshot, values, reasons and time, and survive reopening', async () => {
  await new Quarantine(log, clock).add('cities', snapshot, rows);
  await log.close();
  log = openEventLog(folder);
  const entries = (await new Quarantine(log, clock).list()).map((state) => state.entry);
  expect(entries).toMatchObject([
    {
      source: 'cities',
      snapshot,
      row: 3,
      line: null,
      values: { id: 1.5, city: 'Bern' },
      raw: null,
      reasons: rows[0]?.reasons,
      at: 1000,
    },
    {
      source: 'cities',
      snapshot,
      row: null,
      line: 9,
      file: 'a.csv',
      values: null,
      raw: '7;x',
      reasons: ['too few columns'],
      at: 1000,
    },
  ]);
});

test('the same snapshot again adds nothing; equal rows of one snapshot are rows of their own', async () => {
  const quarantine = new Quarantine(log, clock);
  const same = { raw: 'x', reasons: ['bad'] };
  expect(await quarantine.add('cities', snapshot, [same, same])).toHaveLength(2);
  expect(await quarantine.add('cities', snapshot, [same, same])).toHaveLength(0);
  expect(await quarantine.add('cities', hashBytes('two'), [same])).toHaveLength(1);
  expect(await log.length('quarantine')).toBe(3);
});

test('infinite values can be put away', async () => {
  const quarantine = new Quarantine(log, clock);
  await quarantine.add('cities', snapshot, [{ values: { id: Number.POSITIVE_INFINITY }, reasons: ['infinite'] }]);
  expect((await quarantine.list())[0]?.entry.values).toEqual({ id: 'Infinity' });
});

test('filters by source and by what is unresolved', async () => {
  const quarantine = new Quarantine(log, clock);
  const [first] = await quarantine.add('cities', snapshot, rows);
  await quarantine.add('people', snapshot, [{ raw: 'y', reasons: ['bad'] }]);
  await quarantine.resolve(first as string, { as: 'dropped' }, 'ada');
  expect((await quarantine.list({ source: 'people' })).map((state) => state.entry.raw)).toEqual(['y']);
  expect((await quarantine.list({ unresolved: true })).map((state) => state.entry.raw)).toEqual(['7;x', 'y']);
  expect((await quarantine.list())[0]?.resolution).toMatchObject({ as: 'dropped', by: 'ada', at: 1000 });
});

test('fixed rows are taken back once it is confirmed, and dropped ones never', async () => {
  const quarantine = new Quarantine(log, clock);
  const [first, second] = (await quarantine.add('cities', snapshot, rows)) as [string, string];
  await quarantine.resolve(first, { as: 'fixed', values: { id: 2 } }, 'ada');
  await quarantine.resolve(second, { as: 'dropped' }, 'ada');
  const taken = await quarantine.takeBack('cities', columns);
  expect(taken.frame.rows).toBe(1);
  expect(rowAt(taken.frame, 0)).toEqual({ id: 2, city: 'Bern' });
  expect((await quarantine.takeBack('cities', columns)).frame.rows).toBe(1);
  await taken.confirm();
  expect((await new Quarantine(log, clock).takeBack('cities', columns)).frame.rows).toBe(0);
  expect((await quarantine.list()).map((state) => state.takenBack)).toEqual([true, false]);
});

test('what cannot be is a coded error', async () => {
  const quarantine = new Quarantine(log, clock);
  const [first] = (await quarantine.add('cities', snapshot, rows)) as [string];
  await expect(quarantine.resolve('nothing', { as: 'dropped' }, 'ada')).rejects.toMatchObject({
    code: 'MW_QUARANTINE_ENTRY_UNKNOWN',
  });
  await quarantine.resolve(first, { as: 'fixed', values: { id: 'two' } }, 'ada');
  await expect(quarantine.takeBack('cities', columns)).rejects.toMatchObject({ code: 'MW_QUARANTINE_VALUES_INVALID' });
  await quarantine.resolve(first, { as: 'fixed', values: { id: 2 } }, 'bob');
  await (await quarantine.takeBack('cities', columns)).confirm();
  await expect(quarantine.resolve(first, { as: 'dropped' }, 'bob')).rejects.toMatchObject({ code: 'MW_QUARANTINE_RESOLVED' });
});
