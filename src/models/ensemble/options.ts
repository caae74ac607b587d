import { declareOptions } from '../../base/options.js';
import type { Task } from '../estimator.js';

export const averageOptions = declareOptions({});
export const voteOptions = declareOptions({});
export const stackOptions = declareOptions({
  folds: {
    kind: 'integer',
    default: 5,
    min: 2,
    max: 50,
    unit: 'folds',
    doc: 'Parts of the training rows; each is predicted by members that learnt from the others.',
  },
  l2: { kind: 'number', default: 1, min: 0, doc: 'Ridge penalty of the model that weighs the members.' },
});

/** The parameters of each ensemble beside those of its members. */
export const ENSEMBLE_OPTIONS = Object.freeze({ average: averageOptions, vote: voteOptions, stack: stackOptions });
/** The tasks that each can do when its members can. */
export const ENSEMBLE_TASKS = Object.freeze({
  average: ['binary', 'multiclass', 'regression'],
  vote: ['binary', 'multiclass'],
  stack: ['binary', 'multiclass', 'regression'],
} as const satisfies Record<keyof typeof ENSEMBLE_OPTIONS, readonly Task[]>);
export type EnsembleName = keyof typeof ENSEMBLE_OPTIONS;
