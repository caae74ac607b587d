import { booleanIn, choiceIn, numberIn, objectIn, type PlainObject } from '../plain-data.js';
import { numbersOf } from '../read-column.js';
import type { Encoding, EncodingKind } from './encoding.js';

/** Values are clipped to the training range between these quantiles before they are put on one scale. */
const LOW = 0.001;
const HIGH = 0.999;
/** Skewness beyond which a long tail is drawn in by a logarithm. */
const SKEWED = 2;
const SAMPLE = 20_000;
/** What an estimator that copes by itself needs to know of the values. */
const NOTHING = { sorted: new Float64Array(0), missing: false };
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
 * training. Scaled: clipped to the training range, long tails drawn in by a signed logarithm around the median, standardised.
 */
export const numberEncoding: EncodingKind = {
  name: 'number',
  doc: 'Numbers: passed through, imputed by the median with an indicator, clipped and standardised, as the estimator needs.',
  fit({ feature, column, needs }) {
    const { sorted, missing } = needs.imputed || needs.scaled ? sortedSample(numbersOf(column)) : NOTHING;
    const fitted: Fitted = {
      imputed: needs.imputed,
      fill: sorted.length > 0 ? quantile(sorted, 0.5) : 0,
      indicator: needs.imputed && missing,
      scale: needs.scaled ? fitScale(sorted) : null,
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

function fitScale(sorted: Float64Array): Scale {
  const n = sorted.length;
  if (n === 0) return { low: 0, high: 0, shape: 'linear', centre: 0, spread: 1, mean: 0, deviation: 1 };
  const low = tame(quantile(sorted, LOW));
  const high = tame(quantile(sorted, HIGH));
  const clipped = sorted.map((value) => (value < low ? low : value > high ? high : value));
  const plain = moments(clipped);
  const centre = tame(quantile(sorted, 0.5));
  const spread = tailSpread(clipped, centre);
  if (Math.abs(plain.skewness) <= SKEWED || spread <= 1e-12 * (high - low))
    return { low, high, shape: 'linear', centre: 0, spread: 1, mean: plain.mean, deviation: plain.deviation };
  const log = { shape: 'log', centre, spread } as const;
  // The logarithm tames the tail by itself, so the whole training range may count.
  const range = { low: tame(quantile(sorted, 0)), high: tame(quantile(sorted, 1)) };
  const { mean, deviation } = moments(sorted.map((value) => shaped(tame(value), log)));
  return { ...range, ...log, mean, deviation };
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

function moments(values: Float64Array): { mean: number; deviation: number; skewness: number } {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (values[i] - mean) / (i + 1);
  let second = 0;
  let third = 0;
  const span = Math.max(Math.abs(values[0] - mean), Math.abs(values[n - 1] - mean)) || 1;
  for (let i = 0; i < n; i++) {
    const z = (values[i] - mean) / span;
    second += z * z;
    third += z * z * z;
  }
  second /= n;
  third /= n;
  const deviation = Math.sqrt(second) * span;
  if (!(deviation > 0) || !Number.isFinite(deviation) || !Number.isFinite(mean))
    return { mean: Number.isFinite(mean) ? mean + 0 : 0, deviation: 1, skewness: 0 };
  return { mean: mean + 0, deviation, skewness: third / (second * Math.sqrt(second)) };
}

function sortedSample(values: Float64Array): { sorted: Float64Array; missing: boolean } {
  let present = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === values[i]) present += 1;
  const stride = Math.max(1, Math.ceil(present / SAMPLE));
  const sample = new Float64Array(Math.ceil(present / stride));
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) continue;
    if (seen % stride === 0) sample[seen / stride] = values[i];
    seen += 1;
  }
  return { sorted: sample.sort(), missing: present < values.length };
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
