import { log } from '../../kernels/math.js';
import type { Task } from '../estimator.js';
import { countAt, type Fields, isObject, listAt, numbersAt, objectAt, textAt, type Value } from './document.js';
import { ForestBuilder } from './forest-builder.js';
import { ImportedForestModel } from './imported-forest.js';
import { CATEGORICAL, DEFAULT_LEFT, FLOAT, type ImportedLink } from './imported-trees.js';
import type { ImportedFile } from './lightgbm-text.js';
import { damaged, MOST_FEATURES, MOST_OUTPUTS, unsupported } from './refuse.js';

/** What base_score, a probability or a mean, is on the scale of scores. */
type Start = (base: number) => number;
const asIs: Start = (base) => base;
// Each step in float32, as XGBoost computes it.
const logit: Start = (base) => {
  if (!(base > 0 && base < 1)) damaged(`base_score ${base} is no probability`);
  return -Math.fround(log(Math.fround(Math.fround(1 / base) - 1)));
};
const logarithm: Start = (base) => {
  if (!(base > 0)) damaged(`base_score ${base} is not above zero`);
  return Math.fround(log(base));
};

const OBJECTIVES: ReadonlyMap<string, readonly [Task, ImportedLink, Start]> = new Map([
  ['binary:logistic', ['binary', 'sigmoid', logit]],
  ['binary:logitraw', ['regression', 'identity', asIs]],
  ['binary:hinge', ['regression', 'step', asIs]],
  ['reg:logistic', ['regression', 'sigmoid', logit]],
  ['reg:squarederror', ['regression', 'identity', asIs]],
  ['reg:linear', ['regression', 'identity', asIs]],
  ['reg:squaredlogerror', ['regression', 'identity', asIs]],
  ['reg:pseudohubererror', ['regression', 'identity', asIs]],
  ['reg:absoluteerror', ['regression', 'identity', asIs]],
  ['reg:quantileerror', ['regression', 'identity', asIs]],
  ['count:poisson', ['regression', 'exp', logarithm]],
  ['reg:gamma', ['regression', 'exp', logarithm]],
  ['reg:tweedie', ['regression', 'exp', logarithm]],
  ['rank:pairwise', ['regression', 'identity', asIs]],
  ['rank:ndcg', ['regression', 'identity', asIs]],
  ['rank:map', ['regression', 'identity', asIs]],
  ['multi:softprob', ['multiclass', 'softmax', asIs]],
  ['multi:softmax', ['multiclass', 'softmax', asIs]],
]);

/**
 * A model as XGBoost's save_model writes it to .json and .ubj, versions 1 to 3, with gbtree or dart. Leaves are added in float32 in
 * the order of the trees, as XGBoost does. Classes of multi:softmax come as probabilities.
 * @throws MW_EXCHANGE_CORRUPT, MW_EXCHANGE_UNSUPPORTED
 */
export function readXgboost(document: Value): ImportedFile {
  const top = isObject(document) ? document : damaged('it is no object');
  const learner = objectAt(top, 'learner');
  const params = objectAt(learner, 'learner_model_param');
  checkKnown(top, KNOWN.top, 'the file');
  checkKnown(learner, KNOWN.learner, 'the learner');
  checkKnown(params, KNOWN.params, 'the parameters of the learner');
  const objective = textAt(objectAt(learner, 'objective'), 'name');
  const [task, link, startOf] = OBJECTIVES.get(objective) ?? unsupported(`the objective '${objective.slice(0, 40)}'`);
  const inputs = countAt(params, 'num_feature', 0, MOST_FEATURES);
  if (Number(params.get('num_target') ?? 1) > 1) unsupported('several targets');
  const outputs = Math.max(1, countAt(params, 'num_class', 0, MOST_OUTPUTS));
  if ((task === 'multiclass') !== outputs > 1) damaged(`it has ${outputs} outputs and the objective ${objective}`);
  const builder = new ForestBuilder(inputs);
  addTrees(builder, objectAt(learner, 'gradient_booster'), outputs);
  const forest = builder.finish();
  const model = new ImportedForestModel({
    task,
    inputs,
    link,
    steepness: 1,
    divisor: 1,
    sums: 'float32',
    start: basesOf(params, outputs).map(startOf),
    forest,
  });
  const names = learner.get('feature_names');
  const named = Array.isArray(names) && names.length === inputs && names.every((name) => typeof name === 'string');
  return { model, names: named && inputs > 0 ? (names as readonly string[]) : null };
}

