import { declareOptions, type OptionValues } from '../base/options.js';

/** What an acknowledged write survives: the same option wherever something is kept. */
export const durabilityOptions = declareOptions({
  durability: {
    kind: 'choice',
    default: 'process',
    choices: ['process', 'power'],
    doc: "What survives once it is acknowledged: 'process' is written, and survives the end of the process (kill -9 too); 'power' is synced to the disk as well, many writes at a time, and survives a power cut.",
  },
});

export type Durability = OptionValues<typeof durabilityOptions>['durability'];
