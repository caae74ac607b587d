import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import type { Task, TrainingData } from '../estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { ForestScorer } from '../trees/forest.js';
import type { ForestModel } from '../trees/forest-model.js';
import { gbdt } from './estimator.js';

const ROWS = 400;

/** Rows that go against whatever is asked of them: numbers with gaps and ties, a category, weights. */
function wild(task: Task, seed: number): TrainingData {
  const source = random(seed);
  const columns = [0, 1, 2].map((j) =>
    Float64Array.from({ length: ROWS }, () =>
      source.below(9) === 0 ? Number.NaN : j === 1 ? source.below(6) : source.normal() * 3,
    ),
  );
  columns.push(Float64Array.from({ length: ROWS }, () => source.below(9)));
  const target = Float64Array.from({ length: ROWS }, (_, i) => {
    const [a, b, c, d] = columns.map((column) => (Number.isNaN(column[i]) ? 2 : column[i]));
    const signal = Math.sin(2 * a) * b + Math.cos(c) * (d % 3) - (a * c) / 4 + source.normal();
    return task === 'binary' ? Number(signal > 0) : signal;
  });
  return { matrix: matrixOf(columns, [0, 0, 0, 9]), target, weight: target.map(() => source.below(3)) };
}

/** Largest step of the score in the forbidden direction along feature `j`, over all values between and beyond its data. */
function largestBreach(model: ForestModel, data: TrainingData, j: number, direction: number): number {
  const scorer = new ForestScorer(model.forest, 1);
  const values = [...new Set(data.matrix.columns[j])].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const grid = [-Infinity, ...values, Infinity];
  let worst = 0;
  for (let i = 0; i < ROWS; i += 7) {
    const row = Float64Array.from(data.matrix.columns, (column) => column[i]);
    let before = Number.NaN;
    for (const value of grid) {
      row[j] = value;
      const out = new Float64Array(1);
      scorer.add(row, out, 0);
      if (before === before) worst = Math.max(worst, direction * (before - out[0]));
      before = out[0];
    }
  }
  return worst;
}

describe('monotone constraints', () => {
  const params = fc.record({
    growth: fc.constantFrom('leafwise', 'depthwise'),
    leaves: fc.constantFrom(4, 31),
    minRows: fc.constantFrom(1, 10),
    l1: fc.constantFrom(0, 2),
    l2: fc.constantFrom(0, 3),
    rowSample: fc.constantFrom(1, 0.6),
    learningRate: fc.constantFrom(0.1, 0.7),
  });
  /** Ways to boost beside the usual one; weights are what gradients are multiplied by. */
  const variants = fc.constantFrom<Record<string, unknown>>(
    {},
    {},
    { sampling: 'goss', rowSample: 1, learningRate: 0.4 },
    { boosting: 'dart', dropRate: 0.5, skipDrop: 0.1 },
    { objective: 'huber' },
    { objective: 'poisson' },
    { objective: 'tweedie' },
  );
  const directions = fc.array(fc.constantFrom(-1, 0, 1), { minLength: 3, maxLength: 3 }).filter((list) => list.some(Boolean));

  it('hold exactly for every row and value, on data that go against them', async () => {
    let free = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.boolean(), params, variants, directions, async (seed, classes, usual, variant, d) => {
        const task = classes && !('objective' in variant) ? 'binary' : 'regression';
        const wanted = wild(task, seed);
        const counts = variant['objective'] === 'poisson' || variant['objective'] === 'tweedie';
        const data = counts ? { ...wanted, target: wanted.target.map((y) => Math.round(Math.abs(y))) } : wanted;
        const monotone = d.flatMap((sign, j) => (sign === 0 ? [] : [`f${j}:${sign > 0 ? '+' : '-'}`])).join(',');
        const given = { rounds: 15, minBinRows: 1, ...usual, ...variant };
        const model = (await gbdt.fit(data, { ...given, monotone }, contextOf(task))) as ForestModel;
        for (const [j, sign] of d.entries()) if (sign !== 0) expect(largestBreach(model, data, j, sign)).toBe(0);
        const without = (await gbdt.fit(data, given, contextOf(task))) as ForestModel;
        if (d.some((sign, j) => sign !== 0 && largestBreach(without, data, j, sign) > 0.05)) free++;
      }),
      { seed: 21, numRuns: 40 },
    );
    expect(free).toBeGreaterThan(34);
  });

  it('cost little where the truth keeps to them, and help against noise', async () => {
    const source = random(3);
    const rows = 500;
    const make = (): TrainingData => {
      const columns = [0, 1].map(() => Float64Array.from({ length: rows }, () => source.next() * 4));
      return {
        matrix: matrixOf(columns),
        target: columns[0].map((x, i) => Math.sqrt(x) - columns[1][i] ** 2 / 8 + source.normal() / 2),
      };
    };
    const [train, test] = [make(), make()];
    const errorOf = async (options: Record<string, unknown>): Promise<number> => {
      const predicted = (await gbdt.fit(train, options, contextOf('regression'))).predict(test.matrix);
      return predicted.reduce((sum, p, i) => sum + (p - test.target[i]) ** 2, 0) / rows;
    };
    expect(await errorOf({ monotone: 'f0:+, f1:-' })).toBeLessThan(await errorOf({}));
    expect(await errorOf({ monotone: 'f0:-, f1:+' })).toBeGreaterThan(1.5 * (await errorOf({})));
  });
});

