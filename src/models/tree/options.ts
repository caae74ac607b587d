import { declareOptions } from '../../base/options.js';

export const treeOptions = declareOptions({
  leaves: { kind: 'integer', default: 31, min: 2, max: 65_535, unit: 'leaves', doc: 'Most leaves of the tree.' },
  maxDepth: { kind: 'integer', default: 0, min: 0, max: 1000, unit: 'levels', doc: 'Most splits above a leaf; 0 is no limit.' },
  minRows: { kind: 'integer', default: 20, min: 1, unit: 'rows', doc: 'Fewest training rows in a leaf.' },
  minGain: { kind: 'number', default: 0, min: 0, doc: 'Least reduction of the loss that a split must bring.' },
  l2: { kind: 'number', default: 0, min: 0, doc: 'Shrinks leaf values towards zero: added to the weight of each leaf.' },
  bins: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 255,
    unit: 'bins',
    doc: 'Most bins of a numeric feature; 0 looks at every threshold between neighbouring values, of up to 60 million values in all, and at 255 bins beyond.',
  },
});
