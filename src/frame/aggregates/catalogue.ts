import type { Aggregate } from './aggregate.js';
import { count } from './count.js';
import { last } from './last.js';
import { max } from './max.js';
import { mean } from './mean.js';
import { min } from './min.js';
import { sum } from './sum.js';
import { variance } from './variance.js';

/** Every window aggregate by name; property suites loop over it. */
export const AGGREGATES = Object.freeze({ count, sum, mean, variance, min, max, last }) satisfies Readonly<
  Record<string, Aggregate>
>;
export type AggregateName = keyof typeof AGGREGATES;