/**
 * Fields of files of versions 1 to 3.4 that are read here, or that tell of the training and change no prediction. Any other may be new and
 * change them all, as the weights of dropped trees did when they moved.
 */
const KNOWN = {
  top: ['learner', 'version'],
  learner: ['attributes', 'feature_names', 'feature_types', 'gradient_booster', 'learner_model_param', 'objective'],
  params: ['base_score', 'boost_from_average', 'num_class', 'num_feature', 'num_target'],
  booster: ['name', 'model', 'gbtree', 'weight_drop'],
  model: ['gbtree_model_param', 'trees', 'tree_info', 'iteration_indptr', 'cats', 'weight_drop'],
  tree: [
    'base_weights',
    'categories',
    'categories_nodes',
    'categories_segments',
    'categories_sizes',
    'default_left',
    'id',
    'leaf_child_counts',
    'left_children',
    'loss_changes',
    'parents',
    'right_children',
    'split_conditions',
    'split_indices',
    'split_type',
    'sum_hessian',
    'tree_param',
  ],
} as const;

function checkKnown(fields: Fields, known: readonly string[], what: string): void {
  for (const name of fields.keys())
    if (!known.includes(name)) unsupported(`a field '${name.slice(0, 40)}' of ${what} whose meaning is not known`);
}

/** One number, or since 3.0 a list of one or one an output, as text. */
function basesOf(params: Fields, outputs: number): Float64Array {
  const text = textAt(params, 'base_score').trim();
  const words = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1).split(',') : [text];
  const bases = Float64Array.from(words, (word) => (word.trim() === '' ? Number.NaN : Math.fround(Number(word))));
  if (!bases.every(Number.isFinite) || (bases.length !== 1 && bases.length !== outputs))
    damaged(`base_score is '${text.slice(0, 40)}'`);
  return bases.length === outputs ? bases : new Float64Array(outputs).fill(bases[0] as number);
}

function addTrees(builder: ForestBuilder, booster: Fields, outputs: number): void {
  const kind = textAt(booster, 'name');
  if (kind !== 'gbtree' && kind !== 'dart') unsupported(`the booster '${kind.slice(0, 40)}'`);
  const holder = kind === 'dart' ? objectAt(booster, 'gbtree') : booster;
  const model = objectAt(holder, 'model');
  const trees = listAt(model, 'trees');
  const info = numbersAt(model, 'tree_info', trees.length);
  checkKnown(booster, KNOWN.booster, 'the booster');
  if (holder !== booster) checkKnown(holder, KNOWN.booster, 'the booster');
  checkKnown(model, KNOWN.model, 'the trees together');
  const weights = weightsOf(kind, booster, model, trees.length);
  trees.forEach((tree, t) => {
    const output = info[t] as number;
    if (!(Number.isInteger(output) && output >= 0 && output < outputs)) damaged(`tree ${t} adds to output ${output}`);
    addTree(
      builder,
      isObject(tree) ? tree : damaged(`tree ${t} is no object`),
      t,
      output,
      weights ? Math.fround(weights[t] as number) : 1,
    );
  });
}

/** The weights of the trees where some were dropped: beside the trees of a booster named dart, since 3.4 among those of any. */
function weightsOf(kind: string, booster: Fields, model: Fields, trees: number): Float64Array | null {
  const within = model.has('weight_drop') ? numbersAt(model, 'weight_drop') : null;
  const beside = booster.has('weight_drop') ? numbersAt(booster, 'weight_drop', trees) : null;
  if (within && beside) damaged('it weighs its trees twice');
  // A booster that never dropped a tree may list none.
  if (within && within.length > 0)
    return within.length === trees ? within : damaged(`'weight_drop' has ${within.length} of ${trees} numbers`);
  return beside ?? (kind === 'dart' && !within ? damaged("it has no list 'weight_drop'") : null);
}

