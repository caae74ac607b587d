import { fail } from '../base/error.js';
import { bayes } from './bayes/estimator.js';
import { ByteReader } from './bytes.js';
import { CalibratedModel, isCalibratedName } from './calibration/calibrated-model.js';
import { constant } from './constant/estimator.js';
import { elastic } from './elastic/estimator.js';
import { ENSEMBLES } from './ensemble/catalogue.js';
import { ensembleEstimator } from './ensemble/ensemble-estimator.js';
import { MOST_MEMBERS, parseEnsembleName } from './ensemble/ensemble-name.js';
import type { Estimator, Model } from './estimator.js';
import { IMPORTED_FOREST, ImportedForestModel } from './exchange/imported-forest.js';
import { extraTrees, forest } from './forest/estimator.js';
import { gbdt } from './gbdt/estimator.js';
import { kmeans } from './kmeans/estimator.js';
import { linear } from './linear/estimator.js';
import { logistic } from './logistic/estimator.js';
import { mlp } from './mlp/estimator.js';
import { neighbours } from './neighbours/estimator.js';
import { rbfSvm } from './rbf-svm/estimator.js';
import { svm } from './svm/estimator.js';
import { tree } from './tree/estimator.js';

/** Every estimator of a target by name. */
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

/** Every algorithm that groups rows without a target, by name. A definition cannot name these: it has a label. */
export const CLUSTERERS: Readonly<Record<string, Estimator<'clustering'>>> = Object.freeze({ kmeans });

const ensembles = new Map<string, Estimator>();

/** The estimator of a name, or the ensemble of a name such as 'stack(gbdt,logistic)'. @throws MW_MODEL_UNKNOWN */
export function estimatorOf(name: string): Estimator {
  return (
    findEstimator(name) ??
    fail('MW_MODEL_UNKNOWN', {
      what: `There is no estimator '${name.slice(0, 200)}'.`,
      fix: `Use one of ${Object.keys(ESTIMATORS).join(', ')}, or some of them as ${Object.keys(ENSEMBLES).join(', ')}(first,second).`,
    })
  );
}

/** The same; undefined for a name that is none. */
export function findEstimator(name: string): Estimator | undefined {
  if (Object.hasOwn(ESTIMATORS, name)) return ESTIMATORS[name];
  const known = ensembles.get(name);
  if (known) return known;
  const parsed = parseEnsembleName(name);
  const kind = parsed && Object.hasOwn(ENSEMBLES, parsed.kind) ? ENSEMBLES[parsed.kind] : undefined;
  if (!parsed || !kind || parsed.members.length > MOST_MEMBERS) return undefined;
  if (!parsed.members.every((member) => Object.hasOwn(ESTIMATORS, member))) return undefined;
  const members = parsed.members.map((member) => ESTIMATORS[member] as Estimator);
  const made = ensembleEstimator(kind, members, loadModel);
  ensembles.set(name, made);
  return made;
}

/** @throws MW_MODEL_UNKNOWN */
export function clustererOf(name: string): Estimator<'clustering'> {
  const found = Object.hasOwn(CLUSTERERS, name) ? CLUSTERERS[name] : undefined;
  return (
    found ??
    fail('MW_MODEL_UNKNOWN', {
      what: `There is no clustering algorithm '${name}'.`,
      fix: `Use one of ${Object.keys(CLUSTERERS).join(', ')}.`,
    })
  );
}

/**
 * The model of a target in some bytes that `Model.serialize` wrote, whatever its estimator, or imported from elsewhere.
 * @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION, MW_MODEL_UNKNOWN
 */
export function loadModel(bytes: Uint8Array): Model {
  const { estimator } = new ByteReader(bytes).header();
  if (isCalibratedName(estimator)) return CalibratedModel.load(bytes, loadModel);
  return estimator === IMPORTED_FOREST ? ImportedForestModel.load(bytes) : estimatorOf(estimator).load(bytes);
}

/**
 * The clusters in some bytes that `Model.serialize` wrote, whatever the algorithm.
 * @throws MW_MODEL_CORRUPT, MW_MODEL_VERSION, MW_MODEL_UNKNOWN
 */
export function loadClusters(bytes: Uint8Array): Model<'clustering'> {
  return clustererOf(new ByteReader(bytes).clusteringHeader().estimator).load(bytes);
}
