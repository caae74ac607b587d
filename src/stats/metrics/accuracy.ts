import { meanEstimate } from './estimate.js';
import type { Metric } from './metric.js';
import { decisions } from './rows.js';

export const accuracy: Metric = {
  name: 'accuracy',
  doc: 'Share of rows decided right.',
  tasks: ['binary', 'multiclass'],
  better: 'higher',
  ofDecisions: true,
  overClasses: false,
  scale: 'share',
  compute(input) {
    const decided = decisions(input);
    let right = 0;
    for (let i = 0; i < decided.length; i++) if (decided[i] === input.target[i]) right++;
    return right / decided.length;
  },
  estimate(input) {
    const decided = decisions(input);
    return meanEstimate(decided.length, (i) => (decided[i] === input.target[i] ? 1 : 0));
  },
};
