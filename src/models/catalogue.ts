import { fail } from '../base/error.js';
import { bayes } from './bayes/estimator.js';
import { ByteReader } from './bytes.js';
import { CalibratedModel, isCalibratedName } from './calibration/calibrated-model.js';
import { constant } from './constant/estimator.js';
import { elastic } from './elastic/estimator.js';
import type { Estimator, Model } from './estimator.js';
import { IMPORTED_FOREST, ImportedForestModel } from './exchange/imported-forest.js';
import { extraTrees, forest } from './forest/estimator.js';
import { gbdt } from './gbdt/estimator.js';
import { linear } from './linear/estimator.js';
import { logistic } from './logistic/estimator.js';
import { mlp } from './mlp/estimator.js';
import { neighbours } from './neighbours/estimator.js';
import { rbfSvm } from './rbf-svm/estimator.js';
import { svm } from './svm/estimator.js';
import { tree } from './tree/estimator.js';

/** Every estimator by name. */
export const ESTIMATORS: Readonly<Record<string, Estimator>> = Object.freeze({
  constant,
  logistic,
  linear,
  tree,
  gbdt,
  forest,
  extraTrees,
  bayes,
  neighbours,
  elastic,
  svm,
  mlp,
  rbfSvm,
});

/** @throws MW_MODEL_UNKNOWN */
export function estimatorOf(name: string): Estimator {
  const found = Object.hasOwn(ESTIMATORS, name) ? ESTIMATORS[name] : undefined;
  return (
    found ??
    fail('MW_MODEL_UNKNOWN', {
      what: `There is no estimator '${name}'.`,
      fix: `Use one of ${Object.keys(ESTIMATORS).join(', ')}.`,
    })
  );
}

/**
 * The model in some bytes that `Model.serialize` wrote, whatever its estimator, or imported from elsewhere.
 * @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION, MW_MODEL_UNKNOWN
 */
export function loadModel(bytes: Uint8Array): Model {
  const { estimator } = new ByteReader(bytes).header();
  if (isCalibratedName(estimator)) return CalibratedModel.load(bytes, loadModel);
  return estimator === IMPORTED_FOREST ? ImportedForestModel.load(bytes) : estimatorOf(estimator).load(bytes);
}
