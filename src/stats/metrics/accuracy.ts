import type { Metric } from './metric.js';
import { decisions } from './rows.js';

export const accuracy: Metric = {
  name: 'accuracy',
  doc: 'Share of rows decided right.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  compute(input) {
    const decided = decisions(input);
    let right = 0;
    for (let i = 0; i < decided.length; i++) if (decided[i] === input.target[i]) right++;
    return right / decided.length;
  },
};
