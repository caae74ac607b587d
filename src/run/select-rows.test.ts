import fc from 'fast-check';
import { expect, test } from 'vitest';
import { selectRows } from './select-rows.js';

const rising = (values: number[]) => Int32Array.from(values).sort();

test('the selected table holds every test row and the sample, and the parts mean the same rows', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat(500), { minLength: 12 }),
      fc.integer({ min: 4, max: 60 }),
      fc.nat(1000),
      (all, sample, seed) => {
        const third = Math.floor(all.length / 3);
        const train = rising(all.slice(0, third));
        const validation = rising(all.slice(third, 2 * third));
        const test = rising(all.slice(2 * third));
        const fit = rising([...train, ...validation]);
        const selected = selectRows({ folds: [{ train, validation }], fit, test, leftOut: 0 }, sample, seed);
        const back = (part: Int32Array) => [...part].map((i) => selected.rows[i] as number);
        expect(back(selected.split.test)).toEqual([...test]);
        expect(selected.split.fit.length).toBe(Math.min(sample, fit.length));
        const [fold] = selected.split.folds;
        expect(back(fold!.train).every((row) => train.includes(row))).toBe(true);
        expect(back(fold!.validation).every((row) => validation.includes(row))).toBe(true);
        expect(rising([...back(fold!.train), ...back(fold!.validation)])).toEqual(rising(back(selected.split.fit)));
        expect(selected).toEqual(selectRows({ folds: [{ train, validation }], fit, test, leftOut: 0 }, sample, seed));
      },
    ),
    { seed: 1 },
  );
});

test('without a limit nothing is dropped', () => {
  const split = {
    folds: [{ train: rising([1, 2]), validation: rising([5]) }],
    fit: rising([1, 2, 5]),
    test: rising([9]),
    leftOut: 3,
  };
  expect([...selectRows(split, null, 1).rows]).toEqual([1, 2, 5, 9]);
});
