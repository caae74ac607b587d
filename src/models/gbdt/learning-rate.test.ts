import { describe, expect, it } from 'vitest';
import { contextOf, learnable } from '../testing/examples.js';
import { gbdt } from './estimator.js';
import { learningRateFor } from './learning-rate.js';

describe('the learning rate that is not given', () => {
  it('grows with the rows and falls with the rounds, between its ends', () => {
    const rates = [1, 100, 2000, 20_000, 200_000, 10_000_000].map((rows) => learningRateFor(rows, 300, 0));
    expect(rates).toEqual(rates.toSorted((a, b) => a - b));
    expect(rates[0]).toBe(0.02);
    expect(rates[2]).toBeCloseTo(8 / 300, 12);
    expect(rates.at(-1)).toBe(0.1);
    expect(learningRateFor(2000, 20, 0)).toBe(0.1);
    expect(learningRateFor(2000, 200, 0)).toBeGreaterThan(learningRateFor(2000, 300, 0));
    expect(learningRateFor(2000, 5000, 50)).toBe(0.05);
  });

  it('is what the fit uses, and says', async () => {
    const data = learnable(gbdt, 'regression', 2000, 1);
    const context = contextOf('regression');
    const silent = await gbdt.fit(data, { rounds: 100, leaves: 4 }, context);
    const told = await gbdt.fit(data, { rounds: 100, leaves: 4, learningRate: learningRateFor(2000, 100, 0) }, context);
    expect(silent.summary.learningRate).toBe(0.08);
    expect(silent.serialize()).toEqual(told.serialize());
  });
});
