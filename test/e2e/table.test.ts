import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, ended, millwright, seen, startCli, workFolder } from './cli.js';
import { customersCsv, housesCsv } from './tables.js';

const folder = workFolder();
afterAll(() => folder.remove());
let trained: CliResult;

beforeAll(async () => {
  folder.file('customers.csv', customersCsv(1500));
  folder.file('more.csv', customersCsv(400, 8));
  trained = await millwright(
    ['train', 'customers.csv', '--target', 'churned', '--test', 'more.csv', '--trials', '5', '--json'],
    folder.dir,
  );
}, 60_000);

describe('a table without a definition', () => {
  test('train answers with the promised object', () => {
    expect(trained.stderr).not.toContain('MW_');
    expect(trained.code).toBe(0);
    const outcome = trained.json;
    expect(outcome).toMatchObject({
      problem: 'binary',
      rows: 1500,
      columns: 10,
      model: { name: 'customers', version: 1, hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
      warnings: expect.any(Array),
      seconds: expect.any(Number),
    });
    expect(outcome.candidates.length).toBeGreaterThan(1);
    for (const candidate of outcome.candidates)
      expect(candidate).toMatchObject({ name: expect.any(String), params: expect.any(Object), validation: expect.any(Object) });
    for (const metric of ['auc', 'logloss', 'accuracy', 'f1', 'brier', 'ece']) {
      expect(outcome.validation[metric]).toEqual(expect.any(Number));
      expect(outcome.test[metric]).toEqual(expect.any(Number));
    }
    expect(outcome.test.auc).toBeGreaterThan(0.75);
  });

  test('identifier-like and constant columns are left out, each with a warning', () => {
    const warnings = trained.json.warnings.join('\n');
    expect(warnings).toContain('customer_id');
    expect(warnings).toContain('version');
  });

  test('score keeps the rows in order and adds what was predicted', async () => {
    for (const out of ['scored.csv', 'scored.jsonl', 'scored.parquet']) {
      const result = await millwright(['score', 'customers', 'more.csv', '--out', out, '--json'], folder.dir);
      expect(result.stderr).not.toContain('MW_');
      expect(result.code).toBe(0);
    }
    const lines = readFileSync(join(folder.dir, 'scored.csv'), 'utf8').trim().split('\n');
    const source = readFileSync(join(folder.dir, 'more.csv'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(source.length);
    expect(lines[0]).toBe(`${source[0]},prediction,probability`);
    lines.slice(1).forEach((line, i) => expect(line.startsWith(`C${100000 + i},`)).toBe(true));
    const first = JSON.parse(readFileSync(join(folder.dir, 'scored.jsonl'), 'utf8').split('\n')[0] as string);
    expect(first).toMatchObject({
      customer_id: 'C100000',
      prediction: expect.stringMatching(/^(yes|no)$/),
      probability: expect.any(Number),
    });
  });

  test('a row that a request would be refused for keeps its place, and says why it has no prediction', async () => {
    const lines = customersCsv(60, 8).trim().split('\n');
    lines[3] = (lines[3] as string).replace(/,(basic|plus|pro),\d+,/, ',$1,many,');
    folder.file('odd.csv', `${lines.join('\n')}\n`);
    const result = await millwright(['score', 'customers', 'odd.csv', '--out', 'odd-scored.csv', '--json'], folder.dir);
    expect(result.stderr).not.toContain('MW_');
    expect(result.json).toMatchObject({ rows: 60, rejected: 0, refused: 1 });
    const scored = readFileSync(join(folder.dir, 'odd-scored.csv'), 'utf8').trim().split('\n');
    expect(scored).toHaveLength(61);
    expect(scored[0]).toMatch(/,prediction,probability,rejected/);
    expect(scored[3]).toMatch(/,many,.*,,,MW_ROW_TYPE tenure/);
    expect(scored[4]).toMatch(/,(yes|no),0\.\d+,/);
  });

  test('the definition it stands for can be written out and goes on from there', async () => {
    const ejected = await millwright(['eject', 'customers', '--out', 'customers.system.ts'], folder.dir);
    expect(ejected.code).toBe(0);
    const plan = await millwright(['plan', 'customers.system.ts', '--json'], folder.dir);
    expect(plan.code).toBe(0);
    const shown = await millwright(['models', 'customers', '--json'], folder.dir);
    expect(plan.json.hash).toBe(shown.json.versions[0].planHash);
    const again = await millwright(['run', 'customers.system.ts', '--json'], folder.dir);
    expect(again.stderr).not.toContain('MW_');
    expect(again.json.model.hash).toBe(trained.json.model.hash);
  });

  test('reproduce ends byte-identical', async () => {
    const result = await millwright(['reproduce', 'customers:1', '--json'], folder.dir);
    expect(result.stderr).not.toContain('MW_');
    expect(result.json).toMatchObject({ identical: true, hash: trained.json.model.hash });
  });

  test('profile and validate; a broken contract ends with exit 3', async () => {
    const profile = await millwright(['profile', 'customers.csv', '--json'], folder.dir);
    expect(profile.json.rows).toBe(1500);
    const good = await millwright(['validate', 'more.csv', '--against', 'customers', '--json'], folder.dir);
    expect(good.code).toBe(0);
    expect(good.json.passed).toBe(true);
    const unlabelled = customersCsv(50, 9).replaceAll(/,[^,\n]*$/gm, '');
    folder.file('unlabelled.csv', unlabelled);
    const rows = await millwright(['validate', 'unlabelled.csv', '--against', 'customers', '--json'], folder.dir);
    expect(rows.json).toMatchObject({ passed: true, rows: 50, skipped: [expect.stringContaining("'churned'")] });
    folder.file('broken.csv', customersCsv(300).replaceAll(/,(basic|plus|pro),(\d+),/g, ',$1,many,'));
    const bad = await millwright(['validate', 'broken.csv', '--against', 'customers', '--json'], folder.dir);
    expect(bad.code).toBe(3);
    expect(bad.json.passed).toBe(false);
  });

  test('evaluate judges a version on labelled rows it has not seen', async () => {
    const result = await millwright(['evaluate', 'customers', 'more.csv', '--json'], folder.dir);
    expect(result.code).toBe(0);
    expect(result.json.metrics.auc.value).toBeCloseTo(trained.json.test.auc, 10);
  });
});

describe('serving', () => {
  test('answers as promised, tells health, readiness and metrics, and drains on a signal', async () => {
    const child = startCli(['serve', '--model', 'customers@champion', '--port', '0'], folder.dir);
    const exit = ended(child);
    const [, url] = await seen(child, /(http:\/\/127\.0\.0\.1:\d+)/);
    const row = {
      customer_id: 'C1',
      signed_up: '2021-05-01',
      plan: 'basic',
      tenure: 3,
      spend: 40,
      tickets: 4,
      region: 'R1',
      comment: 'slow',
      version: 'v1',
    };
    const answer = await fetch(`${url}/v1/models/customers/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [row, { ...row, tenure: 70, plan: 'pro', tickets: 0 }] }),
    });
    const body = (await answer.json()) as {
      model: string;
      version: string;
      predictions: { prediction: string; probability: number; id: string }[];
    };
    expect(answer.status).toBe(200);
    const shown = await millwright(['models', '--json'], folder.dir);
    const { champion } = shown.json.models.find(({ name }: { name: string }) => name === 'customers').aliases;
    expect(body).toMatchObject({ model: 'customers', version: String(champion) });
    expect(body.predictions[0]!.probability).toBeGreaterThan(body.predictions[1]!.probability);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/millwright_predictions_total\{[^}]*\} 2/);
    expect(await (await fetch(`${url}/`)).text()).toContain('<html');
    const refused = await fetch(`${url}/v1/models/customers/predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"rows": 3}',
    });
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { error: { code: string } }).error.code).toMatch(/^MW_/);
    child.kill('SIGTERM');
    expect((await exit).code).toBe(0);
    const lineage = await millwright(['models', 'customers', '--prediction', body.predictions[0]!.id, '--json'], folder.dir);
    expect(lineage.json).toMatchObject({ kind: 'prediction', from: [{ kind: 'modelVersion', from: [{ kind: 'run' }] }] });
    const kinds = lineage.json.from[0].from[0].from.map((node: { kind: string }) => node.kind);
    expect(kinds).toEqual(expect.arrayContaining(['plan', 'code', 'snapshot']));
  });
});

