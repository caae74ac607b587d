import type { MatrixFeature, Model } from '../estimator.js';
import type { Forest } from '../trees/forest.js';
import type { Link } from '../trees/forest-model.js';
import { codeSplit } from './code-split.js';
import { floorFloat, LARGEST_FLOAT, nextFloat } from './float32.js';
import { treeModel, withoutShares } from './tree-model.js';

/** How XGBoost names what makes sums of leaves to outputs, and the base score that adds nothing. */
const OBJECTIVES: Readonly<Record<Link, readonly [name: string, base: string, param: string, of: string, value?: string]>> = {
  identity: ['reg:squarederror', '0E0', 'reg_loss_param', 'scale_pos_weight', '1'],
  shares: ['reg:squarederror', '0E0', 'reg_loss_param', 'scale_pos_weight', '1'],
  sigmoid: ['binary:logistic', '5E-1', 'reg_loss_param', 'scale_pos_weight', '1'],
  softmax: ['multi:softprob', '0E0', 'softmax_multiclass_param', 'num_class'],
  exp: ['count:poisson', '1E0', 'poisson_regression_param', 'max_delta_step', '0.7'],
};
/** The version that is claimed: the first whose fields the file has. Later ones read it. */
const VERSION = [2, 0, 0];
const NO_PARENT = 2_147_483_647;

/**
 * A model of trees as XGBoost's JSON. Inputs, thresholds, leaves and sums are float32 there and a split asks for strictly less, so
 * each threshold becomes the float32 after the largest one that goes left here: every float32 input goes the same way. An input in
 * between is rounded to the nearest float32 first, and may go the other way at a threshold that it is within half a step of. What sums
 * begin with becomes a first round of single leaves.
 * @param features the inputs of the model, in order
 * @throws MW_EXCHANGE_UNSUPPORTED for models without trees and for shares of several classes
 */
export function writeXgboost(model: Model, features: readonly MatrixFeature[]): string {
  const trees = treeModel(model, "XGBoost's format");
  const { link, outputs } = trees;
  const { forest, start } = withoutShares(trees, "XGBoost's format");
  const [objective, base, param, of, value] = OBJECTIVES[link];
  const written = start === null ? [] : Array.from(start, (value) => leafOnly(value));
  for (let t = 0; t + 1 < forest.roots.length; t++) written.push(treeFields(forest, t, features));
  const count = written.length;
  const classes = link === 'softmax' ? outputs : 0;
  return jsonOf({
    learner: {
      attributes: {},
      feature_names: features.map(({ name }) => name),
      feature_types: features.map(({ categories }, j) => (categories > 0 || forest.features[j] ? 'c' : 'q')),
      gradient_booster: {
        name: 'gbtree',
        model: {
          gbtree_model_param: { num_trees: `${count}`, num_parallel_tree: '1' },
          iteration_indptr: Int32Array.from({ length: Math.floor(count / outputs) + 1 }, (_, round) => round * outputs),
          tree_info: Int32Array.from({ length: count }, (_, t) => t % outputs),
          trees: written.map((fields, id) => ({ ...fields, id })),
        },
      },
      learner_model_param: {
        base_score: base,
        boost_from_average: '1',
        num_class: `${classes}`,
        num_feature: `${features.length}`,
        num_target: '1',
      },
      objective: { name: objective, [param]: { [of]: value ?? `${classes}` } },
    },
    version: VERSION,
  });
}

type Json = string | number | readonly Json[] | { readonly [name: string]: Json } | Float32Array | Int32Array;

/** JSON in which packed floats always look like floats, as XGBoost's reader wants them. */
function jsonOf(value: Json): string {
  if (value instanceof Float32Array) return `[${Array.from(value, (x) => x.toExponential()).join(',')}]`;
  if (value instanceof Int32Array) return `[${value.join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(jsonOf).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, each]) => `${JSON.stringify(name)}:${jsonOf(each)}`)
    .join(',')}}`;
}

