import type { Clock } from '../base/clock.js';
import { fail } from '../base/error.js';
import type { Watch } from '../base/progress.js';
import type { TrainPlan, ValuePlan } from '../define/plan.js';
import type { Frame } from '../frame/frame.js';
import { applyCalibration, fitCalibration } from '../models/calibration/catalogue.js';
import type { FeatureInput, Pipeline } from '../pipeline/pipeline.js';
import { type Recipe, refit, valuesAt } from './refit.js';
import { scoreRows } from './score.js';
import { search } from './search.js';
import { sampledRows, searchFolds } from './search-folds.js';
import type { RowSplit } from './split-rows.js';
import type { CodedTarget } from './target.js';
import type { Trial } from './trial.js';

export interface TrainInput extends Watch {
  readonly plan: TrainPlan;
  /** Pay-offs that the threshold is chosen by; F1 when there are none. */
  readonly value: ValuePlan | null;
  /** Holds the feature columns. */
  readonly table: Frame;
  readonly features: readonly FeatureInput[];
  readonly target: CodedTarget;
  readonly split: RowSplit;
  readonly clock: Clock;
  /** Most trials at a time, 'cores' for one a core where that pays; 1 unless given. Results do not depend on it. */
  readonly workers?: number | 'cores';
  /** Trials of an interrupted search over the same plan and rows. */
  readonly finished?: readonly Trial[];
  /** Told of each trial in their order, and waited for. */
  readonly onTrial?: ((trial: Trial) => void | Promise<void>) | undefined;
  /** Largest number of training rows of a trial; SEARCH_ROWS unless given. */
  readonly searchRows?: number;
}

export interface TrainResult {
  readonly pipeline: Pipeline;
  readonly trials: readonly Trial[];
  readonly best: Trial;
  /** What `refit` needs, over `fitRows`, to end with the same bytes. */
  readonly recipe: Recipe;
  readonly fitRows: Int32Array;
  /** The best trial on rows it did not learn from (not the final model, which has): what evaluation and thresholds rest on. */
  readonly validation: {
    readonly rows: Int32Array;
    /** Row-major, as `Model.predict` gives them. */
    readonly predictions: Float64Array;
    readonly target: Float64Array;
  };
  /** Training rows a trial when the search worked on a sample, else null. */
  readonly searchedOn: number | null;
  readonly seconds: number;
}

/**
 * Searches the candidates, chooses the threshold on validation rows and fits the final pipeline on training and validation rows
 * together, with the rounds that early stopping found.
 * @throws MW_TRAIN_*, MW_MODEL_*, MW_OPTION_*, MW_INTERRUPTED
 */
export async function trainModel(input: TrainInput): Promise<TrainResult> {
  const { plan, table, features, target, split, clock, signal, onProgress } = input;
  if (features.length === 0) fail('MW_TRAIN_NO_FEATURES', { what: 'There is no feature column to learn from.' });
  const started = clock.now();
  const seed = plan.search.seed;
  const { folds, searchedOn } = searchFolds(input);
  const fitRows = sampledRows(split.fit, plan.sample ?? split.fit.length, seed, 'fit');
  const trained = folds.reduce((sum, { train }) => sum + train.length, 0);
  const found = await search({
    plan,
    value: input.value,
    table,
    features,
    target,
    folds,
    clock,
    workers: input.workers ?? 1,
    refitCost: (1.2 * fitRows.length) / trained,
    finished: input.finished ?? [],
    onTrial: input.onTrial,
    signal,
    onProgress,
  });
  const validationTarget = valuesAt(target.values, found.rows);
  const { estimator, params, rounds, settled } = found.best;
  const calibrated = calibrate(input, found.predictions, validationTarget);
  const recipe: Recipe = {
    features,
    trial: { estimator, params, rounds, ...(settled ? { settled } : {}) },
    ...(calibrated ? { calibration: calibrated.calibration } : {}),
    threshold: calibrated?.threshold ?? found.threshold,
    seed,
  };
  onProgress?.({ step: 'fit', done: 0, total: 1, note: found.best.estimator });
  const pipeline = await refit(recipe, table, target, fitRows, {
    signal,
    onProgress: ({ done, total }) =>
      onProgress?.({ step: 'fit', done, ...(total === undefined ? {} : { total }), note: found.best.estimator }),
  });
  onProgress?.({ step: 'fit', done: 1, total: 1, note: found.best.estimator });
  return {
    pipeline,
    trials: found.trials,
    best: found.best,
    recipe,
    fitRows,
    validation: { rows: found.rows, predictions: calibrated?.predictions ?? found.predictions, target: validationTarget },
    searchedOn,
    seconds: (clock.now() - started) / 1000,
  };
}

/** Fits the plan's calibration on the validation predictions, and chooses the threshold again on what comes of them. */
function calibrate({ plan, target, value }: TrainInput, given: Float64Array, wanted: Float64Array) {
  if (plan.calibrate === undefined) return null;
  const { task } = target;
  const outputs = given.length / wanted.length;
  const calibration = fitCalibration(plan.calibrate, { task, outputs, predictions: given, target: wanted });
  const predictions = given.slice();
  for (let at = 0; at < predictions.length; at += outputs) applyCalibration(calibration, predictions, at, outputs);
  const { threshold } = scoreRows(plan.search.by, task, wanted, predictions, value);
  return { calibration, predictions, threshold };
}