test('a regression needs nothing more', async () => {
  folder.file('houses.csv', housesCsv(800));
  const result = await millwright(['train', 'houses.csv', '--target', 'price', '--trials', '4', '--json'], folder.dir);
  expect(result.stderr).not.toContain('MW_');
  expect(result.json.problem).toBe('regression');
  expect(result.json.test.r2).toBeGreaterThan(0.9);
  for (const metric of ['rmse', 'mae', 'r2']) expect(result.json.validation[metric]).toEqual(expect.any(Number));
});

describe('interrupted', () => {
  test('Ctrl-C ends with 130 and a kill leaves a store that goes on', async () => {
    folder.file('large.csv', customersCsv(20_000));
    const args = ['train', 'large.csv', '--target', 'churned', '--trials', '200', '--time-budget', '50s', '--store', 'hit'];
    const first = startCli(args, folder.dir);
    const firstEnd = ended(first);
    await seen(first, /train|search/i);
    first.kill('SIGINT');
    expect((await firstEnd).code).toBe(130);

    const second = startCli(args, folder.dir);
    const secondEnd = ended(second);
    await seen(second, /train|search/i);
    second.kill('SIGKILL');
    await secondEnd;

    const after = await millwright(
      ['train', 'large.csv', '--target', 'churned', '--trials', '1', '--store', 'hit', '--json'],
      folder.dir,
    );
    expect(after.stderr).not.toContain('MW_');
    expect(after.json.model.version).toBe(1);
  }, 60_000);
});