/** The fields of a tree of so many nodes, none of them a split yet. */
function blank(nodes: number) {
  return {
    base_weights: new Float32Array(nodes),
    default_left: new Int32Array(nodes),
    left_children: new Int32Array(nodes).fill(-1),
    loss_changes: new Float32Array(nodes),
    parents: new Int32Array(nodes).fill(NO_PARENT),
    right_children: new Int32Array(nodes).fill(-1),
    split_conditions: new Float32Array(nodes),
    split_indices: new Int32Array(nodes),
    split_type: new Int32Array(nodes),
    sum_hessian: new Float32Array(nodes),
  };
}

type TreeFields = Readonly<Record<string, Json>>;

function leafOnly(value: number): TreeFields {
  const fields = blank(1);
  fields.base_weights[0] = value;
  fields.split_conditions[0] = value;
  return finished(fields, []);
}

/** The codes that go right at a split. */
interface CodeSet {
  readonly id: number;
  readonly codes: readonly number[];
}

function finished(fields: ReturnType<typeof blank>, unsorted: readonly CodeSet[]): TreeFields {
  // Its reader walks along splits and sets together.
  const sets = [...unsorted].sort((a, b) => a.id - b.id);
  let end = 0;
  return {
    ...fields,
    categories: Int32Array.from(sets.flatMap(({ codes }) => codes)),
    categories_nodes: Int32Array.from(sets, ({ id }) => id),
    categories_segments: Int32Array.from(sets, ({ codes }) => {
      end += codes.length;
      return end - codes.length;
    }),
    categories_sizes: Int32Array.from(sets, ({ codes }) => codes.length),
    tree_param: { num_deleted: '0', num_feature: '0', num_nodes: `${fields.left_children.length}`, size_leaf_vector: '1' },
  };
}

function treeFields(forest: Forest, t: number, features: readonly MatrixFeature[]): TreeFields {
  const { roots, slot, threshold, left, value, cover } = forest;
  const from = roots[t];
  const fields = blank(roots[t + 1] - from);
  /** Number of each node there: a pair of children keeps its place, the left one first. */
  const ids = new Int32Array(roots[t + 1] - from);
  const sets: CodeSet[] = [];
  for (let i = from; i < roots[t + 1]; i++) {
    const id = ids[i - from];
    fields.sum_hessian[id] = cover[i];
    if (left[i] === i) {
      fields.base_weights[id] = value[i];
      fields.split_conditions[id] = value[i];
      continue;
    }
    let swapped = false;
    if (slot[i] >= 0) {
      fields.split_indices[id] = slot[i] >> 1;
      fields.split_conditions[id] = Math.min(LARGEST_FLOAT, nextFloat(floorFloat(threshold[i])));
      fields.default_left[id] = 1 - (slot[i] % 2);
    } else {
      const feature = -1 - slot[i];
      const split = codeSplit(forest, i, features[feature].categories);
      // What is in the set goes right there, and what no set has goes left.
      swapped = !split.otherLeft;
      const codes = Array.from(split.left.keys()).filter((code) => (split.left[code] === 1) === swapped);
      if (codes.length > 0) {
        sets.push({ id, codes });
        fields.split_type[id] = 1;
      } else {
        // A set must not be empty: what is not missing goes left by number.
        fields.split_conditions[id] = LARGEST_FLOAT;
      }
      fields.split_indices[id] = feature;
      fields.default_left[id] = Number(split.missingLeft !== swapped);
    }
    const child = left[i] - from;
    ids[child] = child + Number(swapped);
    ids[child + 1] = child + Number(!swapped);
    fields.parents[child] = id;
    fields.parents[child + 1] = id;
    // The right child has to follow the left one.
    fields.left_children[id] = child;
    fields.right_children[id] = child + 1;
  }
  return finished(fields, sets);
}
