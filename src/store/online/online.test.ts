import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../base/clock.js';
import { MillwrightError } from '../../base/error.js';
import { random } from '../../base/random.js';
import type { ColumnPlan, ColumnType, ViewPlan } from '../../define/plan.js';
import { type Scalar, valueAt } from '../../frame/column.js';
import { column } from '../../frame/expression.js';
import { columnOf, type Frame, takeRows } from '../../frame/frame.js';
import { naiveWindows } from '../../frame/windows/testing/naive.js';
import { CASE_KEYS, type WindowCase, windowCase } from '../../frame/windows/testing/window-cases.js';
import type { OnlineStore } from '../ports.js';
import { openOnlineStore } from './durable.js';
import { OnlineMemory, type OnlinePlan } from './memory.js';

const columnPlan = (type: ColumnType): ColumnPlan => ({ kind: 'column', type, categories: null, nullable: true });

function planOf({ view }: WindowCase): OnlinePlan {
  const columns = {
    carrier: 'string',
    number: 'number',
    flag: 'boolean',
    value: 'number',
    time: 'timestamp',
    available: 'timestamp',
  } as const;
  return {
    sources: {
      events: {
        kind: 'source',
        name: 'events',
        from: { kind: 'connector', format: 'csv', path: 'events.csv', options: {} },
        key: [],
        time: 'time',
        availableAt: column('available'),
        contract: {
          kind: 'contract',
          columns: Object.fromEntries(Object.entries(columns).map(([name, type]) => [name, columnPlan(type)])),
          checks: [],
        },
      },
    },
    views: CASE_KEYS.map(
      (keys): ViewPlan => ({
        kind: 'view',
        name: viewName(keys),
        source: 'events',
        by: keys.map((name) => ({ kind: 'key', column: name, request: name })),
        aggregates: view.aggregates.map((one) => ({
          ...one,
          kind: 'aggregate',
          windows: one.windows.map((window) => ({ ...window, kind: 'window' })),
        })),
      }),
    ),
  };
}
const viewName = (keys: readonly string[]) => `by ${keys.join(' and ')}`;
const clock = new SimulatedClock(1e6);
const keep = { clock, keep: 1e6 };

/** Reads every feature of spine rows in the given order, beside the definition. */
function expectReads(
  store: OnlineStore,
  given: WindowCase,
  defined: readonly Float64Array[][],
  rows: readonly number[],
  what: string,
) {
  for (const [k, keys] of CASE_KEYS.entries()) {
    const wanted = defined[k];
    const features = store.featuresOf(viewName(keys));
    const out = new Float64Array(features.length + 1);
    for (const row of rows) {
      const key: Scalar[] = keys.map((name) => valueAt(columnOf(given.spine, name), row));
      out.fill(-99);
      store.read(viewName(keys), key, valueAt(columnOf(given.spine, 'at'), row) as number, out, 1);
      expect(out[0]).toBe(-99);
      features.forEach((feature, f) => {
        const value = wanted[f][row];
        const same = feature.startsWith('variance') ? Math.abs(out[f + 1] - value) < 1e-12 : out[f + 1] === value;
        expect(
          same || (Number.isNaN(value) && Number.isNaN(out[f + 1])),
          `${what} ${feature} row ${row}: ${out[f + 1]}, not ${value}`,
        ).toBe(true);
      });
    }
  }
}

const definition = (given: WindowCase) => CASE_KEYS.map((keys) => naiveWindows(given.view, keys, given.events, given.spine));

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'millwright-online-'));
  folders.push(made);
  return made;
}
afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true });
});
const codeOf = async (run: () => unknown): Promise<string> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof MillwrightError) return error.code;
    throw error;
  }
  return 'none';
};
const moments = (given: WindowCase) => columnOf(given.spine, 'at') as { values: Float64Array };
const byMoment = (given: WindowCase) =>
  Array.from({ length: given.spine.rows }, (_, row) => row).sort((a, b) => moments(given).values[a] - moments(given).values[b]);

