import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

export const elasticOptions = declareOptions({
  penalty: {
    kind: 'number',
    default: 0.01,
    min: 0,
    max: 1e12,
    doc: 'Strength of the penalty, on the scale of half the mean squared error of a target with standard deviation 1.',
  },
  l1Ratio: {
    kind: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    doc: 'Share of the penalty on absolute weights: 1 is the lasso, 0 is ridge.',
  },
  maxIterations: {
    kind: 'integer',
    default: 1000,
    min: 1,
    max: 1_000_000,
    unit: 'passes',
    doc: 'Most passes over the weights.',
  },
  tolerance: {
    kind: 'number',
    default: 1e-8,
    min: 1e-15,
    max: 1,
    doc: 'Stops when no weight of a pass moved its prediction by more than this, in standard deviations of the target.',
  },
  shape: shapeOption,
});
