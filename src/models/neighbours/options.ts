import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

export const neighboursOptions = declareOptions({
  neighbours: { kind: 'integer', default: 15, min: 1, max: 100_000, unit: 'rows', doc: 'Nearest training rows that decide.' },
  votes: {
    kind: 'choice',
    default: 'uniform',
    choices: ['uniform', 'distance'],
    doc: 'Whether neighbours count alike or by one over their distance; with distance, rows at distance zero decide alone.',
  },
  mostRows: {
    kind: 'integer',
    default: 100_000,
    min: 1,
    max: 2_000_000,
    unit: 'rows',
    doc: 'Refuses to learn from more rows: each prediction measures the distance to every one of them.',
  },
  shape: shapeOption,
});