describe('OnlineMemory', () => {
  it('answers reads in any order of moments as the definition does', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const given = windowCase(seed);
      const store = new OnlineMemory(planOf(given), keep);
      const source = random(seed).fork('chunks');
      for (let at = 0; at < given.events.rows; ) {
        const end = Math.min(given.events.rows, at + 1 + source.below(9));
        await store.push(
          'events',
          takeRows(
            given.events,
            Int32Array.from({ length: end - at }, (_, i) => at + i),
          ),
        );
        at = end;
      }
      const rows = Array.from({ length: given.spine.rows }, (_, row) => row);
      expectReads(store, given, definition(given), rows, `seed ${seed}`);
      expectReads(store, given, definition(given), byMoment(given), `seed ${seed} ascending`);
    }
  });

  it('answers while rows keep coming, early or just in time, some twice', async () => {
    for (let seed = 0; seed < 40; seed++) {
      const given = windowCase(seed);
      const source = random(seed).fork('stream');
      const defined = definition(given);
      const store = new OnlineMemory(planOf(given), keep);
      const available = columnOf(given.events, 'available') as { values: Float64Array };
      const rows = Array.from({ length: given.events.rows }, (_, row) => row)
        .filter((row) => !Number.isNaN(available.values[row]))
        .sort((a, b) => available.values[a] - available.values[b]);
      let fed = 0;
      for (const row of byMoment(given)) {
        const until = moments(given).values[row] + (source.below(3) === 0 ? source.below(50) : 0);
        while (fed < rows.length && available.values[rows[fed]] <= until) {
          const one = takeRows(given.events, Int32Array.of(rows[fed]));
          await store.push('events', one, `row ${fed}`);
          if (source.below(5) === 0) await store.push('events', one, `row ${fed}`);
          fed++;
        }
        expectReads(store, given, defined, [row], `seed ${seed}`);
      }
    }
  });

  it('keeps memory bounded, and what it dropped makes windows missing instead of wrong', async () => {
    const given = windowCase(4);
    const plan = planOf(given);
    const short = {
      ...plan,
      views: plan.views.map((view) => ({
        ...view,
        aggregates: view.aggregates.map((one) => ({ ...one, windows: one.windows.filter((window) => window.span <= 40) })),
      })),
    };
    const store = new OnlineMemory(short, { clock, keep: 20 });
    const count = 5000;
    const events: Frame = {
      kind: 'frame',
      rows: count,
      columns: {
        carrier: { kind: 'string', codes: new Int32Array(count), dictionary: ['a'] },
        number: { kind: 'number', values: new Float64Array(count) },
        flag: { kind: 'boolean', values: new Uint8Array(count) },
        value: { kind: 'number', values: Float64Array.from({ length: count }, (_, i) => i) },
        time: { kind: 'timestamp', values: Float64Array.from({ length: count }, (_, i) => i) },
        available: { kind: 'timestamp', values: Float64Array.from({ length: count }, (_, i) => i + (i % 7)) },
      },
    };
    for (let at = 0; at < count; at += 50) {
      await store.push(
        'events',
        takeRows(
          events,
          Int32Array.from({ length: 50 }, (_, i) => at + i),
        ),
      );
      for (const view of store.views.values()) expect(view.size).toBeLessThan(600);
    }
    const features = store.featuresOf('by ');
    const out = new Float64Array(features.length);
    const at = features.indexOf('count_40');
    store.read('by ', [], count - 1, out, 0);
    for (const moment of [count - 1, count - 15]) {
      const known = Array.from({ length: 40 }, (_, i) => moment - 40 + i).filter((time) => time + (time % 7) <= moment);
      store.read('by ', [], moment, out, 0);
      expect(out[at]).toBe(known.length);
    }
    expect(store.read('by ', [], 300, out, 0)).toBe('PRESENT');
    expect(out[at]).toBeNaN();
  });

  it('says what it does not have', async () => {
    const store = new OnlineMemory(planOf(windowCase(1)), keep);
    expect(await codeOf(() => store.read('nothing', [], 0, new Float64Array(1), 0))).toBe('MW_ONLINE_VIEW_UNKNOWN');
    await expect(store.push('events', { kind: 'frame', rows: 0, columns: {} })).rejects.toThrow(/lack the column/);
    const out = new Float64Array(store.featuresOf('by carrier').length);
    expect(store.read('by carrier', ['x'], 5, out, 0)).toBe('NOT_FOUND');
    expect(out[0]).toBe(0);
    expect(store.read('by carrier', [null], 5, out, 0)).toBe('NOT_FOUND');
    expect(out.every(Number.isNaN)).toBe(true);
  });
});

