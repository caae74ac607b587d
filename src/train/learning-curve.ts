import { validationRows } from './search.js';
import { searchFolds } from './search-folds.js';
import type { TrainInput } from './train-model.js';
import type { Trial } from './trial.js';
import { TrialFitter } from './trial-fitter.js';

/** Shares of the training rows that a learning curve is measured at, beside all of them. */
const SHARES = [0.0625, 0.125, 0.25, 0.5] as const;

/** A point of a learning curve: training rows of a fold in the mean, and the score on the validation rows of all folds. */
export interface LearningPoint {
  readonly rows: number;
  /** Null where the validation rows do not define it or so few rows cannot be learnt from. */
  readonly score: number | null;
}

/**
 * How the score of a finished trial grows with its training rows: the same parameters are fitted on random parts of each fold, a smaller one
 * within a larger.
 * @throws MW_INTERRUPTED
 */
export async function learningCurve(
  input: Omit<TrainInput, 'finished' | 'onTrial' | 'workers'>,
  trial: Trial,
): Promise<readonly LearningPoint[]> {
  const { folds } = searchFolds(input);
  const fitter = new TrialFitter({ ...input, folds, refitCost: 0, finished: [], workers: 1 }, validationRows(folds));
  const rowsAt = (share: number) =>
    Math.round(folds.reduce((sum, { train }) => sum + Math.max(1, Math.ceil(train.length * share)), 0) / folds.length);
  const points: LearningPoint[] = [];
  for (const share of SHARES) {
    input.onProgress?.({ step: 'learning', done: points.length, total: SHARES.length, note: `${rowsAt(share)} rows` });
    points.push({ rows: rowsAt(share), score: await fitter.scoreAt(trial, share, { signal: input.signal }) });
  }
  return [...points, { rows: rowsAt(1), score: trial.score }];
}
