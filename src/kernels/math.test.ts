import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exp, log, sigmoid, softplus } from './math.js';

const close = (value: number, expected: number): boolean => Math.abs(value - expected) <= 4.5e-16 * Math.abs(expected);

describe('elementary functions', () => {
  it('exp agrees with Math.exp to the last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: -700, max: 709, noNaN: true }), (x) => close(exp(x), Math.exp(x))),
      { seed: 1, numRuns: 5000 },
    );
    expect([exp(0), exp(-Infinity), exp(Infinity), exp(710), exp(-746)]).toEqual([1, 0, Infinity, Infinity, 0]);
    expect(exp(Number.NaN)).toBeNaN();
    expect(exp(-740) / Math.exp(-740)).toBeCloseTo(1, 1);
    expect(close(exp(709.7), Math.exp(709.7))).toBe(true);
  });

  it('log agrees with Math.log to the last bits', () => {
    fc.assert(
      fc.property(fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }), (x) => close(log(x), Math.log(x))),
      {
        seed: 2,
        numRuns: 5000,
      },
    );
    expect([log(1), log(0), log(Infinity)]).toEqual([0, -Infinity, Infinity]);
    expect(log(-1)).toBeNaN();
  });

  it('sigmoid and softplus stay finite and fit each other', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e4, max: 1e4, noNaN: true }), (x) => {
        const p = sigmoid(x);
        const step = 1e-5;
        const slope = (softplus(x + step) - softplus(x - step)) / (2 * step);
        return p >= 0 && p <= 1 && Math.abs(slope - p) < 1e-5;
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});
