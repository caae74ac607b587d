import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MillwrightError } from '../base/error.js';
import { explainRows } from './explain-rows.js';
import { importModel } from './import-model.js';
import { scoreFile } from './score-file.js';
import { serveRegistered } from './serve-registered.js';
import { openWorkspace, type Workspace } from './workspace.js';

/** b in {1, 33} goes left, to a split of a at 10 where missing goes right. */
const model = `tree
version=v4
num_class=1
num_tree_per_iteration=1
max_feature_idx=1
objective=regression
feature_names=a b
tree_sizes=1

Tree=0
num_leaves=3
num_cat=1
split_feature=1 0
threshold=0 10
decision_type=1 8
left_child=1 -1
right_child=-2 -3
leaf_value=1 2 4
cat_boundaries=0 2
cat_threshold=2 2

end of trees
`;

describe('an imported model', () => {
  const dir = mkdtempSync(join(tmpdir(), 'millwright-import-'));
  const file = join(dir, 'model.txt');
  let workspace: Workspace;
  beforeAll(async () => {
    writeFileSync(file, model);
    workspace = await openWorkspace(join(dir, 'store'));
  });
  afterAll(async () => {
    await workspace.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'accepted',
      (thrown: unknown) => (thrown instanceof MillwrightError ? thrown.code : thrown),
    );

  test('is registered under its features', async () => {
    const outcome = await importModel(file, { name: 'fares', features: null }, workspace);
    expect(outcome).toMatchObject({ id: 'fares:1', format: 'lightgbm', problem: 'regression', trees: 1, features: ['a', 'b'] });
    expect(await workspace.models.resolve('fares:1')).toMatchObject({ estimator: 'imported-forest', hash: outcome.hash });
  });

  test('scores a file', async () => {
    const rows = join(dir, 'rows.csv');
    const out = join(dir, 'scored.csv');
    writeFileSync(rows, 'a,b\n10,1\n11,33\n,33\n10,2\n10,\n');
    await scoreFile('fares:1', rows, out, workspace);
    const scored = readFileSync(out, 'utf8').trim().split('\n').slice(1);
    expect(scored.map((line) => Number(line.split(',').at(-1)))).toEqual([1, 4, 4, 2, 2]);
  });

  test.each([
    ['binary sigmoid:1', [{ prediction: '1', probability: 1 / (1 + Math.exp(-4)) }]],
    ['regression', [{ prediction: 4 }]],
  ])('is served by raw features: %s', async (objective, expected) => {
    const name = objective.slice(0, 6);
    const path = join(dir, `${name}.txt`);
    writeFileSync(path, model.replace('objective=regression', `objective=${objective}`));
    const { id } = await importModel(path, { name, features: ['fare', 'code'] }, workspace);
    const server = await serveRegistered(id, 0, workspace);
    try {
      const answer = await fetch(`${server.url}/v1/models/${name}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ rows: [{ fare: 11, code: 33 }] }),
      });
      expect(await answer.json()).toMatchObject({ model: name, predictions: expected });
    } finally {
      await server.close();
    }
  });

  test('is refused with a code and leaves nothing', async () => {
    const bad = join(dir, 'bad.txt');
    writeFileSync(bad, model.slice(0, 300));
    const given = { name: 'none', features: null };
    expect(await codeOf(importModel(bad, given, workspace))).toBe('MW_EXCHANGE_CORRUPT');
    expect(await codeOf(importModel(join(dir, 'absent'), given, workspace))).toBe('MW_EXCHANGE_FILE');
    expect(await codeOf(importModel(dir, given, workspace))).toBe('MW_EXCHANGE_FILE');
    for (const features of [['a'], ['a', 'a']])
      expect(await codeOf(importModel(file, { name: 'none', features }, workspace))).toBe('MW_EXCHANGE_FEATURES');
    expect(await codeOf(workspace.models.resolve('none'))).toMatch(/^MW_REGISTRY_/);
  });

  test('says what moved its predictions, where the file tells how many rows reached each node', async () => {
    const counted = join(dir, 'counted.txt');
    const counts = 'leaf_count=30 50 20\ninternal_count=100 50\nsplit_gain=7 3\n';
    writeFileSync(counted, model.replace('cat_boundaries', `${counts}cat_boundaries`));
    await importModel(counted, { name: 'counted', features: null }, workspace);
    const rows = join(dir, 'asked.csv');
    writeFileSync(rows, 'a,b\n11,33\n10,2\n');
    const options = { rows: 2, reasons: 5, interactions: 0, out: null };
    const { unit, explained, importance } = await explainRows('counted', rows, options, workspace);
    expect(unit).toBe('value');
    // Of nothing known .3 x 1 + .5 x 2 + .2 x 4; with a known 2 x .5 + 4 x .5, with b (30 + 80) / 50.
    const [first, second] = explained;
    expect(first?.base).toBeCloseTo(2.1, 12);
    const of = (feature: string) => first?.reasons.find((reason) => reason.feature === feature)?.contribution;
    expect(of('a')).toBeCloseTo((3 - 2.1 + (4 - 2.2)) / 2, 12);
    expect(of('b')).toBeCloseTo((2.2 - 2.1 + (4 - 3)) / 2, 12);
    expect(second?.margin).toBe(2);
    expect(importance.map(({ feature }) => feature).sort()).toEqual(['a', 'b']);
    expect(await codeOf(explainRows('fares:1', rows, options, workspace))).toBe('MW_MODEL_NOT_EXPLAINED');
  });

  test('of cross entropy is a regression of a share, or binary where that is said', async () => {
    const path = join(dir, 'share.txt');
    writeFileSync(path, model.replace('objective=regression', 'objective=cross_entropy'));
    const share = await importModel(path, { name: 'share', features: null }, workspace);
    expect(share.problem).toBe('regression');
    const clicks = await importModel(path, { name: 'clicks', features: null, problem: 'binary' }, workspace);
    expect(clicks.problem).toBe('binary');
    const rows = join(dir, 'clicks.csv');
    const out = join(dir, 'clicks-scored.csv');
    writeFileSync(rows, 'a,b\n11,33\n');
    await scoreFile(clicks.id, rows, out, workspace);
    const [head, line] = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((text) => text.split(','));
    expect(Number(line?.[head?.indexOf('probability') ?? -1])).toBeCloseTo(1 / (1 + Math.exp(-4)), 12);
    expect(await codeOf(importModel(file, { name: 'no', features: null, problem: 'binary' }, workspace))).toBe(
      'MW_EXCHANGE_UNSUPPORTED',
    );
  });
});