describe('interaction constraints', () => {
  const group = fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 });

  it('keep every path within one group', async () => {
    let mixed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.array(group, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (seed, groups, sampled) => {
          const data = wild('regression', seed);
          const interactions = groups.map((list) => list.map((j) => `f${j}`).join(',')).join(';');
          const given = { rounds: 8, minRows: 5, oneHotCategories: 9, ...(sampled ? { columnSampleByNode: 0.6 } : {}) };
          const rest = [0, 1, 2, 3].filter((j) => !groups.some((list) => list.includes(j)));
          const allowed = [...groups, rest];
          const fits = (path: readonly number[]) => allowed.some((list) => path.every((j) => list.includes(j)));
          const model = (await gbdt.fit(data, { ...given, interactions }, contextOf('regression'))) as ForestModel;
          const paths = pathsOf(model);
          expect(paths.length).toBeGreaterThan(8);
          for (const path of paths) expect([path, fits(path)]).toEqual([path, true]);
          if (pathsOf((await gbdt.fit(data, given, contextOf('regression'))) as ForestModel).some((path) => !fits(path)))
            mixed++;
        },
      ),
      { seed: 22, numRuns: 25 },
    );
    expect(mixed).toBeGreaterThan(15);
  });

  it('make each feature speak for itself when every one is alone', async () => {
    const data = wild('regression', 5);
    const model = (await gbdt.fit(data, { interactions: 'f0;f1;f2;f3' }, contextOf('regression'))) as ForestModel;
    const out = (row: readonly number[]) => {
      const value = new Float64Array(1);
      model.predictRow(Float64Array.from(row), value);
      return value[0];
    };
    expect(out([1, 2, 1, 3]) - out([-1, 2, 1, 3])).toBeCloseTo(out([1, 5, -2, 7]) - out([-1, 5, -2, 7]), 10);
  });
});

/** The features split on above each leaf. */
function pathsOf({ forest }: ForestModel): number[][] {
  const { roots, slot, left } = forest;
  const paths: number[][] = [];
  const down = (node: number, path: readonly number[]): void => {
    if (left[node] === node) {
      paths.push([...new Set(path)]);
      return;
    }
    const feature = slot[node] < 0 ? -1 - slot[node] : slot[node] >> 1;
    for (const child of [left[node], left[node] + 1]) down(child, [...path, feature]);
  };
  for (let t = 0; t + 1 < roots.length; t++) down(roots[t], []);
  return paths;
}

describe('constraints that do not fit the features', () => {
  const data = wild('regression', 1);
  const refused = (params: Record<string, unknown>, task: Task = 'regression') => {
    const target = task === 'multiclass' ? data.target.map((_, i) => i % 3) : data.target;
    return expect(gbdt.fit({ ...data, target }, params, contextOf(task))).rejects;
  };
  it.each([
    ['an unknown name', { monotone: 'ff0:+' }, "Did you mean 'f0'?"],
    ['a category', { monotone: 'f3:+' }, 'numbers and booleans'],
    ['an unknown name in a group', { interactions: 'f0, f9' }, 'Features: f0, f1, f2, f3'],
  ])('are refused: %s', async (_, params, fix) => {
    await refused(params).toMatchObject({ code: 'MW_OPTION_INVALID', fix: expect.stringContaining(fix) });
  });
  it('are refused: directions of several classes', async () => {
    await refused({ monotone: 'f0:+' }, 'multiclass').toMatchObject({ code: 'MW_OPTION_INVALID' });
  });
});