function addTree(builder: ForestBuilder, tree: Fields, t: number, output: number, weight: number): void {
  const left = numbersAt(tree, 'left_children');
  const nodes = left.length;
  const right = numbersAt(tree, 'right_children', nodes);
  const indices = numbersAt(tree, 'split_indices', nodes);
  const conditions = numbersAt(tree, 'split_conditions', nodes);
  const defaults = numbersAt(tree, 'default_left', nodes);
  const types = tree.has('split_type') ? numbersAt(tree, 'split_type', nodes) : null;
  checkKnown(tree, KNOWN.tree, `tree ${t}`);
  const cover = tree.has('sum_hessian') ? numbersAt(tree, 'sum_hessian', nodes) : null;
  const gain = tree.has('loss_changes') ? numbersAt(tree, 'loss_changes', nodes) : null;
  if (Number(objectAt(tree, 'tree_param').get('size_leaf_vector') ?? 0) > 1) unsupported('vectors in its leaves');
  const sets = setsOf(tree, t);
  builder.addTree(output, 0, (id) => {
    const child = left[id] ?? damaged(`tree ${t} has no node ${id}`);
    const condition = conditions[id] as number;
    const counts = { cover: cover?.[id], gain: gain?.[id] };
    if (child === -1) return { ...counts, leaf: Math.fround(weight * Math.fround(condition)) };
    const categorical = types !== null && types[id] === 1;
    const set = categorical ? (sets.get(id) ?? damaged(`split ${id} of tree ${t} has no categories`)) : null;
    const goesLeft = defaults[id] === 1;
    return {
      ...counts,
      feature: indices[id] as number,
      rule: FLOAT | (categorical ? CATEGORICAL : 0) | (goesLeft ? DEFAULT_LEFT : 0),
      threshold: categorical ? 0 : Math.fround(condition),
      set,
      left: child,
      right: right[id] as number,
    };
  });
}

/** Categories beyond this are as good as none: XGBoost sends them with those of no set, and a set must not ask for memory. */
const MOST_CATEGORIES = 1 << 24;

function setsOf(tree: Fields, t: number): ReadonlyMap<number, Uint32Array> {
  const sets = new Map<number, Uint32Array>();
  if (!tree.has('categories_nodes')) return sets;
  const nodes = numbersAt(tree, 'categories_nodes');
  const starts = numbersAt(tree, 'categories_segments', nodes.length);
  const sizes = numbersAt(tree, 'categories_sizes', nodes.length);
  const categories = numbersAt(tree, 'categories');
  let words = 0;
  let listed = 0;
  nodes.forEach((node, k) => {
    const from = starts[k] as number;
    const size = sizes[k] as number;
    const inside = Number.isInteger(from) && Number.isInteger(size) && from >= 0 && size >= 0;
    if (!inside || from + size > categories.length) damaged(`tree ${t} has categories of split ${node} that it does not list`);
    listed += size;
    if (listed > categories.length) damaged(`splits of tree ${t} share their categories`);
    let most = -1;
    for (let i = from; i < from + size; i++) {
      const category = categories[i] as number;
      if (!(Number.isInteger(category) && category >= 0 && category < MOST_CATEGORIES))
        damaged(`tree ${t} has a category ${category}`);
      most = Math.max(most, category);
    }
    const set = new Uint32Array((most >> 5) + 1);
    words += set.length;
    if (words > MOST_CATEGORIES) damaged(`tree ${t} has too many categories`);
    for (let i = from; i < from + size; i++) {
      const category = categories[i] as number;
      set[category >> 5] = ((set[category >> 5] as number) | (1 << (category & 31))) >>> 0;
    }
    sets.set(node, set);
  });
  return sets;
}
