import type { Column } from '../../frame/column.js';
import { booleanIn, choiceIn, numberIn, objectIn, type PlainObject } from '../plain-data.js';
import { numbersOf } from '../read-column.js';
import type { Encoding, EncodingKind } from './encoding.js';

/** Skewness beyond which a long tail can be drawn in by a logarithm. */
const SKEWED = 2;
const SAMPLE = 20_000;
/** What an estimator that copes by itself needs to know of the values. */
const NOTHING = { present: new Float64Array(0), missing: false };
/** Magnitude beyond which arithmetic on values could overflow; scaled values are clipped to it. */
const HUGE = 1e150;

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly shape: 'linear' | 'log';
  readonly centre: number;
  readonly spread: number;
  readonly mean: number;
  readonly deviation: number;
}

interface Fitted {
  readonly imputed: boolean;
  /** What a missing value becomes when imputed: the median. */
  readonly fill: number;
  /** A second output that says whether the value was missing. */
  readonly indicator: boolean;
  readonly scale: Scale | null;
}

/**
 * A number, as it is for estimators that can cope. Imputed: the training median, with an indicator when missing values were seen in
 * training. Scaled: standardised by the mean and the standard deviation of the training values that are present. With the shape 'log' long
 * tails are clipped to the training range and drawn in by a signed logarithm around the median first.
 */
export const numberEncoding: EncodingKind = {
  name: 'number',
  doc: 'Numbers: passed through, imputed by the median with an indicator, standardised, as the estimator needs.',
  fit({ feature, column, needs }) {
    const { present, missing } = needs.imputed || needs.scaled ? presentOf(numbersOf(column)) : NOTHING;
    const sorted = needs.imputed || needs.shape === 'log' ? sortedSample(present) : present;
    const fitted: Fitted = {
      imputed: needs.imputed,
      fill: sorted.length > 0 ? quantile(sorted, 0.5) : 0,
      indicator: needs.imputed && missing,
      scale: needs.scaled ? fitScale(present, needs.shape === 'log' ? sorted : null) : null,
    };
    return { encoding: make(feature.name, fitted), training: null };
  },
  load(feature, data) {
    const scale = data['scale'] === null ? null : loadScale(objectIn(data['scale'], 'scale'));
    return make(feature.name, {
      imputed: booleanIn(data, 'imputed'),
      fill: numberIn(data, 'fill'),
      indicator: booleanIn(data, 'indicator'),
      scale,
    });
  },
};

function make(name: string, fitted: Fitted): Encoding {
  const { imputed, fill, indicator, scale } = fitted;
  const outputs = [{ name, categories: 0 }];
  if (indicator) outputs.push({ name: `${name} is missing`, categories: 0 });
  return {
    kind: 'number',
    outputs,
    reads: 'number',
    identity: !imputed && scale === null,
    put(value, out, offset) {
      const missing = value !== value;
      if (indicator) out[offset + 1] = missing ? 1 : 0;
      const filled = missing && imputed ? fill : value;
      out[offset] = scale === null ? filled : rescale(filled, scale);
    },
    toData: () => ({ imputed, fill, indicator, scale: scale === null ? null : { ...scale } }),
  };
}

function rescale(value: number, scale: Scale): number {
  const clipped = value < scale.low ? scale.low : value > scale.high ? scale.high : value;
  return (shaped(clipped, scale) - scale.mean) / scale.deviation;
}

function shaped(value: number, { shape, centre, spread }: Pick<Scale, 'shape' | 'centre' | 'spread'>): number {
  if (shape === 'linear') return value;
  const away = (value - centre) / spread;
  return away < 0 ? -Math.log1p(-away) : Math.log1p(away);
}

/** Whether the shape 'log' would treat a column otherwise than 'none' does. */
export function hasLongTail(column: Column): boolean {
  const { present } = presentOf(numbersOf(column));
  return logShapeOf(present, sortedSample(present)) !== null;
}

