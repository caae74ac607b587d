import { declareOptions } from '../../base/options.js';

export const kmeansOptions = declareOptions({
  clusters: {
    kind: 'integer',
    default: 8,
    min: 1,
    max: 10_000,
    unit: 'clusters',
    doc: 'Clusters to find; fewer are made when fewer rows differ.',
  },
  starts: {
    kind: 'integer',
    default: 5,
    min: 1,
    max: 1000,
    unit: 'starts',
    doc: 'Times to begin anew from other centres; the result with the least inertia is kept.',
  },
  maxIterations: {
    kind: 'integer',
    default: 300,
    min: 1,
    max: 100_000,
    unit: 'iterations',
    doc: 'Most times that the centres of a start are moved.',
  },
  tolerance: {
    kind: 'number',
    default: 1e-4,
    min: 0,
    max: 1,
    doc: 'Stops when the squared moves of all centres are together at most this share of the mean variance of the features; 0 waits until no row changes its cluster.',
  },
});
