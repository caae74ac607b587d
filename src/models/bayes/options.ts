import { declareOptions } from '../../base/options.js';

export const bayesOptions = declareOptions({
  smoothing: {
    kind: 'number',
    default: 1,
    min: 1e-9,
    max: 1e9,
    doc: 'Rows added to each category of each class (Laplace smoothing).',
  },
  varianceSmoothing: {
    kind: 'number',
    default: 1e-9,
    min: 1e-15,
    max: 1e6,
    doc: "Added to the variances of a numeric feature, as a share of the feature's own variance.",
  },
});
