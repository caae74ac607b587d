import type { Random } from '../base/random.js';
import { bootstrapDistributions, type Interval, percentileInterval, resampleSize } from './bootstrap.js';
import { metricNamed } from './metrics/catalogue.js';
import type { MetricInput } from './metrics/metric.js';
import { RowSample, rarerRows } from './metrics/rows.js';
import { meanPayOff, type PayOffs } from './pay-off.js';

/** A way to compare two models: by a metric of the catalogue, or by 'value', the mean pay-off a row. */
export interface Yardstick {
  readonly better: 'higher' | 'lower';
  of(input: MetricInput): number;
}

/** The yardstick of a name; undefined when it has no meaning for the kind of problem. */
export function yardstickOf(name: string, task: MetricInput['task'], value: PayOffs | null): Yardstick | undefined {
  if (name === 'value') {
    if (value === null || task !== 'binary') return undefined;
    return {
      better: 'higher',
      of: ({ target, predictions, threshold }) => meanPayOff(value, target, predictions, threshold),
    };
  }
  const metric = metricNamed(name);
  return metric?.tasks.includes(task) ? { better: metric.better, of: metric.compute } : undefined;
}

export interface PairedComparison {
  readonly ours: number;
  readonly theirs: number;
  /** How much better ours is, in the yardstick's unit; losses count downwards. */
  readonly difference: number;
  /** 95 % interval of the difference. */
  readonly interval: Interval;
  /** Share of resamples in which ours is better by more than the margin. */
  readonly probability: number;
}

/**
 * Paired bootstrap of two models' predictions of the same rows.
 * @returns null when the rows, or half of the resamples, do not define the yardstick
 */
export function compareModels(
  yardstick: Yardstick,
  ours: MetricInput,
  theirs: MetricInput,
  margin: number,
  source: Random,
  resamples = 400,
): PairedComparison | null {
  const gainOf = (a: number, b: number) => (yardstick.better === 'higher' ? a - b : b - a);
  const rows = ours.target.length;
  const size = resampleSize(rows, rarerRows(ours));
  const [ourSample, theirSample] = [new RowSample(ours, size), new RowSample(theirs, size)];
  const [a, b] = [yardstick.of(ours), yardstick.of(theirs)];
  const difference = gainOf(a, b);
  const gain = (drawn: Uint32Array) => [gainOf(yardstick.of(ourSample.take(drawn)), yardstick.of(theirSample.take(drawn)))];
  const [sorted] = bootstrapDistributions(rows, [difference], gain, source, { resamples, size });
  if (sorted === null) return null;
  const better = sorted.reduce((count, value) => count + Number(value > margin), 0);
  return { ours: a, theirs: b, difference, interval: percentileInterval(sorted), probability: better / sorted.length };
}
