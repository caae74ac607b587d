/** Small model files written by hand for tests. */

/** A LightGBM text of some trees, each as its lines after 'Tree='. */
export function lightgbmText(
  head: Readonly<Record<string, string>>,
  trees: readonly string[],
  flags: readonly string[] = [],
): string {
  const fields = {
    version: 'v4',
    num_class: '1',
    num_tree_per_iteration: '1',
    label_index: '0',
    max_feature_idx: '1',
    objective: 'regression',
    feature_names: 'a b',
    ...head,
  };
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const bodies = trees.map((tree, t) => `Tree=${t}\n${tree.trim()}\n\n\n`);
  return [
    'tree',
    ...lines,
    ...flags,
    `tree_sizes=${bodies.map((body) => body.length).join(' ')}`,
    '',
    ...bodies,
    'end of trees',
    '',
  ].join('\n');
}

/** One numeric split of feature a at 0.5: left -1, right 2. */
export const stump = (decision: number, left = -1, right = 2, threshold = 0.5): string => `num_leaves=2
num_cat=0
split_feature=0
threshold=${threshold}
decision_type=${decision}
left_child=-1
right_child=-2
leaf_value=${left} ${right}`;

export const constantTree = (value: number): string => `num_leaves=1\nnum_cat=0\nleaf_value=${value}`;

/** Feature b in {1, 33} goes left to a split of a at 10, where missing goes right. */
export const categoricalTree = `num_leaves=3
num_cat=1
split_feature=1 0
threshold=0 10
decision_type=1 8
left_child=1 -1
right_child=-2 -3
leaf_value=1 2 4
cat_boundaries=0 2
cat_threshold=2 2`;

/** XGBoost's JSON of trees given as their lists. */
export function xgboostJson(
  head: {
    readonly objective?: string;
    readonly base?: string;
    readonly classes?: number;
    readonly weights?: readonly number[];
  },
  trees: readonly Readonly<Record<string, unknown>>[],
  info: readonly number[] = trees.map(() => 0),
): string {
  const model = { gbtree_model_param: { num_trees: `${trees.length}` }, tree_info: info, trees };
  const plain = { name: 'gbtree', model };
  return JSON.stringify({
    learner: {
      attributes: {},
      feature_names: ['a', 'b'],
      gradient_booster: head.weights ? { name: 'dart', gbtree: plain, weight_drop: head.weights } : plain,
      learner_model_param: { base_score: head.base ?? '0E0', num_class: `${head.classes ?? 0}`, num_feature: '2' },
      objective: { name: head.objective ?? 'reg:squarederror' },
    },
    version: [3, 0, 0],
  });
}

/** One split of feature a at `at`: left -1, right 2. */
export const xgboostStump = (at: number, missingLeft: boolean): Readonly<Record<string, unknown>> => ({
  left_children: [1, -1, -1],
  right_children: [2, -1, -1],
  split_indices: [0, 0, 0],
  split_conditions: [at, -1, 2],
  split_type: [0, 0, 0],
  default_left: [missingLeft ? 1 : 0, 0, 0],
  categories: [],
  categories_nodes: [],
  categories_segments: [],
  categories_sizes: [],
  tree_param: { num_nodes: '3', size_leaf_vector: '1' },
});
