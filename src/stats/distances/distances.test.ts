import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { chiSquaredSurvival, chiSquaredUpperQuantile } from '../distributions/chi-squared.js';
import { kolmogorovSurvival } from '../distributions/kolmogorov.js';
import { normalCdf, normalQuantile } from '../distributions/normal.js';
import { addLatency, latencyHistogram, latencyQuantile, mergeLatencies } from '../latency-histogram.js';
import { chiSquaredTest } from './chi-squared-test.js';
import { hellinger, jensenShannon, largestDifference } from './divergences.js';
import { kullbackLeibler, psi, psiNullQuantile } from './psi.js';
import { psiTest } from './psi-test.js';
import { energyDistance, kolmogorovSmirnov, wasserstein } from './samples.js';
import { shareTest } from './share-test.js';

const reference = Float64Array.from({ length: 2000 }, (_, i) => (i % 997) / 10);
const current = Float64Array.from({ length: 1500 }, (_, i) => ((7 * i) % 1009) / 10 + 3);

function equalWidth(values: Float64Array, low: number, high: number, bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  const edges = Array.from({ length: bins + 1 }, (_, b) => low + (b * (high - low)) / bins);
  for (const value of values) {
    let bin = 0;
    while (bin < bins - 1 && value >= edges[bin + 1]) bin++;
    counts[bin]++;
  }
  return counts;
}

describe('values of Evidently and scipy', () => {
  const high = Math.max(...reference, ...current);
  const a = equalWidth(reference, 0, high, 13);
  const b = equalWidth(current, 0, high, 13);
  test('binned: 13 Sturges bins', () => {
    expect(psi(a, b)).toBeCloseTo(0.04364749442649801, 12);
    expect(kullbackLeibler(a, b)).toBeCloseTo(0.020706429953584966, 12);
    expect(jensenShannon(a, b)).toBeCloseTo(0.07327695569619712, 12);
  });
  test('of samples', () => {
    const mean = reference.reduce((sum, x) => sum + x, 0) / 2000;
    const deviation = Math.sqrt(reference.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 2000);
    expect(wasserstein(reference, current) / deviation).toBeCloseTo(0.09094406225530399, 12);
    expect(energyDistance(reference, current)).toBeCloseTo(0.3803612829344695, 12);
    const { d, p } = kolmogorovSmirnov(reference, current);
    expect(d).toBeCloseTo(0.041, 12);
    expect(p).toBeCloseTo(0.1094051503583047, 10);
  });
  test('of categories', () => {
    const before = [16, 18, 16, 14, 12, 12];
    const after = [16, 16, 16, 16, 16, 8];
    expect(chiSquaredTest(before, after).p).toBeCloseTo(0.67309, 5);
    // The published value is cut off, not rounded.
    expect(Math.floor(hellinger(before, after) * 1e5) / 1e5).toBe(0.06812);
    expect(largestDifference([1, 9], [3, 7])).toBeCloseTo(0.2, 12);
    expect(largestDifference([2, 2, 2, 0], [2, 2, 2, 1])).toBeCloseTo(1 / 7, 12);
  });
});

describe('distributions at values of scipy 1.x', () => {
  test.each([
    [3.2, 5, 0.6691829020332432],
    [0.1, 1, 0.7518296340458492],
    [50, 20, 0.0002214766382487835],
    [200, 100, 1.1784500720979781e-8],
  ])('chi-squared %d, %d', (x, freedom, p) => expect(chiSquaredSurvival(x, freedom) / p).toBeCloseTo(1, 9));
  test.each([
    [0.001, 9, 27.877164871256568],
    [0.05, 1, 3.841458820694124],
    [0.5, 30, 29.336031516661585],
  ])('chi-squared quantile %d, %d', (tail, freedom, x) => expect(chiSquaredUpperQuantile(tail, freedom)).toBeCloseTo(x, 9));
  test.each([
    [0.975, 1.959963984540054],
    [1e-10, -6.361340902404056],
    [0.3, -0.5244005127080409],
  ])('normal quantile %d', (p, z) => expect(normalQuantile(p)).toBeCloseTo(z, 9));
  test.each([
    [-8, 6.22096057427174e-16],
    [-1, 0.15865525393145707],
    [0.5, 0.6914624612740131],
    [3, 0.9986501019683699],
  ])('normal %d', (z, p) => expect(normalCdf(z) / p).toBeCloseTo(1, 9));
  test.each([
    [0.3, 0.9999906941986655],
    [0.8, 0.5441424115741981],
    [1.36, 0.049485876755377876],
    [3, 3.045995948942526e-8],
  ])('Kolmogorov %d', (x, p) => expect(kolmogorovSurvival(x) / p).toBeCloseTo(1, 9));
});

