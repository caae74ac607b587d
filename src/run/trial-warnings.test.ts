import { expect, test } from 'vitest';
import type { CandidatePlan, TrainPlan } from '../define/plan.js';
import type { Trial } from '../train/trial.js';
import { trialWarnings } from './trial-warnings.js';

const candidate = (estimator: string): CandidatePlan => ({ kind: 'candidate', estimator, params: {} });
const trial = (number: number, estimator: string, failure?: string): Trial => ({
  candidate: number - 1,
  estimator,
  params: {},
  share: 1,
  number,
  rounds: null,
  score: failure === undefined ? 0.5 : null,
  metrics: {},
  ...(failure === undefined ? {} : { failure }),
  seconds: 1,
  elapsed: number,
});
const plan = (trials: number, timeBudget: number | null): TrainPlan => ({
  kind: 'train',
  split: { kind: 'randomSplit', test: 0.2, validation: 0.2 },
  sample: null,
  candidates: [candidate('constant'), candidate('gbdt')],
  search: { kind: 'search', by: 'auc', trials, timeBudget, seed: 1 },
});

test('nothing is said about a search in which all went well', () => {
  expect(trialWarnings(plan(2, null), [trial(1, 'constant'), trial(2, 'gbdt')])).toEqual([]);
});

test('failed trials, candidates without time and candidates without a trial are named', () => {
  expect(trialWarnings(plan(2, null), [trial(1, 'constant'), trial(2, 'gbdt', 'It diverged.')])).toEqual([
    '1 of 2 trials failed; trial 2 (gbdt): It diverged.',
  ]);
  expect(trialWarnings(plan(20, 2000), [trial(1, 'constant')])).toEqual([
    'Not tried: gbdt; the time budget of 2s was over before.',
  ]);
  expect(trialWarnings(plan(1, 2000), [trial(1, 'constant')])).toEqual([
    'Not tried: gbdt; 2 candidates have 1 trial between them.',
  ]);
});
