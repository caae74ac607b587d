import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { random } from '../../src/base/random.js';
import { type CliResult, millwright, workFolder } from './cli.js';

/** A definition with windows over its own past, from the command line: run, looked at, verified, moved and judged on later rows. */
const folder = workFolder();
afterAll(() => folder.remove());
let ran: CliResult;

const HOUR = 3_600_000;

/** Deliveries whose lateness goes with the depot, and is known some hours later. */
function deliveries(rows: number, from: number, seed: number): string {
  const source = random(seed);
  const lines = ['at,depot,kilometres,late'];
  let at = from;
  for (let i = 0; i < rows; i++) {
    at += Math.floor(source.next() * 2 * HOUR);
    const depot = source.below(6);
    const kilometres = 1 + source.below(40);
    const late = source.next() < 0.1 + depot / 8 + kilometres / 200;
    lines.push(`${new Date(at).toISOString()},D${depot},${kilometres},${late}`);
  }
  return `${lines.join('\n')}\n`;
}

const definition = (spans: string, path: string) => `
  import { col, csv, features, gbdt, combine, labelFrom, logistic, minutes, requestFrom, source, system } from 'millwright';
  const deliveries = source('deliveries', {
    from: csv('${path}'),
    time: 'at',
    availableAt: (r) => r.at.plus(minutes(r.kilometres.times(6))),
    columns: { at: col.timestamp().required(), depot: col.string().required(), kilometres: col.integer().required(), late: col.boolean().required() },
  });
  const depot = features(deliveries, { by: 'depot', prefix: 'depot' }, (f) => ({
    trips: f.count({ over: ${spans} }),
    lateRate: f.mean('late', { over: ${spans} }),
    spread: f.variance('kilometres', { over: ${spans} }),
    last: f.last('kilometres', { over: ${spans} }),
  }));
  const all = features(deliveries, { prefix: 'all' }, (f) => ({ lateRate: f.mean('late', { over: ['24h'] }) }));
  const request = requestFrom(deliveries, ['at', 'depot', 'kilometres'], {
    time: 'at',
    features: ['kilometres'],
    derive: (r) => ({ hour: r.at.hour() }),
  });
  export default system('deliveries', {
    problem: { kind: 'binary' },
    features: combine([depot, all, request]),
    label: labelFrom(deliveries, (r) => r.late),
    train: { split: { by: 'random', test: 0.2, validation: 0.2 }, candidates: [logistic(), gbdt({ rounds: 30 })], search: { by: 'auc', trials: 2, seed: 1 } },
  });`;

beforeAll(async () => {
  const start = Date.UTC(2024, 0, 1);
  folder.file('early.csv', deliveries(1200, start, 5));
  folder.file('later.csv', deliveries(300, start + 60 * 24 * HOUR, 6));
  folder.file('deliveries.system.ts', definition("['24h', '7d']", 'early.csv'));
  folder.file('other.system.ts', definition("['24h', '14d']", 'early.csv'));
  ran = await millwright(['run', 'deliveries.system.ts', '--json'], folder.dir);
}, 60_000);

describe('a definition with windows', () => {
  test('runs, and its second run does nothing again', async () => {
    expect(ran.stderr).not.toContain('MW_');
    expect(ran.json.test.auc).toBeGreaterThan(0.6);
    const again = await millwright(['run', 'deliveries.system.ts', '--json'], folder.dir);
    expect(again.json.model).toEqual(ran.json.model);
    expect(again.json.steps.find(({ name }: { name: string }) => name === 'train').reused).toBe(true);
  });

  test('the features are the same in SQL, row by row, and --sql prints what computes them', async () => {
    for (const subject of ['deliveries.system.ts', 'deliveries']) {
      const verified = await millwright(['features', subject, '--verify', '150', '--json'], folder.dir);
      expect(verified.stderr).not.toContain('MW_');
      expect(verified.json).toMatchObject({ rows: 150, consistent: true });
      expect(verified.json.features).toHaveLength(11);
    }
    const { stdout } = await millwright(['features', 'deliveries', '--sql'], folder.dir);
    for (const part of ['"depot_lateRate_7d"', 'CREATE OR REPLACE TEMP TABLE', '"spine"']) expect(stdout).toContain(part);
  });

  test('rows of features are written', async () => {
    const out = await millwright(['features', 'deliveries', '--out', 'features.csv', '--rows', '50', '--json'], folder.dir);
    expect(out.json).toMatchObject({ rows: 50, features: 11 });
    const lines = readFileSync(join(folder.dir, 'features.csv'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(51);
    expect(lines[0]).toContain('depot_trips_24h,depot_trips_7d,depot_lateRate_24h');
  });

  test('later rows are judged with the history before them', async () => {
    const judged = await millwright(['evaluate', 'deliveries', 'later.csv', '--report', 'later.html', '--json'], folder.dir);
    expect(judged.stderr).not.toContain('MW_');
    expect(judged.json.rows).toBe(300);
    expect(judged.json.metrics.auc.value).toBeGreaterThan(0.6);
    expect(readFileSync(join(folder.dir, 'later.html'), 'utf8')).toContain('<svg');
  });

  test('is ejected into another folder, runs from there and means the same but for the path', async () => {
    mkdirSync(join(folder.dir, 'moved'));
    const ejected = await millwright(['eject', 'deliveries', '--out', 'moved/moved.system.ts', '--json'], folder.dir);
    expect(ejected.json).toMatchObject({ same: false });
    const { json } = await millwright(['plan', 'deliveries', '--diff', 'moved/moved.system.ts', '--json'], folder.dir);
    expect(json.changes).toEqual([
      { kind: 'changed', path: 'sources.deliveries.from.path', before: 'early.csv', after: '../early.csv' },
    ]);
    const moved = await millwright(['run', 'moved/moved.system.ts', '--json'], folder.dir);
    expect(moved.json.model.hash).toBe(ran.json.model.hash);
  });

  test('differs from another in what was changed', async () => {
    const { json } = await millwright(['plan', 'deliveries.system.ts', '--diff', 'other.system.ts', '--json'], folder.dir);
    expect(JSON.stringify(json.changes)).toContain('lateRate_14d');
  });

  test('is drawn', async () => {
    const svg = await millwright(['plan', 'deliveries', '--svg', 'plan.svg'], folder.dir);
    expect(svg.code).toBe(0);
    expect(readFileSync(join(folder.dir, 'plan.svg'), 'utf8')).toMatch(/^<svg[\s\S]*deliveries[\s\S]*<\/svg>/);
    const mermaid = await millwright(['plan', 'deliveries', '--mermaid'], folder.dir);
    expect(mermaid.stdout).toMatch(/^flowchart LR\n[\s\S]*deliveries/);
  });
});
