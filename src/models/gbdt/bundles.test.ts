import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import type { Matrix, TrainingData } from '../estimator.js';
import { contextOf, matrixOf } from '../testing/examples.js';
import type { Machinery } from '../trees/binned-rows.js';
import { binColumn, fitBins } from '../trees/binning.js';
import { planBundles, tableOfColumn, writeCodes } from '../trees/bundles.js';
import { boost } from './boost.js';
import { binaryObjective } from './objectives/binary.js';
import { gbdtOptions } from './options.js';

/** Groups of features of which at most one is not zero in a row, with values of several kinds, among dense ones. */
function sparse(rows: number, seed: number): Matrix {
  const source = random(seed);
  const columns: Float64Array[] = [];
  for (let group = 0; group < 4; group++) {
    const members = Array.from({ length: 5 + source.below(12) }, () => new Float64Array(rows));
    const kinds = members.map(() => source.below(4));
    for (let i = 0; i < rows; i++) {
      const k = source.below(members.length + 3);
      if (k >= members.length) continue;
      const value = [1, 1 + source.below(9), source.normal(), source.below(4) === 0 ? Number.NaN : -1 - source.below(3)];
      members[k][i] = value[kinds[k]];
    }
    columns.push(
      ...members,
      Float64Array.from({ length: rows }, () => source.normal()),
    );
  }
  // One that overlaps with everything, and one that is always zero.
  columns.push(Float64Array.from({ length: rows }, () => Number(source.below(9) === 0)));
  columns.push(new Float64Array(rows));
  return matrixOf(columns);
}

describe('bundled features', () => {
  it('can each be read from the shared columns', () => {
    let saved = 0;
    fc.assert(
      fc.property(fc.integer({ min: 30, max: 600 }), fc.integer(), (rows, seed) => {
        const matrix = sparse(rows, seed);
        const bins = fitBins(matrix, { bins: 255, minBinRows: 1 }, random(1));
        const plan = planBundles(matrix, bins);
        if (!plan) return;
        const { bundles } = plan;
        saved += bins.length - bundles.columns;
        const bytes = new Uint8Array(bundles.columns * rows);
        for (const one of plan.sparse) writeCodes(one, bundles, bytes, bundles.columnOf[one.feature] * rows);
        bins.forEach((feature, j) => {
          if (bundles.codesOf[j] === 0) return;
          const own = new Uint8Array(rows);
          binColumn(matrix.columns[j], feature, own, 0, 1);
          // For each bin, the rows that a table sends left by the shared column are those of that bin.
          for (let bin = 0; bin < feature.bins; bin++) {
            const table = new Uint8Array(256);
            table[bin] = 1;
            const codes = tableOfColumn(table, j, bundles);
            for (let i = 0; i < rows; i++)
              if (codes[bytes[bundles.columnOf[j] * rows + i]] !== table[own[i]]) throw new Error(`${j} ${bin} ${i}`);
          }
        });
      }),
      { seed: 3, numRuns: 25 },
    );
    expect(saved).toBeGreaterThan(25 * 10);
  });

  it('give the same model as each in a column of its own, and as plain TypeScript', async () => {
    for (const [rows, seed, params] of [
      [900, 1, { minRows: 1, leaves: 40 }],
      [2500, 2, { columnSample: 0.5 }],
      [20_000, 4, { columnSample: 0.15, rounds: 6 }],
      [40_000, 3, { leaves: 60, bins: 20 }],
    ] as const) {
      const matrix = sparse(rows, seed);
      const noise = random(7);
      const target = Float64Array.from({ length: rows }, (_, i) => {
        const sum = matrix.columns.reduce((total, column, j) => total + ((j % 5) - 2) * (column[i] || 0), 0);
        return Number(sum + noise.normal() > 0);
      });
      const data: TrainingData = { matrix, target };
      const resolved = resolveOptions('test', gbdtOptions, { rounds: 3, ...params });
      const trees = async (machinery: Machinery) => {
        const { trees: grown } = await boost(data, binaryObjective, resolved, contextOf('binary'), machinery);
        return JSON.stringify(grown.map(({ splits, value, cover }) => ({ splits, value, cover })));
      };
      const plain = await trees({ threads: 1, plain: true });
      const alone = await trees({ threads: 1, bundled: false });
      expect(alone === plain).toBe(true);
      for (const threads of [1, 2, 3]) expect([threads, (await trees({ threads })) === alone]).toEqual([threads, true]);
    }
  });

  it('are not looked for where columns are dense', () => {
    const source = random(1);
    const matrix = matrixOf(Array.from({ length: 4 }, () => Float64Array.from({ length: 500 }, () => source.normal())));
    expect(planBundles(matrix, fitBins(matrix, { bins: 255, minBinRows: 3 }, random(1)))).toBeUndefined();
  });
});
