import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

export const svmOptions = declareOptions({
  cost: {
    kind: 'number',
    default: 1,
    min: 1e-9,
    max: 1e6,
    doc: 'Weight of the squared hinge losses beside half the squared length of the weights.',
  },
  maxIterations: { kind: 'integer', default: 300, min: 1, max: 1_000_000, unit: 'passes', doc: 'Most passes over the rows.' },
  tolerance: {
    kind: 'number',
    default: 1e-3,
    min: 1e-12,
    max: 1,
    doc: 'Stops when no dual gradient of a pass was larger than this.',
  },
  shape: shapeOption,
});
