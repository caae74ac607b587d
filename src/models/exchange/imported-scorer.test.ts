import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, random } from '../../base/random.js';
import { asForest, lastBelow } from './as-forest.js';
import { nextFloat, previousFloat } from './float32.js';
import { ForestBuilder } from './forest-builder.js';
import { ImportedScorer } from './imported-scorer.js';
import { addLeaves, CATEGORICAL, FLOAT, type ImportedForestParts, MISSING_ZERO } from './imported-trees.js';

const INPUTS = 4;
/** The last feature holds codes; the others numbers where rounding matters. */
const numbers = [
  0,
  -0,
  1,
  0.1,
  Math.fround(0.1),
  1e-40,
  -1e-45,
  2 ** -150,
  16777217,
  3.4028235e38,
  -3.4028235e38,
  1e300,
  -1e300,
];

function number(source: Random): number {
  const base = numbers[source.below(numbers.length)] as number;
  const near = [
    base,
    nextFloat(Math.fround(base)),
    previousFloat(Math.fround(base)),
    base / 2 + nextFloat(Math.fround(base)) / 2,
  ];
  return near[source.below(4)] as number;
}

function parts(source: Random, float: boolean): ImportedForestParts {
  const builder = new ForestBuilder(INPUTS);
  const trees = 1 + source.below(20);
  const output: number[] = [];
  for (let t = 0; t < trees; t++) {
    output.push(source.below(3));
    builder.addTree(output[t] as number, 0, (id) => {
      if (id > 6 || source.below(4) === 0) return { leaf: source.normal() };
      const feature = source.below(INPUTS);
      const categorical = feature === INPUTS - 1;
      const missing = float ? 0 : [0, 8][source.below(2)];
      const threshold = float ? Math.fround(number(source)) : number(source);
      return {
        feature,
        rule: (float ? FLOAT : (missing as number)) | (categorical ? CATEGORICAL : 0) | (source.below(2) === 0 ? 2 : 0),
        threshold,
        set: categorical ? Uint32Array.from({ length: source.below(4) }, () => source.below(2 ** 32)) : null,
        left: 2 * id + 1,
        right: 2 * id + 2,
      };
    });
  }
  return {
    task: 'multiclass',
    inputs: INPUTS,
    link: 'softmax',
    steepness: 1,
    sums: float ? 'float32' : 'float64',
    divisor: 1,
    start: Float64Array.of(0.5, 0, -1),
    forest: builder.finish(),
  };
}

const special = [Number.NaN, Infinity, -Infinity];

describe('imported trees in the kernels of our own', () => {
  it('give the same bits as the plain walk, for any rules, trees and rows', () => {
    let fast = 0;
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), (seed, float) => {
        const source = random(seed);
        const model = parts(source, float);
        const scorer = ImportedScorer.of(model);
        if (!scorer) return;
        fast += 1;
        for (let k = 0; k < 30; k++) {
          const row = Float64Array.from({ length: INPUTS }, (_, j) => {
            if (source.below(8) === 0) return special[source.below(3)] as number;
            if (j === INPUTS - 1) return source.below(130) + ([0, 0, 0.5, -1, -0.5, 0.99999999][source.below(6)] as number);
            return source.below(3) === 0 ? -number(source) : number(source);
          });
          const [a, b] = [Float64Array.from(model.start), Float64Array.from(model.start)];
          scorer.add(row, a, 0);
          addLeaves(model, row, b, 0);
          expect(a).toEqual(b);
        }
      }),
      { numRuns: 300 },
    );
    expect(fast).toBeGreaterThan(100);
  });

  it('leave what they cannot express to the plain walk, as zero that counts as missing', () => {
    const builder = new ForestBuilder(2);
    builder.addTree(0, 0, (id) =>
      id > 0 ? { leaf: id } : { feature: 0, rule: MISSING_ZERO, threshold: 1, set: null, left: 1, right: 2 },
    );
    expect(asForest(builder.finish(), 2)).toBeNull();
  });

  it('have a float64 bound for every float32 one', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (bound) => {
        const last = lastBelow(bound);
        expect(Math.fround(last)).toBeLessThan(bound === -Infinity ? 0 : bound);
        const bits = new BigInt64Array(Float64Array.of(last).buffer);
        const [next] = new Float64Array(BigInt64Array.of((bits[0] as bigint) + (last >= 0 ? 1n : -1n)).buffer);
        if (last !== 0) expect(Math.fround(next as number) < bound).toBe(false);
      }),
    );
  });
});