describe('properties', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 4, maxLength: 4 });
  test('distances are symmetric, bounded, and zero for equal shares', () => {
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 9 }), (a, b, k) => {
        for (const distance of [psi, jensenShannon, hellinger, largestDifference]) {
          expect(distance(a, b)).toBeCloseTo(distance(b, a), 10);
          expect(distance(a, b)).toBeGreaterThanOrEqual(0);
          expect(
            distance(
              a,
              a.map((count) => count * k),
            ),
          ).toBeCloseTo(0, 7);
        }
        expect(hellinger(a, b)).toBeLessThanOrEqual(1);
        expect(jensenShannon(a, b)).toBeLessThanOrEqual(Math.sqrt(Math.LN2));
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  test('without drift PSI exceeds its null quantile about as often as it says', () => {
    const source = random(11);
    let exceeded = 0;
    for (let run = 0; run < 2000; run++) {
      const draw = (rows: number) => {
        const bins = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (let i = 0; i < rows; i++) bins[source.below(10)]++;
        return bins;
      };
      if (psi(draw(1000), draw(500)) > psiNullQuantile(1000, 500, 10, 0.05)) exceeded++;
    }
    expect(exceeded / 2000).toBeGreaterThan(0.035);
    expect(exceeded / 2000).toBeLessThan(0.07);
  });

  test('without drift the p of PSI is below a bound about as often as it says, sparse bins or not', () => {
    const source = random(12);
    for (const shape of ['even', 'skewed'] as const) {
      let below = 0;
      for (let run = 0; run < 1500; run++) {
        const draw = (rows: number) => {
          const bins = new Float64Array(30);
          for (let i = 0; i < rows; i++) bins[Math.floor(30 * source.next() ** (shape === 'even' ? 1 : 4))]++;
          return bins;
        };
        if ((psiTest(draw(3000), draw(400))?.p ?? 0) < 0.05) below++;
      }
      expect(below / 1500, shape).toBeGreaterThan(0.02);
      expect(below / 1500, shape).toBeLessThan(0.075);
    }
  });

  test('PSI of a change is found, and a rare category that becomes frequent is not hidden among the sparse', () => {
    expect(psiTest([500, 500], [250, 750])?.p).toBeLessThan(1e-9);
    expect(psiTest([500, 500], [480, 520])?.p).toBeGreaterThan(0.05);
    expect(psiTest([2500, 2490, 3, 4, 3], [90, 90, 20, 0, 0])?.p).toBeLessThan(1e-9);
    expect(psiTest([0, 0], [1, 2])).toBeNull();
    // 0.1 by chance alone: fifty bins of few rows.
    const many = Array.from({ length: 50 }, (_, b) => 4 + (b % 5));
    const shuffled = Array.from({ length: 50 }, (_, b) => 4 + ((b * 3 + 1) % 5));
    expect(psi(many, shuffled)).toBeGreaterThan(0.1);
    expect(psiTest(many, shuffled)?.p).toBeGreaterThan(0.1);
  });

  test('shares: exact at values of scipy.stats.fisher_exact, chi-squared with enough rows, nothing to tell from nothing', () => {
    // The one-sided p of 3 of 4 against 1 of 4 is 17/70; both tails are the same size here.
    expect(shareTest(1, 4, 3, 4).p).toBeCloseTo(34 / 70, 9);
    expect(shareTest(0, 5000, 3, 200).p).toBeLessThan(2e-4);
    expect(shareTest(0, 5000, 0, 200)).toMatchObject({ psi: 0, p: 1 });
    expect(shareTest(5000, 5000, 200, 200)).toMatchObject({ psi: 0, p: 1 });
    expect(shareTest(50, 100, 60, 100).p).toBeCloseTo(chiSquaredSurvival(200 / 99, 1), 9);
    const source = random(3);
    for (const share of [0.001, 0.01, 0.3]) {
      let below = 0;
      for (let run = 0; run < 1000; run++) {
        const draw = (rows: number) => {
          let hits = 0;
          for (let i = 0; i < rows; i++) if (source.next() < share) hits++;
          return hits;
        };
        if (shareTest(draw(2000), 2000, draw(300), 300).p < 0.05) below++;
      }
      expect(below / 1000, String(share)).toBeLessThan(0.075);
    }
  });

  test('latency quantiles are within one per cent, and merging is adding', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 5000, noNaN: true }), { minLength: 1, maxLength: 80 }), (values) => {
        const whole = latencyHistogram();
        const left = latencyHistogram();
        const right = latencyHistogram();
        values.forEach((value, i) => {
          addLatency(whole, value);
          addLatency(i % 3 === 0 ? left : right, value);
        });
        mergeLatencies(left, right);
        expect(left).toEqual(whole);
        const sorted = [...values].sort((a, b) => a - b);
        for (const share of [0.5, 0.95, 0.99]) {
          const exact = sorted[Math.ceil(share * sorted.length) - 1];
          expect(Math.abs((latencyQuantile(whole, share) ?? 0) / exact - 1)).toBeLessThan(0.0101);
        }
      }),
      { seed: 5, numRuns: 50 },
    );
    expect(latencyQuantile(latencyHistogram(), 0.5)).toBeNull();
  });
});
