import { corrupt } from '../bytes.js';
import type { Combiner, EnsembleKind } from './ensemble.js';
import { ENSEMBLE_TASKS, voteOptions } from './options.js';

/** The share of the members that decide for each class. */
export class Votes implements Combiner {
  constructor(
    readonly members: number,
    readonly outputs: number,
  ) {}

  combine(values: Float64Array, from: number, out: Float64Array, offset: number): void {
    const { members, outputs } = this;
    for (let k = 0; k < outputs; k++) out[offset + k] = 0;
    for (let m = 0; m < members; m++) {
      const first = from + m * outputs;
      if (outputs === 1) {
        // A member that is undecided gives half a vote.
        out[offset] += values[first] > 0.5 ? 1 / members : values[first] === 0.5 ? 0.5 / members : 0;
        continue;
      }
      let best = 0;
      for (let k = 1; k < outputs; k++) if (values[first + k] > values[first + best]) best = k;
      out[offset + best] += 1 / members;
    }
    // Sums of shares may exceed one by a rounding.
    for (let k = 0; k < outputs; k++) if (out[offset + k] > 1) out[offset + k] = 1;
  }

  serialize(): Uint8Array {
    return new Uint8Array(0);
  }
}

export const vote: EnsembleKind = {
  name: 'vote',
  doc: 'The share of the members that decide for each class.',
  tasks: ENSEMBLE_TASKS.vote,
  params: voteOptions,
  folds: () => 0,
  fit: async (_task, members, outputs) => new Votes(members, outputs),
  load(bytes, _task, members, outputs) {
    if (bytes.length > 0) corrupt('Their vote has learnt something');
    return new Votes(members, outputs);
  },
};
