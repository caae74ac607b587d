import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { random } from '../../base/random.js';
import { CATEGORICAL, CODES, FEATURES, randomForest } from '../testing/random-forest.js';
import { spreadRow } from './forest.js';
import { PackedShap } from './packed-shap.js';
import { explainTree, passBuffers } from './shap-passes.js';
import { shapPlan } from './shap-plan.js';

it('gives the contributions of the specification to the bit', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 1, max: 3 }),
      (seed, trees, depth, outputs) => {
        const source = random(seed);
        const forest = randomForest(source, trees, depth);
        const plan = shapPlan(forest);
        const packed = PackedShap.pack(forest, plan, outputs) as PackedShap;
        const buffers = passBuffers(plan);
        const x = new Float64Array(2 * FEATURES);
        for (let k = 0; k < 10; k++) {
          const row = Float64Array.from({ length: FEATURES }, (_, j) =>
            source.below(5) === 0 ? Number.NaN : CATEGORICAL.includes(j) ? source.below(CODES + 2) : source.normal(),
          );
          const expected = new Float64Array(outputs * FEATURES);
          spreadRow(forest.features, row, x);
          for (let t = 0; t < trees; t++) explainTree(forest, plan, t, x, buffers, expected, (t % outputs) * FEATURES);
          const found = new Float64Array(outputs * FEATURES);
          expect(packed.addRow(row, found)).toBe(true);
          expect(found).toEqual(expected);
        }
      },
    ),
    { numRuns: 60 },
  );
});
