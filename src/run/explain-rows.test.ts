import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { random } from '../base/random.js';
import { explainRows } from './explain-rows.js';
import { trainFile } from './train-file.js';
import { openWorkspace, type Workspace } from './workspace.js';

const ROWS = 500;
const folder = mkdtempSync(join(tmpdir(), 'millwright-explain-'));
const path = join(folder, 'visits.csv');
let workspace: Workspace;

beforeAll(async () => {
  const source = random(4);
  const lines = Array.from({ length: ROWS }, () => {
    const age = 20 + source.below(50);
    const noise = source.normal().toFixed(3);
    const plan = ['free', 'small', 'large'][source.below(3)];
    const stays = age / 20 + (plan === 'free' ? -2 : 1) + source.normal() / 3 > 2.5;
    return `${age},${noise},${plan},${stays ? 'stays' : 'leaves'}`;
  });
  writeFileSync(path, ['age,noise,plan,outcome', ...lines].join('\n'));
  workspace = await openWorkspace(join(folder, 'store'));
  const options = { target: 'outcome', test: null, problem: 'auto', positive: 'stays', trials: 2 } as const;
  await trainFile(path, { ...options, timeBudget: null, seed: 1, name: 'visits' }, workspace);
}, 30_000);
afterAll(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

test('rows shown have their weightiest reasons, and the importance knows what moves the target', async () => {
  const outcome = await explainRows('visits', path, { rows: 3, reasons: 2, interactions: 0, out: null }, workspace);
  expect(outcome).toMatchObject({ model: 'visits', version: 1, unit: 'log-odds', rows: ROWS, importanceRows: ROWS, out: null });
  expect(outcome.explained.map(({ row }) => row)).toEqual([0, 1, 2]);
  for (const { of, reasons, prediction, margin } of outcome.explained) {
    expect(of).toBe('stays');
    expect(reasons.length).toBeLessThanOrEqual(2);
    if (Math.abs(margin) > 2) expect(prediction).toBe(margin > 0 ? 'stays' : 'leaves');
  }
  expect(outcome.importance.map(({ feature }) => feature)).toEqual(expect.arrayContaining(['age', 'plan']));
  expect(
    outcome.importance
      .slice(0, 2)
      .map(({ feature }) => feature)
      .sort(),
  ).toEqual(['age', 'plan']);
});

test('pairs of features that act together are told, the weightiest first', async () => {
  const { explained } = await explainRows('visits', path, { rows: 4, reasons: 9, interactions: 2, out: null }, workspace);
  for (const { interactions, reasons } of explained) {
    expect(interactions.length).toBeLessThanOrEqual(2);
    const [first, second] = interactions.map(({ interaction }) => Math.abs(interaction));
    if (first !== undefined && second !== undefined) expect(first).toBeGreaterThanOrEqual(second);
    for (const { features } of interactions)
      for (const feature of features) expect(reasons.map((reason) => reason.feature)).toContain(feature);
  }
});

test('every row is written with its parts, which add up to what was predicted', async () => {
  const out = join(folder, 'why.jsonl');
  const outcome = await explainRows('visits', path, { rows: 1, reasons: 99, interactions: 0, out }, workspace);
  const rows = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, number>);
  expect(rows).toHaveLength(ROWS);
  const means = new Map<string, number>();
  for (const row of rows) {
    let sum = row['base'] as number;
    for (const [name, value] of Object.entries(row)) {
      if (!name.startsWith('contribution.')) continue;
      const feature = name.slice('contribution.'.length);
      means.set(feature, (means.get(feature) ?? 0) + Math.abs(value) / ROWS);
      sum += value;
    }
    expect(sum).toBeCloseTo(row['margin'] as number, 9);
    expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(row['probability'] as number, 9);
  }
  for (const { feature, mean } of outcome.importance) expect(mean).toBeCloseTo(means.get(feature) as number, 9);
  const shown = outcome.explained[0];
  for (const { feature, contribution } of shown?.reasons ?? []) expect(rows[0]?.[`contribution.${feature}`]).toBe(contribution);
});
