import { corrupt } from '../bytes.js';
import type { Combiner, EnsembleKind } from './ensemble.js';
import { averageOptions, ENSEMBLE_TASKS } from './options.js';

/** All members weigh the same. */
export class Mean implements Combiner {
  constructor(
    readonly members: number,
    readonly outputs: number,
  ) {}

  combine(values: Float64Array, from: number, out: Float64Array, offset: number): void {
    for (let k = 0; k < this.outputs; k++) {
      let sum = 0;
      for (let m = 0; m < this.members; m++) sum += values[from + m * this.outputs + k];
      out[offset + k] = sum / this.members;
    }
  }

  serialize(): Uint8Array {
    return new Uint8Array(0);
  }
}

export const average: EnsembleKind = {
  name: 'average',
  doc: 'The mean of what the members predict, probabilities or numbers.',
  tasks: ENSEMBLE_TASKS.average,
  params: averageOptions,
  folds: () => 0,
  fit: async (_task, members, outputs) => new Mean(members, outputs),
  load(bytes, _task, members, outputs) {
    if (bytes.length > 0) corrupt('Their average has learnt something');
    return new Mean(members, outputs);
  },
};
