import { declareOptions } from '../../base/options.js';

const shared = {
  trees: { kind: 'integer', default: 100, min: 1, max: 10_000, unit: 'trees', doc: 'Trees to average; one a class for each.' },
  leaves: { kind: 'integer', default: 1024, min: 2, max: 65_535, unit: 'leaves', doc: 'Most leaves of a tree.' },
  maxDepth: { kind: 'integer', default: 0, min: 0, max: 1000, unit: 'levels', doc: 'Most splits above a leaf; 0 is no limit.' },
  minRows: { kind: 'integer', default: 5, min: 1, unit: 'rows', doc: 'Fewest different training rows in a leaf.' },
  minGain: { kind: 'number', default: 0, min: 0, doc: 'Least reduction of the squared error that a split must bring.' },
  columnSample: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    doc: 'Share of the features drawn; 0 takes the square root of their number for classes and a third of them for regression.',
  },
  columnsPer: {
    kind: 'choice',
    default: 'split',
    choices: ['split', 'tree'],
    doc: 'Whether features are drawn anew for each split or once for each tree.',
  },
  bins: { kind: 'integer', default: 255, min: 2, max: 255, unit: 'bins', doc: 'Most bins of a numeric feature.' },
} as const;

const rowSample = {
  kind: 'number',
  default: 1,
  min: 0.001,
  max: 1,
  doc: 'Rows drawn with replacement for each tree, as a share of all rows; only with bootstrap.',
} as const;
const bootstrapDoc = 'Whether each tree learns from rows drawn with replacement; the rows left out then measure the error.';

export const forestOptions = declareOptions({
  ...shared,
  bootstrap: { kind: 'boolean', default: true, doc: bootstrapDoc },
  rowSample,
});

export const extraTreesOptions = declareOptions({
  ...shared,
  bootstrap: { kind: 'boolean', default: false, doc: bootstrapDoc },
  rowSample,
});