describe('openOnlineStore', () => {
  it('goes on after every close, kill and snapshot as if nothing had happened', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const given = windowCase(seed);
      const directory = folder();
      const source = random(seed).fork('restarts');
      let store = await openOnlineStore(planOf(given), { ...keep, directory, snapshotBytes: 3000 });
      for (let row = 0; row < given.events.rows; row++) {
        await store.push('events', takeRows(given.events, Int32Array.of(row)), `row ${row}`);
        const what = source.below(12);
        if (what === 0) await store.snapshot();
        // A kill leaves the files as they are, without a close.
        if (what < 4) store = await openOnlineStore(planOf(given), { ...keep, directory, snapshotBytes: 3000 });
        expect(store.pushed).toBe(row + 1);
        expect(store.hasBatch('events', `row ${row}`)).toBe(true);
      }
      expectReads(store, given, definition(given), byMoment(given), `seed ${seed}`);
      await store.close();
      expect(await store.push('events', given.events).catch((error: MillwrightError) => error.code)).toBe('MW_ONLINE_CLOSED');
    }
  });

  it('opens after a crash in the middle of any write, with every whole push', async () => {
    const given = windowCase(7);
    const directory = folder();
    const store = await openOnlineStore(planOf(given), { ...keep, directory });
    const rows = 6;
    for (let row = 0; row < rows; row++) await store.push('events', takeRows(given.events, Int32Array.of(row)));
    await store.close();
    const log = join(directory, readdirSync(directory)[0], 'log-0');
    const bytes = readFileSync(log);
    let most = 0;
    for (let cut = 0; cut <= bytes.length; cut += 7) {
      writeFileSync(log, bytes);
      truncateSync(log, cut);
      const opened = await openOnlineStore(planOf(given), { ...keep, directory });
      expect(opened.pushed).toBeGreaterThanOrEqual(most);
      most = opened.pushed;
      await opened.push('events', takeRows(given.events, Int32Array.of(0)));
      await opened.close();
      const again = await openOnlineStore(planOf(given), { ...keep, directory });
      expect(again.pushed).toBe(most + 1);
      await again.close();
    }
    expect(most).toBeGreaterThanOrEqual(rows - 1);
  });

  it('tells damage and newer versions apart from a crash', async () => {
    const given = windowCase(7);
    const directory = folder();
    const store = await openOnlineStore(planOf(given), { ...keep, directory });
    for (let row = 0; row < 3; row++) await store.push('events', takeRows(given.events, Int32Array.of(row)));
    await store.snapshot();
    for (let row = 3; row < 6; row++) await store.push('events', takeRows(given.events, Int32Array.of(row)));
    await store.close();
    const inner = join(directory, readdirSync(directory)[0]);
    const open = () => codeOf(async () => (await openOnlineStore(planOf(given), { ...keep, directory })).close());
    // What the state is made of; the log before the snapshot is kept in case that is damaged.
    expect(readdirSync(inner).sort()).toEqual(['facts.json', 'log-0', 'log-1', 'snapshot-1']);
    for (const file of ['log-1', 'snapshot-1']) {
      const path = join(inner, file);
      const bytes = readFileSync(path);
      const newer = Buffer.from(bytes);
      newer.writeUInt32LE(9, 4);
      writeFileSync(path, newer);
      expect(await open()).toBe('MW_ONLINE_NEWER');
      const damaged = Buffer.from(bytes);
      damaged[60] ^= 4;
      writeFileSync(path, damaged);
      expect(await open()).toBe('MW_ONLINE_CORRUPT');
      writeFileSync(path, bytes);
      expect(await open()).toBe('none');
    }
  });
});
