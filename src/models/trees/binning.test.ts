import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { matrixOf } from '../testing/examples.js';
import { binColumn, type FeatureBins, fitBins } from './binning.js';
import { quantileBounds } from './quantile-bounds.js';

const params = { bins: 255, minBinRows: 3 };
const bytesOf = (column: Float64Array, bins: FeatureBins): number[] => {
  const out = new Uint8Array(column.length);
  binColumn(column, bins, out, 0, 1);
  return [...out];
};
const binsOf = (column: Float64Array, limits = params, categories = 0): FeatureBins =>
  fitBins(matrixOf([column], [categories]), limits, random(1))[0];

describe('quantile bounds', () => {
  it('are few, ascending, between values, and leave no small bin', () => {
    const values = fc.array(fc.oneof(fc.integer({ min: -20, max: 20 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 10 }), (list, most, least) => {
        const sorted = Float64Array.from(list).sort();
        const bounds = quantileBounds(sorted, most, least);
        expect(bounds.length).toBeLessThan(most);
        bounds.forEach((bound, b) => {
          const from = b === 0 ? -Infinity : bounds[b - 1];
          expect(bound).toBeGreaterThan(from);
          expect(sorted.some((value) => value > from && value <= bound)).toBe(true);
        });
        if (bounds.length > 0) expect(sorted[sorted.length - 1]).toBeGreaterThan(bounds[bounds.length - 1]);
      }),
      { seed: 4, numRuns: 400 },
    );
  });

  it('give distinct values bins of their own when there is room', () => {
    expect(quantileBounds(Float64Array.of(1, 1, 2, 2, 5, 5), 10, 1)).toEqual([1.5, 3.5]);
    expect(quantileBounds(Float64Array.of(1, 2, 2, 2, 5, 5), 10, 3)).toEqual([3.5]);
  });

  it('have about equal counts, and a frequent value stands alone', () => {
    const source = random(2);
    const sorted = Float64Array.from({ length: 10_000 }, (_, i) => (i % 4 === 0 ? 0.5 : source.next())).sort();
    const bounds = quantileBounds(sorted, 50, 3);
    const counts = Array.from({ length: bounds.length + 1 }, () => 0);
    for (const value of sorted) counts[bounds.filter((bound) => value > bound).length]++;
    expect(counts.length).toBe(50);
    const alone = counts[bounds.filter((bound) => 0.5 > bound).length];
    expect(alone).toBe(2500);
    for (const count of counts) if (count !== alone) expect(count).toBeLessThan(250);
  });
});

describe('binning', () => {
  it('keeps the order of values, and the missing apart', () => {
    const value = fc.oneof(
      fc.integer({ min: -9, max: 9 }),
      fc.double({ noNaN: false }),
      fc.constant(Number.NaN),
      fc.constant(0),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), fc.integer({ min: 2, max: 20 }), (list, most) => {
        const column = Float64Array.from(list);
        const bins = binsOf(column, { bins: most, minBinRows: 1 });
        const bytes = bytesOf(column, bins);
        expect(bins.bins).toBeLessThanOrEqual(most + 1);
        for (let i = 0; i < list.length; i++) {
          expect(bytes[i] === bins.bins - 1).toBe(Number.isNaN(list[i]));
          for (let k = 0; k < i; k++) if (list[i] < list[k]) expect(bytes[i]).toBeLessThanOrEqual(bytes[k]);
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('gives zeros a bin of their own', () => {
    const source = random(3);
    const column = Float64Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? 0 : source.normal() / 1000));
    const bytes = bytesOf(column, binsOf(column, { bins: 16, minBinRows: 3 }));
    const zero = bytes[0];
    column.forEach((value, i) => expect(bytes[i] === zero).toBe(value === 0));
  });

  it('keeps the most frequent categories and puts the others together', () => {
    const column = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 7 : i % 10 === 1 ? 3 : i < 6 ? 20 : 100 + i));
    column[999] = Number.NaN;
    const bins = binsOf(column, params, 2000);
    const bytes = bytesOf(Float64Array.of(7, 3, 20, 500, 1999, Number.NaN, -1, 1e9), bins);
    expect(bytes).toEqual([0, 1, 2, 2, 2, 3, 2, 2]);
    expect(bins).toMatchObject({ kind: 'categorical', other: 2, bins: 4, hasMissing: true });
  });
});
