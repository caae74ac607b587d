import { expect, test } from 'vitest';
import { estimatorOf } from '../models/catalogue.js';
import { ENSEMBLES } from '../models/ensemble/catalogue.js';
import { ENSEMBLE_OPTIONS } from '../models/ensemble/options.js';
import { candidateEntry, gbdt, linear, logistic } from './candidates.js';
import { average, stack, vote } from './ensembles.js';
import { int } from './spaces.js';

test('an ensemble is a candidate whose parameters stand behind the names of its members', () => {
  expect(stack([gbdt({ leaves: int(7, 63) }), logistic(), gbdt({ rounds: 20 })], { folds: 3 })).toEqual({
    kind: 'candidate',
    estimator: 'stack(gbdt,logistic,gbdt)',
    params: { folds: 3, 'gbdt.leaves': { kind: 'intSpace', low: 7, high: 63 }, 'gbdt2.rounds': 20 },
  });
  expect(average([gbdt(), linear()]).estimator).toBe('average(gbdt,linear)');
  expect(vote([gbdt(), logistic()]).estimator).toBe('vote(gbdt,logistic)');
});

test('the language knows the ensembles of the catalogue, with their parameters and tasks', () => {
  expect(Object.keys(ENSEMBLE_OPTIONS).toSorted()).toEqual(Object.keys(ENSEMBLES).toSorted());
  for (const name of [
    'average(gbdt,linear)',
    'vote(gbdt,tree)',
    'vote(gbdt,linear)',
    'stack(gbdt,logistic,gbdt)',
    'average(logistic,linear)',
  ]) {
    const entry = candidateEntry(name);
    expect(entry?.params).toEqual(estimatorOf(name).params);
    expect(entry?.tasks).toEqual(estimatorOf(name).tasks);
  }
  for (const name of ['average(x,y)', 'average()', 'mix(gbdt,tree)', 'gbdt()']) expect(candidateEntry(name)).toBeUndefined();
});

test('mistakes are told', () => {
  const code = (make: () => unknown): string => {
    try {
      make();
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
    return 'none';
  };
  expect(code(() => stack([gbdt()] as never))).toBe('MW_DEFINE_INVALID');
  expect(code(() => stack(gbdt() as never))).toBe('MW_DEFINE_INVALID');
  expect(code(() => average([average([gbdt(), linear()]), gbdt()]))).toBe('MW_DEFINE_INVALID');
  expect(code(() => average([gbdt(), 7 as never]))).toBe('MW_DEFINE_INVALID');
  expect(code(() => stack([gbdt(), linear()], { fold: 3 } as never))).toBe('MW_DEFINE_UNKNOWN');
  expect(code(() => stack([gbdt(), linear()], { folds: 1 }))).toBe('MW_OPTION_INVALID');
});
