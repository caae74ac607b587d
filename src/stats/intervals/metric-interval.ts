import type { Interval } from '../bootstrap.js';
import { endOfEstimate } from '../metrics/estimate.js';
import type { Metric, MetricInput } from '../metrics/metric.js';
import { confusionCounts } from '../metrics/rows.js';
import { eceInterval } from './ece-interval.js';
import { explainedInterval, rootInterval } from './error-intervals.js';
import { shareInterval } from './share-interval.js';
import { studentQuantile } from './student.js';

type IntervalOf = (input: MetricInput, value: number) => Interval | null;

/** Metrics whose estimate is not near normal on its scale with few rows. */
const OWN: Readonly<Record<string, IntervalOf>> = {
  ece: eceInterval,
  rmse: rootInterval,
  r2: explainedInterval,
  accuracy: ({ target }, value) => shareInterval(Math.round(value * target.length), target.length),
  precision: (input) => (input.task === 'binary' ? decidedShare(input) : null),
};

/**
 * 95 % interval of a metric of independent rows, whose value this is: the metric's own, or else its estimate moved by Student's t on its
 * scale. It holds the value. Null where the rows do not define one.
 */
export function metricInterval(metric: Metric, input: MetricInput, value: number): Interval | null {
  const own = OWN[metric.name]?.(input, value) ?? null;
  const found = own ?? estimateInterval(metric, input, value);
  if (found === null || !Number.isFinite(found.low) || !Number.isFinite(found.high)) return null;
  return { low: Math.min(found.low, value), high: Math.max(found.high, value) };
}

function estimateInterval(metric: Metric, input: MetricInput, value: number): Interval | null {
  const rows = input.target.length;
  if (rows < 3) return null;
  const estimate = metric.estimate(input, value);
  if (metric.scale === 'share' && !(estimate.error > 0)) return atTheEnd(input, value);
  // Figures over the scores of each class know their error no better than the rarest class does.
  const known = metric.overClasses && !metric.ofDecisions ? rarestOf(input) : rows;
  const t = studentQuantile(0.975, Math.max(2, known) - 1);
  return { low: endOfEstimate(estimate, metric.scale, -t), high: endOfEstimate(estimate, metric.scale, t) };
}

/** All rows say the same, so that they tell no error: no more than the rows of the rarest class, counted, can be sure of. */
function atTheEnd(input: MetricInput, value: number): Interval | null {
  const rarest = rarestOf(input);
  return shareInterval(value * rarest, rarest);
}

/** Rows of the rarest class that occurs. */
function rarestOf({ target }: MetricInput): number {
  const counts = new Map<number, number>();
  for (const truth of target) counts.set(truth, (counts.get(truth) ?? 0) + 1);
  return Math.min(...counts.values());
}

function decidedShare(input: MetricInput): Interval | null {
  const { counts } = confusionCounts(input);
  return shareInterval(counts[3], counts[1] + counts[3]);
}
