import { declareOptions, type OptionValues } from '../src/base/options.js';

/** What a run of benchmarks can be told; the defaults are those of the published figures. */
export const benchOptions = declareOptions({
  scale: {
    kind: 'number',
    default: 1,
    min: 1e-6,
    max: 1,
    doc: 'Share of the rows that a benchmark is made for, for a trial run; bounds are not judged below 1.',
  },
  runs: { kind: 'integer', default: 3, min: 1, max: 99, unit: 'runs', doc: 'Runs of a timed fit, of which the median counts.' },
  data: {
    kind: 'text',
    default: null,
    shows: 'folder',
    doc: 'Folder of the public data sets that cannot be shipped; their benchmarks are not run without it.',
  },
  only: {
    kind: 'text',
    default: null,
    shows: 'text',
    doc: 'Runs only the benchmarks of the group whose name holds this text.',
  },
});

export type BenchOptions = OptionValues<typeof benchOptions>;

/** Rows to take of `rows`, and not fewer than a fit needs to make sense. */
export const scaled = (rows: number, { scale }: BenchOptions): number =>
  Math.min(rows, Math.max(Math.round(rows * scale), 500));
