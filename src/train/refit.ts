import { fail } from '../base/error.js';
import { resolveOptions } from '../base/options.js';
import type { Watch } from '../base/progress.js';
import { type Frame, selectColumns, takeRows } from '../frame/frame.js';
import { CalibratedModel } from '../models/calibration/calibrated-model.js';
import type { Calibration } from '../models/calibration/calibration.js';
import { estimatorOf } from '../models/catalogue.js';
import type { Estimator } from '../models/estimator.js';
import { needsOf } from '../models/needs.js';
import { fitEncoder } from '../pipeline/encoder.js';
import { makePipeline } from '../pipeline/make-pipeline.js';
import type { FeatureInput, Pipeline } from '../pipeline/pipeline.js';
import { type CodedTarget, classCount } from './target.js';
import type { Trial } from './trial.js';

/** Everything that decides the final model: the same recipe over the same table gives the same bytes. */
export interface Recipe {
  readonly features: readonly FeatureInput[];
  readonly trial: Pick<Trial, 'estimator' | 'params' | 'rounds' | 'settled'>;
  /** Found on validation rows, which the final model learns from; absent when the plan asks for none. */
  readonly calibration?: Calibration;
  readonly threshold: number;
  readonly seed: number;
}

/**
 * Fits encoder and estimator on the given rows by a recipe that a search settled; no choosing, no early stopping.
 * @param rows rows of `table` to learn from, all labelled
 * @throws MW_TRAIN_CANDIDATE_UNFIT, MW_PIPELINE_FEATURE_MISSING, MW_MODEL_*, MW_INTERRUPTED
 */
export async function refit(
  recipe: Recipe,
  table: Frame,
  target: CodedTarget,
  rows: Int32Array,
  watch: Watch = {},
): Promise<Pipeline> {
  const estimator = estimatorFor(recipe.trial.estimator, target);
  const values = valuesAt(target.values, rows);
  const coded = { task: target.task, classes: classCount(target), values };
  const part = takeRows(featureColumns(table, recipe.features), rows);
  const needs = needsOf(estimator, { ...recipe.trial.params, ...recipe.trial.settled });
  const { encoder, training } = fitEncoder(part, recipe.features, coded, needs, {}, recipe.seed);
  const params = resolveOptions(estimator.name, estimator.params, {
    ...recipe.trial.params,
    ...recipe.trial.settled,
    ...(recipe.trial.rounds === null ? {} : { rounds: recipe.trial.rounds }),
  });
  const model = await estimator.fit({ matrix: training, target: values }, params, {
    ...watch,
    task: target.task,
    classes: coded.classes,
    seed: recipe.seed,
  });
  const whole = recipe.calibration ? new CalibratedModel(model, recipe.calibration) : model;
  return makePipeline({ encoder, model: whole, classes: target.classes, threshold: recipe.threshold });
}

/** The estimator of a candidate, which must be able to do the task. @throws MW_TRAIN_CANDIDATE_UNFIT */
export function estimatorFor(name: string, target: CodedTarget): Estimator {
  const estimator = estimatorOf(name);
  if (!estimator.tasks.includes(target.task))
    fail('MW_TRAIN_CANDIDATE_UNFIT', {
      what: `The candidate '${name}' does ${estimator.tasks.join(' and ')}, not ${target.task}.`,
      where: { candidate: name },
    });
  return estimator;
}

export function valuesAt(values: Float64Array, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i] as number] as number;
  return out;
}

/** Only the columns that are features, so that no others are copied; one that is missing is left for the encoder to tell. */
export function featureColumns(table: Frame, features: readonly FeatureInput[]): Frame {
  const names = features.map(({ name }) => name).filter((name) => Object.hasOwn(table.columns, name));
  return selectColumns(table, names);
}
