import { describe, expect, test } from 'vitest';
import { random } from '../../base/random.js';
import { chiSquaredSurvival, chiSquaredUpperQuantile } from '../distributions/chi-squared.js';
import { fSurvival, fUpperQuantile } from '../distributions/f.js';
import { exceedanceSurvival, exceedanceTest } from './exceedance-test.js';
import { psiNull } from './null-distribution.js';
import { psiNullQuantile } from './psi.js';

describe('F', () => {
  test('is Student squared, its own reciprocal, and chi-squared in the limit', () => {
    // Student's t: the two-sided 0.001 and 0.05 points of tables.
    expect(Math.sqrt(fUpperQuantile(0.001, 1, 6))).toBeCloseTo(5.9588, 3);
    expect(Math.sqrt(fUpperQuantile(0.05, 1, 27))).toBeCloseTo(2.0518, 3);
    for (const [x, a, b] of [
      [0.3, 1, 4],
      [2, 3.5, 7],
      [9, 12, 2.2],
    ])
      expect(fSurvival(x, a, b) + fSurvival(1 / x, b, a)).toBeCloseTo(1, 12);
    expect(fSurvival(3, 4, 1e9)).toBeCloseTo(chiSquaredSurvival(12, 4), 12);
    expect(fUpperQuantile(0.001, 9, Number.POSITIVE_INFINITY)).toBeCloseTo(chiSquaredUpperQuantile(0.001, 9) / 9, 10);
    expect(fSurvival(0, 3, 3)).toBe(1);
  });
  test('the quantile is where the survival is the tail', () => {
    for (const tail of [0.5, 0.01, 1e-6])
      for (const freedom of [1, 2.7, 30]) expect(fSurvival(fUpperQuantile(tail, 2, freedom), 2, freedom)).toBeCloseTo(tail, 9);
  });
});

describe('PSI where nothing drifts', () => {
  test('of independent rows is as before', () => {
    expect(psiNull(5000, 400, 10, null).quantile(0.001)).toBeCloseTo(psiNullQuantile(5000, 400, 10), 10);
  });
  test('rows and days together: the tail is that of the sum', () => {
    const source = random(4);
    const [n, m, parts] = [5000, 500, 10];
    const unit = 1 / n + 1 / m;
    const spread = psiNull(n, m, parts, { excess: 12 * unit, rank: 1, freedom: Number.POSITIVE_INFINITY });
    const bound = spread.quantile(0.01);
    let above = 0;
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      let sum = 12 * source.normal() ** 2;
      for (let k = 1; k < parts; k++) sum += source.normal() ** 2;
      if (unit * sum > bound) above++;
    }
    expect(above / draws).toBeGreaterThan(0.008);
    expect(above / draws).toBeLessThan(0.012);
    expect(spread.survival(bound)).toBeCloseTo(0.01, 8);
  });
  test('a spread known from few days is trusted less', () => {
    const few = psiNull(5000, 500, 10, { excess: 0.1, rank: 1, freedom: 3 }).quantile(0.001);
    expect(few).toBeGreaterThan(2 * psiNull(5000, 500, 10, { excess: 0.1, rank: 1, freedom: 30 }).quantile(0.001));
  });
});

describe('values where the reference has none', () => {
  test('as likely as counting orders says', () => {
    // All of m beyond the largest of n: one of the (n + m choose m) orders.
    expect(exceedanceSurvival(3, 1, 4, 3)).toBeCloseTo(1 / 35, 12);
    expect(exceedanceSurvival(1, 1, 9, 1)).toBeCloseTo(0.1, 12);
    expect(exceedanceSurvival(1, 2, 9, 1)).toBeCloseTo(0.2, 12);
    expect(exceedanceSurvival(0, 2, 9, 5)).toBe(1);
  });
  test('whatever the distribution, no more often than its p says', () => {
    const source = random(8);
    const shapes = [() => source.normal(), () => Math.tan(Math.PI * (source.next() - 0.5)), () => source.below(50)];
    for (const draw of shapes) {
      let found = 0;
      for (let run = 0; run < 1000; run++) {
        const reference = Array.from({ length: 60 }, draw);
        const largest = Math.max(...reference);
        const least = Math.min(...reference);
        let hits = 0;
        for (let i = 0; i < 100; i++) {
          const value = draw();
          if (value > largest || value < least) hits++;
        }
        if (hits > 0 && exceedanceTest(2, 60, hits, 100).p <= 0.05) found++;
      }
      expect(found).toBeLessThan(80);
    }
  });
  test('rows that are alike count as fewer', () => {
    const alone = exceedanceTest(2, 5000, 100, 1000);
    const alike = exceedanceTest(2, 5000, 100, 1000, { reference: 100, live: 100 });
    expect(alone.p).toBeLessThan(1e-20);
    expect(alike.p).toBeGreaterThan(0.05);
    expect(alike.chance).toBeGreaterThan(alone.chance);
  });
});
