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
  expect(await quarantine.count()).toBe(3);
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

test('a row that is put away takes about the bytes of its own text, whatever else is wrong with it', async () => {
  const quarantine = new Quarantine(log, clock);
  const reasons = Array.from({ length: 500 }, (_, i) => `Column 'c${i}' is required and not there.`);
  const many = Array.from({ length: 5000 }, (_, i) => ({ row: i, raw: '{}', reasons }));
  await quarantine.add('wide', snapshot, many);
  let bytes = 0;
  for await (const { record } of log.read('quarantine')) bytes += record.length;
  expect(bytes / many.length).toBeLessThan(60);
  const listed = await new Quarantine(log, clock).list();
  expect(listed.map(({ entry }) => entry.row)).toEqual(many.map(({ row }) => row));
  expect(listed[0]?.entry.reasons).toEqual([...reasons.slice(0, 5), 'And 495 more.']);
  expect(new Set(listed.map(({ entry }) => entry.id)).size).toBe(many.length);
});

test('names that were forgotten do no harm: what is written again counts once, resolved as it was', async () => {
  const forgetful = () => new Quarantine(log, clock, 10);
  const quarantine = forgetful();
  const many = Array.from({ length: 50 }, (_, i) => ({ row: i, raw: `x${i}`, reasons: ['bad'] }));
  const [first] = await quarantine.add('cities', snapshot, many);
  await quarantine.resolve(first as string, { as: 'dropped' }, 'ada');
  await quarantine.add('cities', snapshot, many);
  for (const one of [quarantine, forgetful()]) {
    expect((await one.list()).map(({ entry }) => entry.raw)).toEqual(many.map(({ raw }) => raw));
    expect(await one.count({ unresolved: true })).toBe(49);
    expect((await one.list({ id: (first as string).slice(0, 8) })).map(({ resolution }) => resolution?.as)).toEqual([
      'dropped',
    ]);
  }
});

test('entries of before they were packed are read', async () => {
  const entry = {
    kind: 'quarantined',
    id: 'a1',
    source: 'cities',
    snapshot,
    row: 1,
    line: 2,
    file: 'f.csv',
    values: null,
    raw: 'x',
    reasons: ['bad'],
    at: 5,
  };
  await log.append('quarantine', [Buffer.from(JSON.stringify(entry))]);
  expect(await new Quarantine(log, clock).list()).toEqual([{ entry, resolution: null, takenBack: false }]);
});
