import { fail } from '../../base/error.js';
import type { FitContext, Matrix, Model } from '../estimator.js';
import type { FeatureBins } from '../trees/binning.js';
import { type Forest, ForestScorer } from '../trees/forest.js';
import { ForestModel } from '../trees/forest-model.js';

/**
 * The boosted trees that training goes on from.
 * @throws MW_MODEL_CONTINUE unless they learnt the same problem from the same inputs
 */
export function continuedModel(
  from: Model,
  matrix: Matrix,
  { task, classes }: FitContext,
  objective: string | null,
): ForestModel {
  if (!(from instanceof ForestModel) || from.estimator !== 'gbdt')
    return refuse(`Boosting goes on from a model of gbdt, not of '${from.estimator}'.`);
  if (from.task !== task || (task === 'multiclass' && from.outputs !== classes))
    refuse(`The model to go on from learnt a ${from.task} problem of ${from.outputs} outputs, and this is a ${task} one.`);
  if (from.objective !== objective)
    refuse(
      `The model to go on from minimised the objective '${from.objective ?? 'auto'}', and this training '${objective ?? 'auto'}'.`,
    );
  if (from.inputs !== matrix.features.length)
    refuse(`The model to go on from has ${from.inputs} inputs, the rows ${matrix.features.length}.`);
  matrix.features.forEach(({ name, categories }, j) => {
    if ((from.forest.features[j] !== null) !== categories > 0)
      refuse(`Feature '${name}' is ${categories > 0 ? 'categorical' : 'numeric'}, and was not in the model to go on from.`);
  });
  return from;
}

function refuse(what: string): never {
  return fail('MW_MODEL_CONTINUE', { what });
}

/** The bins with the categories told apart as in the earlier trees, since one model has one way to see a category. */
export function sameCategories(bins: readonly FeatureBins[], { features }: Forest): FeatureBins[] {
  return bins.map((feature, j) => {
    const known = features[j];
    return feature.kind === 'categorical' && known ? { ...feature, ...known, bins: known.other + 2 } : feature;
  });
}

/** Scores of all rows by a model, before its link: added tree by tree as boosting did. */
export function scoresOf({ forest, start }: ForestModel, { rows, columns }: Matrix): Float64Array {
  const scorer = new ForestScorer(forest, start.length);
  const scores = new Float64Array(rows * start.length);
  const row = new Float64Array(columns.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns.length; j++) row[j] = columns[j][i];
    scores.set(start, i * start.length);
    scorer.add(row, scores, i * start.length);
  }
  return scores;
}

function joined<T extends Int32Array | Uint32Array | Float64Array>(into: T, head: T, tail: T): T {
  into.set(head);
  into.set(tail, head.length);
  return into;
}

/** The trees of one forest after those of another over the same features. */
export function joinForests(first: Forest, second: Forest): Forest {
  const nodes = first.left.length;
  const trees = first.roots.length - 1;
  const sets = first.sets.length / 8;
  const total = nodes + second.left.length;
  const roots = new Int32Array(trees + second.roots.length);
  roots.set(first.roots);
  second.roots.forEach((root, t) => {
    roots[trees + t] = nodes + root;
  });
  return {
    features: second.features,
    roots,
    slot: joined(new Int32Array(total), first.slot, second.slot),
    threshold: joined(
      new Float64Array(total),
      first.threshold,
      second.threshold.map((threshold, i) => (second.slot[i] < 0 ? threshold + sets : threshold)),
    ),
    left: joined(
      new Int32Array(total),
      first.left,
      second.left.map((left) => left + nodes),
    ),
    value: joined(new Float64Array(total), first.value, second.value),
    cover: joined(new Uint32Array(total), first.cover, second.cover),
    sets: joined(new Uint32Array(first.sets.length + second.sets.length), first.sets, second.sets),
  };
}
