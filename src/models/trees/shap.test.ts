import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, random } from '../../base/random.js';
import { gbdt } from '../gbdt/estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import { CATEGORICAL, CODES, FEATURES, randomForest } from '../testing/random-forest.js';
import type { Forest } from './forest.js';
import { ForestModel } from './forest-model.js';
import { TreeExplainer } from './shap.js';
import { gaussLegendre } from './shap-quadrature.js';

const randomRow = (source: Random): Float64Array =>
  Float64Array.from({ length: FEATURES }, (_, j) =>
    source.below(4) === 0 ? Number.NaN : CATEGORICAL.includes(j) ? source.below(CODES + 2) : source.normal(),
  );

/** Expectation of tree t when only the features in `known` are: the rows of both sides, in their shares, where a split is on another. */
function expectation(forest: Forest, t: number, row: Float64Array, known: number): number {
  const at = (node: number): number => {
    const { slot, left, threshold, sets, cover, value } = forest;
    const child = left[node];
    if (child === node) return value[node];
    const categorical = slot[node] < 0;
    const feature = categorical ? -1 - slot[node] : Math.floor(slot[node] / 2);
    if ((known >> feature) % 2 === 0) return (at(child) * cover[child] + at(child + 1) * cover[child + 1]) / cover[node];
    const x = row[feature];
    let goesLeft: boolean;
    if (categorical) {
      const bin = Number.isNaN(x) ? CODES + 1 : x < CODES ? x : CODES;
      goesLeft = (sets[8 * threshold[node]] >> bin) % 2 === 1;
    } else goesLeft = Number.isNaN(x) ? slot[node] % 2 === 0 : x <= threshold[node];
    return at(goesLeft ? child : child + 1);
  };
  return at(forest.roots[t]);
}

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const bits = (set: number): number => (set === 0 ? 0 : (set & 1) + bits(set >> 1));

/** Shapley values by their definition: the weighted gain of a feature over all sets of others. */
function byEnumeration(forest: Forest, row: Float64Array, outputs: number, start: Float64Array) {
  const contributions = new Float64Array(outputs * FEATURES);
  const base = start.slice();
  for (let t = 0; t + 1 < forest.roots.length; t++) {
    const values = Array.from({ length: 2 ** FEATURES }, (_, known) => expectation(forest, t, row, known));
    base[t % outputs] += values[0];
    for (let j = 0; j < FEATURES; j++)
      for (let known = 0; known < values.length; known++) {
        if ((known >> j) % 2 === 1) continue;
        const size = bits(known);
        const weight = (factorial(size) * factorial(FEATURES - size - 1)) / factorial(FEATURES);
        contributions[(t % outputs) * FEATURES + j] += weight * (values[known + 2 ** j] - values[known]);
      }
  }
  return { contributions, base };
}

/** Interaction values by their definition: half the weighted gain of a pair beyond those of its members, over all sets of others. */
function interactionByEnumeration(forest: Forest, row: Float64Array, outputs: number, i: number, j: number): Float64Array {
  const found = new Float64Array(outputs);
  for (let t = 0; t + 1 < forest.roots.length; t++)
    for (let known = 0; known < 2 ** FEATURES; known++) {
      if ((known >> i) % 2 === 1 || (known >> j) % 2 === 1) continue;
      const size = bits(known);
      const weight = (factorial(size) * factorial(FEATURES - size - 2)) / factorial(FEATURES - 1);
      const of = (set: number): number => expectation(forest, t, row, set);
      found[t % outputs] += (weight / 2) * (of(known + 2 ** i + 2 ** j) - of(known + 2 ** i) - of(known + 2 ** j) + of(known));
    }
  return found;
}

function explain(explainer: TreeExplainer, row: Float64Array) {
  const contributions = new Float64Array(explainer.base.length * FEATURES);
  const margins = new Float64Array(explainer.base.length);
  explainer.explainRow(row, contributions, margins);
  return { contributions, margins };
}

describe('interactions in a forest', () => {
  it('are those of the definition, symmetric, and each row of them adds up to its contribution', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 7 }),
        fc.integer({ min: 1, max: 2 }),
        (seed, trees, depth, outputs) => {
          const source = random(seed);
          const forest = randomForest(source, trees * outputs, depth);
          const explainer = new TreeExplainer('test', forest, new Float64Array(outputs), 'value');
          const row = randomRow(source);
          const { contributions } = explain(explainer, row);
          const found = new Float64Array(outputs * FEATURES * FEATURES).fill(Number.NaN);
          explainer.interactRow(row, contributions, found);
          const at = (k: number, i: number, j: number): number => found[(k * FEATURES + i) * FEATURES + j];
          for (let i = 0; i < FEATURES; i++) {
            for (let j = 0; j < i; j++)
              interactionByEnumeration(forest, row, outputs, i, j).forEach((expected, k) => {
                expect(Math.abs(at(k, i, j) - expected)).toBeLessThan(1e-11);
                expect(at(k, j, i)).toBe(at(k, i, j));
              });
            for (let k = 0; k < outputs; k++) {
              const sum = Array.from({ length: FEATURES }, (_, j) => at(k, i, j)).reduce((a, b) => a + b, 0);
              expect(Math.abs(sum - contributions[k * FEATURES + i])).toBeLessThan(1e-11);
            }
          }
        },
      ),
      { seed: 8, numRuns: 60 },
    );
  });
});

