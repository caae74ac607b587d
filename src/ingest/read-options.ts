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
});

export type ReadOptions = OptionValues<typeof readOptions>;
