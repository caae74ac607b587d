import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

/** Hidden layers are `depth` times `width` rather than a list: both are single numbers, so a search can draw them. */
export const mlpOptions = declareOptions({
  width: { kind: 'integer', default: 64, min: 1, max: 4096, unit: 'units', doc: 'Units of each hidden layer.' },
  depth: { kind: 'integer', default: 2, min: 1, max: 16, unit: 'layers', doc: 'Hidden layers.' },
  rounds: {
    kind: 'integer',
    default: 60,
    min: 1,
    max: 100_000,
    unit: 'epochs',
    doc: 'Most epochs: passes over the training rows.',
  },
  batch: {
    kind: 'integer',
    default: 64,
    min: 1,
    max: 65_536,
    unit: 'rows',
    doc: 'Rows of a mini-batch, after which the weights are moved.',
  },
  learningRate: { kind: 'number', default: 0.002, min: 1e-7, max: 1, doc: 'Step size of Adam in the first epoch.' },
  schedule: {
    kind: 'choice',
    default: 'cosine',
    choices: ['cosine', 'constant'],
    doc: 'Whether the step size falls to zero along half a cosine over the epochs, or stays.',
  },
  dropout: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 0.9,
    doc: 'Share of the hidden units left out at random for each training row.',
  },
  weightDecay: {
    kind: 'number',
    default: 0.01,
    min: 0,
    max: 10,
    doc: 'Share of itself, times the step size, that each weight loses in every step; intercepts lose nothing.',
  },
  earlyStopping: {
    kind: 'integer',
    default: 15,
    min: 0,
    unit: 'epochs',
    doc: 'Stops after this many epochs without a better validation loss and keeps the best; 0 is off. Needs validation rows.',
  },
  shape: shapeOption,
});
