import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedClock } from '../../src/base/clock.js';
import { type Random, random } from '../../src/base/random.js';
import { col, combine, features, jsonl, labelFrom, linear, requestFrom, source, system } from '../../src/define/language.js';
import type { SystemPlan } from '../../src/define/plan.js';
import { scoreFile } from '../../src/run/score-file.js';
import { serveRegistered } from '../../src/run/serve-registered.js';
import { trainSystem } from '../../src/run/train-system.js';
import { openWorkspace } from '../../src/run/workspace.js';
import { ODD, type Row } from './one-meaning.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2024, 5, 1);

function eventsPlan(): SystemPlan {
  const events = source('events', {
    from: jsonl('events.jsonl'),
    key: 'id',
    time: 'at',
    columns: {
      id: col.string().required(),
      who: col.string().required(),
      at: col.timestamp().required(),
      amount: col.number({ missing: ['NA', '-999'] }),
      price: col.number({ decimal: ',', group: '.', unit: '€' }),
      count: col.integer(),
      flag: col.boolean({ missing: ['?'] }),
      day: col.timestamp({ dates: 'dmy' }),
      region: col.category(['EMEA', 'APAC', 'NA']),
      town: col.string({ missing: ['NA'] }),
      y: col.number(),
    },
    expect: (is) => [is.between('count', 0, 1e9, { onFail: 'quarantine' })],
  });
  const over = ['7d'] as const;
  const seen = features(events, { by: 'who', prefix: 'who' }, (f) => ({
    rows: f.count({ over }),
    amount: f.last('amount', { over }),
    price: f.sum('price', { over }),
    count: f.max('count', { over }),
    flags: f.count({ over, where: f.row.flag }),
    noFlags: f.count({ over, where: f.row.flag.not() }),
    home: f.count({ over, where: f.eq('region', 'EMEA') }),
    code: f.count({ over, where: f.eq('region', 'NA') }),
    bern: f.count({ over, where: f.eq('town', 'Bern') }),
    long: f.last(f.row.town.length(), { over }),
    apart: f.last(f.row.at.minus(f.row.day).div(HOUR), { over }),
  }));
  return system('events', {
    problem: { kind: 'regression' },
    features: combine([requestFrom(events, ['who', 'at'], { time: 'at', features: [] }), seen], () => ({})),
    label: labelFrom(events, (r) => r.y),
    train: {
      split: { by: 'random', test: 0.2, validation: 0.2 },
      candidates: [linear({ l2: 0.1 })],
      search: { by: 'rmse', trials: 1, seed: 5 },
    },
  }).plan;
}

function plainEvent(draw: Random, index: number): Row {
  return {
    id: `t${index}`,
    who: `w${draw.below(60)}`,
    at: new Date(NOW - 24 * HOUR * (1 + draw.below(12)) - draw.below(HOUR)).toISOString(),
    amount: draw.normal() * 10,
    price: `€ ${(draw.next() * 1000).toFixed(2).replace('.', ',')}`,
    count: draw.below(50),
    flag: draw.below(2) === 0,
    day: `${1 + draw.below(28)}.${1 + draw.below(5)}.2024`,
    region: ['EMEA', 'APAC', 'NA'][draw.below(3)],
    town: ['Bern', 'Oslo', 'Rome'][draw.below(3)],
    y: draw.normal(),
  };
}

/**
 * The predictions for entities of one odd row each, once where that row was pushed to a server and once where it stands in the source's
 * file; `expected` is whose rows they are.
 */
export async function pushedAndInFile(
  rows: number,
  seed: number,
): Promise<{ events: Row[]; pushed: unknown[]; inFile: unknown[] }> {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-pushed-'));
  const workspace = await openWorkspace(join(dir, 'store'), { clock: new SimulatedClock(NOW) });
  const draw = random(seed);
  const write = (name: string, list: readonly Row[]) =>
    writeFileSync(join(dir, name), list.map((row) => `${JSON.stringify(row)}\n`).join(''));
  try {
    const history = Array.from({ length: 400 }, (_, i) => plainEvent(draw, i));
    write('events.jsonl', history);
    await trainSystem({ plan: eventsPlan(), baseDir: dir, definition: [], alias: 'champion', because: 'A test.' }, workspace);
    // A body may hold no lists, and a file keeps digits that a number of a request has lost.
    const odd = ODD.filter((value) => (typeof value !== 'object' || value === null) && value !== 2 ** 53);
    const events = Array.from({ length: rows }, (_, i): Row => {
      const event: Record<string, unknown> = { ...plainEvent(draw, i), id: `odd${i}`, who: `odd ${i}`, at: NOW - HOUR };
      const names = ['amount', 'price', 'count', 'flag', 'day', 'region', 'town'];
      for (let changes = 1 + draw.below(2); changes > 0; changes--)
        event[names[draw.below(names.length)] as string] = odd[draw.below(odd.length)];
      return JSON.parse(JSON.stringify(event)) as Row;
    });
    const asked = events.map(({ who }) => ({ who, at: NOW }));
    const served = await serveRegistered('events', 0, workspace);
    const post = async (path: string, body: unknown) =>
      (await fetch(`${served.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((response) => response.json())) as { predictions: { prediction: number }[]; accepted?: number };
    const pushed: unknown[] = [];
    try {
      for (let at = 0; at < events.length; at += 50) {
        const { accepted } = await post('/v1/sources/events/rows', { rows: events.slice(at, at + 50) });
        if (accepted === undefined) throw new Error('The rows were not taken.');
      }
      for (const row of asked)
        pushed.push((await post('/v1/models/events/predict', { rows: [row] })).predictions[0]?.prediction);
    } finally {
      await served.close();
    }
    write('events.jsonl', [...history, ...events]);
    write('asked.jsonl', asked);
    await scoreFile('events', join(dir, 'asked.jsonl'), join(dir, 'scored.jsonl'), workspace);
    const inFile = readFileSync(join(dir, 'scored.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { prediction: number }).prediction);
    return { events, pushed, inFile };
  } finally {
    await workspace.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
