import { declareOptions, type OptionValues } from '../../base/options.js';
import { OBJECTIVE_NAMES } from './objectives/names.js';

/** Parameters of gradient boosting. The defaults are judged by `npm run bench -- quality`. */
export const gbdtOptions = declareOptions({
  rounds: {
    kind: 'integer',
    default: 300,
    min: 1,
    max: 100_000,
    unit: 'rounds',
    doc: 'Boosting rounds: a tree each, or one a class.',
  },
  learningRate: {
    kind: 'number',
    default: null,
    min: 1e-6,
    max: 10,
    doc:
      'Factor on what each tree adds. Unless given, from 0.02 to 0.1: the higher the more training rows and the fewer rounds, 0.05 with ' +
      'early stopping.',
  },
  leaves: {
    kind: 'integer',
    default: 31,
    min: 2,
    max: 65_535,
    unit: 'leaves',
    doc: 'Most leaves of a tree.',
  },
  maxDepth: { kind: 'integer', default: 0, min: 0, max: 1000, unit: 'levels', doc: 'Most splits above a leaf; 0 is no limit.' },
  growth: {
    kind: 'choice',
    default: 'leafwise',
    choices: ['leafwise', 'depthwise'],
    doc:
      'Which leaf is split next: the one with the largest gain, or level by level, in a level by gain. Leaves and maxDepth limit both: a ' +
      'whole tree of depth d needs 2^d leaves as well, and without maxDepth the last level is filled as far as the leaves go.',
  },
  minRows: { kind: 'integer', default: 10, min: 1, unit: 'rows', doc: 'Fewest training rows in a leaf.' },
  minChildWeight: { kind: 'number', default: 1e-3, min: 0, doc: 'Least sum of hessians in a leaf.' },
  minGain: { kind: 'number', default: 0, min: 0, doc: 'Least gain that a split must bring.' },
  l1: { kind: 'number', default: 0, min: 0, doc: 'L1 penalty on leaf values.' },
  l2: { kind: 'number', default: 0.5, min: 0, doc: 'L2 penalty on leaf values.' },
  rowSample: {
    kind: 'number',
    default: 1,
    min: 0.001,
    max: 1,
    doc: 'Share of the rows drawn for each round, without replacement.',
  },
  columnSample: {
    kind: 'number',
    default: null,
    min: 0.001,
    max: 1,
    doc: 'Share of the features drawn for each tree. Unless given, 0.6, and no fewer than five features.',
  },
  columnSampleByNode: {
    kind: 'number',
    default: 1,
    min: 0.001,
    max: 1,
    doc: "Share of the tree's features drawn anew for the two children of each split.",
  },
  monotone: {
    kind: 'directions',
    default: null,
    doc: "Features along which predictions never fall (+) or never rise (-), like 'income:+, age:-'.",
  },
  interactions: {
    kind: 'groups',
    default: null,
    doc:
      "Groups of features that may be split on together on the way to a leaf, like 'age, income; distance'. Features in no group make " +
      'up one more.',
  },
  bins: { kind: 'integer', default: 255, min: 2, max: 255, unit: 'bins', doc: 'Most bins of a numeric feature.' },
  minBinRows: { kind: 'integer', default: 3, min: 1, unit: 'rows', doc: 'Fewest rows in a bin.' },
  categories: {
    kind: 'choice',
    default: 'sorted',
    choices: ['sorted', 'ordered', 'both'],
    doc:
      'How features of more than oneHotCategories categories are split: sorted puts their categories in order by gradient at each node; ' +
      'ordered replaces them by the mean target (or the share of each class) of earlier rows in a random order, for any number of them; ' +
      'both keeps the categories beside these means.',
  },
  categoryPrior: {
    kind: 'number',
    default: 1,
    min: 0,
    unit: 'rows',
    doc: 'Rows that the overall mean counts for in ordered statistics of categories.',
  },
  oneHotCategories: {
    kind: 'integer',
    default: 4,
    min: 0,
    max: 64,
    unit: 'categories',
    doc: 'Features of up to this many categories are split one against the rest; others by an ordering of the categories.',
  },
  maxSplitCategories: {
    kind: 'integer',
    default: 32,
    min: 1,
    max: 254,
    unit: 'categories',
    doc: 'Most categories on the smaller side of an ordered categorical split.',
  },
  categorySmoothing: {
    kind: 'number',
    default: 10,
    min: 0,
    doc: 'Added to the weight of a category when categories are ordered.',
  },
  categoryL2: { kind: 'number', default: 10, min: 0, doc: 'Further L2 penalty in ordered categorical splits.' },
  minCategoryRows: {
    kind: 'integer',
    default: 100,
    min: 1,
    unit: 'rows',
    doc: 'Fewest rows between two tried points of an ordered categorical split.',
  },
  earlyStopping: {
    kind: 'integer',
    default: 0,
    min: 0,
    unit: 'rounds',
    doc: 'Stops after this many rounds without a better validation loss and keeps the best; 0 is off. Needs validation rows.',
  },
  minDelta: { kind: 'number', default: 0, min: 0, doc: 'Improvement of the validation loss that counts as better.' },
  objective: {
    kind: 'choice',
    default: 'auto',
    choices: ['auto', ...OBJECTIVE_NAMES.binary, ...OBJECTIVE_NAMES.multiclass, ...OBJECTIVE_NAMES.regression],
    versioned: true,
    doc: 'Loss to minimise; auto is binary, softmax or squared by the task. An own one is named name@version.',
  },
  alpha: { kind: 'number', default: 0.5, min: 0.001, max: 0.999, doc: "Quantile that the objective 'quantile' predicts." },
  huberDelta: {
    kind: 'number',
    default: 1,
    min: 1e-9,
    doc: "Error from which on the objective 'huber' is linear, in the unit of the target.",
  },
  tweediePower: {
    kind: 'number',
    default: 1.5,
    min: 1.001,
    max: 1.999,
    doc: "Power of the mean that the variance follows in the objective 'tweedie': near 1 counts, near 2 amounts.",
  },
  truncation: {
    kind: 'integer',
    default: 30,
    min: 1,
    max: 10_000,
    unit: 'places',
    doc: "Places of each query that the objective 'lambdarank' and its NDCG look at.",
  },
  classWeight: {
    kind: 'choice',
    default: 'none',
    choices: ['none', 'balanced'],
    doc: 'balanced gives each class the same total weight, whatever its share of the rows.',
  },
  sampling: {
    kind: 'choice',
    default: 'uniform',
    choices: ['uniform', 'goss'],
    doc: 'goss draws rows by their gradients: the largest always, some of the others with more weight.',
  },
  topRate: {
    kind: 'number',
    default: 0.2,
    min: 0.001,
    max: 1,
    doc: 'Share of the rows that goss keeps for their large gradients.',
  },
  otherRate: { kind: 'number', default: 0.1, min: 0.001, max: 1, doc: 'Share of the rows that goss draws from the others.' },
  boosting: {
    kind: 'choice',
    default: 'plain',
    choices: ['plain', 'dart'],
    doc: 'dart trains each round on the rows less some earlier rounds drawn at random, and shares the weight with them.',
  },
  dropRate: { kind: 'number', default: 0.1, min: 0, max: 1, doc: 'Chance of each earlier round to be dropped by dart.' },
  maxDrop: { kind: 'integer', default: 50, min: 1, unit: 'rounds', doc: 'Most rounds that dart drops at once.' },
  skipDrop: { kind: 'number', default: 0.5, min: 0, max: 1, doc: 'Chance of a round in which dart drops nothing.' },
});

export type GbdtParams = OptionValues<typeof gbdtOptions>;
