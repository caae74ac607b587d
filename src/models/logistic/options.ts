import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

export const logisticOptions = declareOptions({
  l2: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 1e12,
    doc: 'Ridge penalty on the weights: l2/2 times their squared length is added to the summed loss.',
  },
  maxIterations: {
    kind: 'integer',
    default: 200,
    min: 1,
    max: 100_000,
    unit: 'iterations',
    doc: 'Most iterations of the optimiser.',
  },
  tolerance: {
    kind: 'number',
    default: 1e-7,
    min: 1e-14,
    max: 1,
    doc: 'Stops when the largest component of the mean gradient is below this.',
  },
  shape: shapeOption,
});
