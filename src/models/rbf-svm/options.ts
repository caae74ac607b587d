import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

export const rbfSvmOptions = declareOptions({
  cost: {
    kind: 'number',
    default: 1,
    min: 1e-9,
    max: 1e9,
    doc: 'Weight of the hinge losses (of errors beyond the tube in a regression) beside half the squared length of the weights.',
  },
  gamma: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1e9,
    doc: 'Rows are alike by e^(-gamma x squared distance); 0 is one over the number of features times their variance.',
  },
  epsilon: {
    kind: 'number',
    default: 0.1,
    min: 0,
    max: 1e6,
    doc: 'Half the width of the tube of a regression in which errors cost nothing, in standard deviations of the target.',
  },
  tolerance: {
    kind: 'number',
    default: 1e-3,
    min: 1e-12,
    max: 1,
    doc: 'Stops when no pair of rows violates the optimality conditions by more than this.',
  },
  maxIterations: {
    kind: 'integer',
    default: 10_000_000,
    min: 1,
    max: 2 ** 31,
    unit: 'steps',
    doc: 'Most steps of the optimiser for each machine; a step moves two rows.',
  },
  cache: { kind: 'integer', default: 256, min: 1, max: 16_384, unit: 'MiB', doc: 'Memory for rows of the kernel matrix.' },
  mostRows: {
    kind: 'integer',
    default: 20_000,
    min: 1,
    max: 200_000,
    unit: 'rows',
    doc: 'Refuses to learn from more rows: the work grows with their square or worse.',
  },
  shape: shapeOption,
});