function fitScale(present: Float64Array, sorted: Float64Array | null): Scale {
  const log = sorted === null ? null : logShapeOf(present, sorted);
  if (log === null) {
    const { mean, deviation } = moments(present.map(tame));
    return { low: -HUGE, high: HUGE, shape: 'linear', centre: 0, spread: 1, mean, deviation };
  }
  // The logarithm tames the tail by itself, so the whole training range may count.
  let [low, high] = [present[0], present[0]];
  for (const value of present) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const { mean, deviation } = moments(present.map((value) => shaped(tame(value), log)));
  return { low: tame(low) + 0, high: tame(high) + 0, ...log, mean, deviation };
}

/** The logarithm for values with a long tail, null for others: shares and other numbers from 0 to 1 mean what they are. */
function logShapeOf(present: Float64Array, sorted: Float64Array): (Pick<Scale, 'centre' | 'spread'> & { shape: 'log' }) | null {
  if (present.every((value) => value >= 0 && value <= 1)) return null;
  const plain = moments(present.map(tame));
  if (Math.abs(plain.skewness) <= SKEWED) return null;
  const centre = tame(quantile(sorted, 0.5));
  const spread = tailSpread(sorted.map(tame), centre);
  return spread <= 1e-12 * plain.deviation ? null : { shape: 'log', centre, spread };
}

const tame = (value: number): number => Math.min(HUGE, Math.max(-HUGE, value));

/** Half the interquartile range or, where most values are equal, the mean distance of the others from the centre. */
function tailSpread(sorted: Float64Array, centre: number): number {
  const half = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 2;
  if (half > 0 && Number.isFinite(half)) return half;
  let sum = 0;
  let count = 0;
  for (const value of sorted) {
    if (value === centre) continue;
    sum += Math.abs(value - centre);
    count += 1;
  }
  const spread = count > 0 ? sum / count / 10 : 0;
  return Number.isFinite(spread) ? spread : 0;
}

/** Mean, standard deviation (of the rows, not of what they were drawn from) and skewness, to the last digits; 0, 1 and 0 of no value. */
function moments(values: Float64Array): { mean: number; deviation: number; skewness: number } {
  const n = values.length;
  if (n === 0) return { mean: 0, deviation: 1, skewness: 0 };
  const rough = sumOf(values, (value) => value / n);
  const mean = rough + sumOf(values, (value) => (value - rough) / n);
  let span = 0;
  for (const value of values) span = Math.max(span, Math.abs(value - mean));
  span ||= 1;
  // The mean is rounded to a double, which shows where values lie far from 0 and close together.
  const away = sumOf(values, (value) => (value - mean) / span) / n;
  const second = sumOf(values, (value) => ((value - mean) / span) ** 2) / n - away * away;
  const third = sumOf(values, (value) => ((value - mean) / span) ** 3) / n;
  const deviation = Math.sqrt(second) * span;
  // A spread of the size of a mean's rounding error is none: what is constant stays so.
  if (!(deviation > 1e-15 * Math.abs(mean)) || !Number.isFinite(deviation))
    return { mean: mean + 0, deviation: 1, skewness: 0 };
  return { mean: mean + 0, deviation, skewness: third / (second * Math.sqrt(second)) };
}

/** Sum with what each addition rounds off (Neumaier 1974). */
function sumOf(values: Float64Array, of: (value: number) => number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const term = of(values[i]);
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}

function presentOf(values: Float64Array): { present: Float64Array; missing: boolean } {
  const present = values.filter((value) => value === value);
  return { present, missing: present.length < values.length };
}

function sortedSample(present: Float64Array): Float64Array {
  const stride = Math.max(1, Math.ceil(present.length / SAMPLE));
  const sample = new Float64Array(Math.ceil(present.length / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = present[i * stride];
  return sample.sort();
}

function quantile(sorted: Float64Array, share: number): number {
  // JSON has no -0, and what was fitted must be what is loaded.
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] + 0;
}

function loadScale(data: PlainObject): Scale {
  const scale = {
    low: numberIn(data, 'low'),
    high: numberIn(data, 'high'),
    shape: choiceIn(data, 'shape', ['linear', 'log']),
    centre: numberIn(data, 'centre'),
    spread: numberIn(data, 'spread'),
    mean: numberIn(data, 'mean'),
    deviation: numberIn(data, 'deviation'),
  };
  return scale;
}
