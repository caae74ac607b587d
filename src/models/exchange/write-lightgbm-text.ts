import { fail } from '../../base/error.js';
import type { MatrixFeature, Model } from '../estimator.js';
import type { Forest } from '../trees/forest.js';
import { type CodeSplit, codeSplit } from './code-split.js';
import { IMPORTED_FOREST } from './imported-forest.js';
import { CATEGORICAL, DEFAULT_LEFT, MISSING_NAN } from './imported-trees.js';
import { treeModel, withoutShares } from './tree-model.js';

/** How LightGBM names what makes sums of leaves to outputs. */
const OBJECTIVES = {
  identity: 'regression',
  sigmoid: 'binary sigmoid:1',
  softmax: 'multiclass',
  shares: 'regression',
  exp: 'poisson',
} as const;

/** Objectives of gradient boosting that LightGBM has under a name of its own; others go by what they make of sums. */
const NAMED: ReadonlyMap<string | null, string> = new Map([
  ['absolute', 'regression_l1'],
  ['huber', 'huber'],
  ['quantile', 'quantile'],
  ['tweedie', 'tweedie'],
  ['lambdarank', 'lambdarank'],
]);

/**
 * A model of trees as LightGBM text, version 4, for LightGBM and whatever reads its models. What sums begin with becomes a first round
 * of constant trees. The probability of a tree, or of a forest of them, comes as the number of a regression; that of a forest is not
 * kept within 0 and 1, which rounding can leave. Differences are left in
 * two places that LightGBM cannot express: infinities, and codes from `categories` on, which go where missing ones go.
 * @param features the inputs of the model, in order
 * @throws MW_EXCHANGE_UNSUPPORTED for models without trees and for shares of several classes
 */
export function writeLightgbmText(given: Model, features: readonly MatrixFeature[]): string {
  const model = treeModel(given, "LightGBM's format");
  const { link, outputs } = model;
  const { forest, start } = withoutShares(model, "LightGBM's format");
  if (model.estimator === IMPORTED_FOREST && tellsUnknown(forest))
    fail('MW_EXCHANGE_UNSUPPORTED', {
      what: "LightGBM's format sends categories that no set has with the missing ones; this imported model tells them apart.",
      fix: 'Export it to xgboost or onnx.',
    });
  const trees = start === null ? [] : Array.from(start, (value) => oneLeaf(value));
  for (let t = 0; t + 1 < forest.roots.length; t++) trees.push(treeText(forest, t, features));
  const bodies = trees.map((tree, t) => `Tree=${t}\n${tree}\nis_linear=0\nshrinkage=1\n\n\n`);
  const usual = link === 'softmax' ? `${OBJECTIVES.softmax} num_class:${outputs}` : OBJECTIVES[link];
  const objective = NAMED.get(model.objective) ?? usual;
  const head = [
    'tree',
    'version=v4',
    `num_class=${outputs}`,
    `num_tree_per_iteration=${outputs}`,
    'label_index=0',
    `max_feature_idx=${features.length - 1}`,
    `objective=${objective}`,
    `feature_names=${namesOf(features).join(' ')}`,
    `feature_infos=${features.map(infoOf).join(' ')}`,
    `tree_sizes=${bodies.map((body) => body.length).join(' ')}`,
  ];
  return `${head.join('\n')}\n\n${bodies.join('')}end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n`;
}

/** LightGBM parts names by spaces and allows no JSON signs; equal ones are told apart by their place. */
function namesOf(features: readonly MatrixFeature[]): string[] {
  const seen = new Set<string>();
  return features.map(({ name }, j) => {
    const clean = name.replace(/[^A-Za-z0-9_.-]+/g, '_');
    const own = clean === '' || seen.has(clean) ? `${clean}_${j}` : clean;
    seen.add(own);
    return own;
  });
}

/** Whether a categorical split sends codes that it does not name elsewhere than missing values. */
function tellsUnknown(forest: Forest): boolean {
  return forest.slot.some((slot, i) => {
    if (slot >= 0 || forest.left[i] === i) return false;
    const { otherLeft, missingLeft } = codeSplit(forest, i, 0);
    return otherLeft !== missingLeft;
  });
}

const infoOf = ({ categories }: MatrixFeature): string =>
  categories > 0 ? Array.from({ length: categories }, (_, code) => code).join(':') : '[-inf:inf]';

const oneLeaf = (value: number): string => `num_leaves=1\nnum_cat=0\nleaf_value=${value}`;

function treeText(forest: Forest, t: number, features: readonly MatrixFeature[]): string {
  const { roots, slot, threshold, left, value, cover } = forest;
  const from = roots[t];
  const end = roots[t + 1];
  if (left[from] === from) return oneLeaf(value[from]);
  /** Number of each split, and ~number of each leaf, as they come. */
  const id = new Int32Array(end - from);
  const splits: number[] = [];
  const leaves: number[] = [];
  for (let i = from; i < end; i++) id[i - from] = left[i] === i ? -leaves.push(i) : splits.push(i) - 1;
  const bounds = [0];
  const words: number[] = [];
  const lines: Record<'feature' | 'threshold' | 'rule' | 'left' | 'right', number[]> = {
    feature: [],
    threshold: [],
    rule: [],
    left: [],
    right: [],
  };
  for (const i of splits) {
    const first = id[left[i] - from];
    const second = id[left[i] + 1 - from];
    let flipped = false;
    if (slot[i] >= 0) {
      lines.feature.push(slot[i] >> 1);
      lines.threshold.push(threshold[i]);
      lines.rule.push(MISSING_NAN | (slot[i] % 2 === 0 ? DEFAULT_LEFT : 0));
    } else {
      const feature = -1 - slot[i];
      const set = wordsOf(codeSplit(forest, i, features[feature].categories));
      // Missing always goes right there.
      flipped = set.missingLeft;
      words.push(...set.words);
      lines.feature.push(feature);
      lines.threshold.push(bounds.length - 1);
      lines.rule.push(CATEGORICAL | MISSING_NAN);
      bounds.push(words.length);
    }
    lines.left.push(flipped ? second : first);
    lines.right.push(flipped ? first : second);
  }
  return [
    `num_leaves=${leaves.length}`,
    `num_cat=${bounds.length - 1}`,
    `split_feature=${lines.feature.join(' ')}`,
    `split_gain=${splits.map(() => 0).join(' ')}`,
    `threshold=${lines.threshold.join(' ')}`,
    `decision_type=${lines.rule.join(' ')}`,
    `left_child=${lines.left.join(' ')}`,
    `right_child=${lines.right.join(' ')}`,
    `leaf_value=${leaves.map((i) => value[i]).join(' ')}`,
    `leaf_weight=${leaves.map((i) => cover[i]).join(' ')}`,
    `leaf_count=${leaves.map((i) => cover[i]).join(' ')}`,
    `internal_value=${splits.map(() => 0).join(' ')}`,
    `internal_weight=${splits.map((i) => cover[i]).join(' ')}`,
    `internal_count=${splits.map((i) => cover[i]).join(' ')}`,
    ...(bounds.length > 1 ? [`cat_boundaries=${bounds.join(' ')}`, `cat_threshold=${words.join(' ')}`] : []),
  ].join('\n');
}

/** The codes that go elsewhere than missing, as words of bits; never none, so that the set has a word. */
function wordsOf({ left, missingLeft }: CodeSplit) {
  const words = new Uint32Array(Math.max(1, (left.length + 31) >> 5));
  left.forEach((goesLeft, code) => {
    if ((goesLeft === 1) !== missingLeft) words[code >> 5] |= 1 << (code & 31);
  });
  return { words, missingLeft };
}