describe('contributions to a forest', () => {
  it('are the Shapley values, enumerated, with missing values, categories and several outputs', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 1, max: 3 }),
        (seed, trees, depth, outputs) => {
          const source = random(seed);
          const forest = randomForest(source, trees * outputs, depth);
          const start = Float64Array.from({ length: outputs }, () => source.normal());
          const explainer = new TreeExplainer('test', forest, start, 'value');
          for (let i = 0; i < 4; i++) {
            const row = randomRow(source);
            const expected = byEnumeration(forest, row, outputs, start);
            const found = explain(explainer, row);
            found.contributions.forEach((value, at) =>
              expect(Math.abs(value - expected.contributions[at])).toBeLessThan(1e-11),
            );
            found.margins.forEach((margin, k) => {
              expect(Math.abs(explainer.base[k] - expected.base[k])).toBeLessThan(1e-11);
              const whole = [...Array(trees).keys()].reduce(
                (sum, t) => sum + expectation(forest, t * outputs + k, row, 31),
                start[k],
              );
              expect(Math.abs(margin - whole)).toBeLessThan(1e-11);
            });
          }
        },
      ),
      { seed: 7, numRuns: 150 },
    );
  });

  it('give nothing to a feature without a split and the same to two that do the same', () => {
    // f0 <= 0 and f2 <= 0 as AND: each side of each split holds half of the rows.
    const forest: Forest = {
      features: Array.from({ length: FEATURES }, () => null),
      roots: Int32Array.of(0, 5),
      slot: Int32Array.of(0, 4, 0, 0, 0),
      threshold: Float64Array.of(0, 0, Infinity, Infinity, Infinity),
      left: Int32Array.of(1, 3, 2, 3, 4),
      value: Float64Array.of(0, 0, 0, 8, 0),
      cover: Uint32Array.of(100, 50, 50, 25, 25),
      sets: new Uint32Array(0),
    };
    const explainer = new TreeExplainer('test', forest, new Float64Array(1), 'value');
    expect(explainer.base[0]).toBe(2);
    const { contributions } = explain(explainer, Float64Array.of(-1, 0, -1, 0, 0));
    expect(contributions[0]).toBeCloseTo(3, 14);
    expect(contributions[2]).toBeCloseTo(3, 14);
    expect([...contributions].filter((_, j) => j !== 0 && j !== 2)).toEqual([0, 0, 0]);
  });

  it('add up along paths of sixty splits', () => {
    const source = random(3);
    const forest = randomForest(source, 30, 60);
    const explainer = new TreeExplainer('test', forest, new Float64Array(1), 'value');
    for (let i = 0; i < 50; i++) {
      const { contributions, margins } = explain(explainer, randomRow(source));
      const sum = contributions.reduce((a, b) => a + b, explainer.base[0]);
      expect(Math.abs(sum - margins[0])).toBeLessThan(1e-12 * 30);
    }
  });

  it('are refused when a part is not what the trees say', () => {
    const forest = randomForest(random(5), 3, 4);
    const explainer = new TreeExplainer('test', forest, new Float64Array(1), 'value');
    explainer.base[0] += 1e-6;
    expect(() => explain(explainer, randomRow(random(6)))).toThrow(expect.objectContaining({ code: 'MW_MODEL_EXPLAIN' }));
  });

  it('of grown models add up to their log-odds, row after row, with the same bits again', async () => {
    const source = random(11);
    const columns = Array.from({ length: FEATURES }, (_, j) =>
      Float64Array.from({ length: 600 }, () =>
        source.below(9) === 0 ? Number.NaN : CATEGORICAL.includes(j) ? source.below(CODES) : source.normal(),
      ),
    );
    const matrix = matrixOf(columns, [0, CODES, 0, CODES, 0]);
    for (const task of ['binary', 'multiclass', 'regression'] as const) {
      const target = columns[0].map((x, i) => {
        const signal = (Number.isNaN(x) ? 0.5 : x) + (columns[1][i] % 2 || 0) - 0.5;
        return task === 'regression'
          ? signal
          : task === 'binary'
            ? Number(signal > 0)
            : Number(signal > 0) + Number(signal > 1);
      });
      const model = await gbdt.fit({ matrix, target }, { rounds: 12, minRows: 5, minCategoryRows: 5 }, contextOf(task));
      if (!(model instanceof ForestModel)) throw new Error('gbdt gives a forest');
      const explainer = model.explainer();
      const contributions = new Float64Array(model.outputs * FEATURES);
      const again = contributions.slice();
      const margins = new Float64Array(model.outputs);
      const predicted = model.predict(matrix);
      for (let i = 0; i < 100; i++) {
        const row = Float64Array.from(columns, (column) => column[i]);
        explainer.explainRow(row, contributions, margins);
        explainer.explainRow(row, again, margins);
        expect(again).toEqual(contributions);
        if (task === 'binary') expect(1 / (1 + Math.exp(-margins[0]))).toBeCloseTo(predicted[i], 12);
        if (task === 'regression') expect(margins[0]).toBe(predicted[i]);
        if (task === 'multiclass')
          expect(Math.exp(margins[1] - margins[0])).toBeCloseTo(predicted[i * 3 + 1] / predicted[i * 3], 9);
      }
    }
  });
});

it('the quadrature of n points is exact for every power up to 2n - 1', () => {
  for (let n = 1; n <= 32; n++) {
    const { points, weights } = gaussLegendre(n);
    for (let power = 0; power < 2 * n; power++) {
      const found = points.reduce((sum, x, p) => sum + weights[p] * x ** power, 0);
      expect(Math.abs(found - 1 / (power + 1))).toBeLessThan(1e-14);
    }
  }
});
