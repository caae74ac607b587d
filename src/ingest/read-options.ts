import { declareOptions, type OptionValues } from '../base/options.js';

/** Limits of reading; what rows look like is in the connector. */
export const readOptions = declareOptions({
  maxLineBytes: {
    kind: 'integer',
    default: 4 * 1024 * 1024,
    min: 64,
    max: 256 * 1024 * 1024,
    unit: 'bytes',
    doc: 'Longest line of a text file; a longer one ends the reading before it fills the memory.',
  },
  maxColumns: {
    kind: 'integer',
    default: 10_000,
    min: 1,
    max: 100_000,
    doc: 'Most columns of a table; a wider one is refused.',
  },
  maxUnpackedBytes: {
    kind: 'integer',
    default: 32 * 1024 ** 3,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    unit: 'bytes',
    doc: 'Largest size that a gzipped file may unpack to.',
  },
  maxUnpackRatio: {
    kind: 'number',
    default: 300,
    min: 1,
    max: 2000,
    doc: 'How many times its own size a gzipped file may unpack to, from 64 MiB on.',
  },
});

export type ReadOptions = OptionValues<typeof readOptions>;
