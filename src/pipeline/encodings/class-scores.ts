import type { EncoderTarget } from './encoding.js';

/** Classes beyond this many get no score of their own: the width of an encoding must not explode. */
const MOST = 16;

/** The numeric targets that a label-aware encoding scores: the value itself, the positive class, or each of the commonest classes. */
export interface ScoredTarget {
  /** Added to the feature's name to name the output. */
  readonly suffix: string;
  readonly values: Float64Array;
}

export function scoredTargets(target: EncoderTarget): ScoredTarget[] {
  if (target.task !== 'multiclass') return [{ suffix: '', values: target.values }];
  const rows = new Float64Array(target.classes);
  for (const value of target.values) rows[value] += 1;
  return Array.from(rows.keys())
    .sort((a, b) => rows[b] - rows[a] || a - b)
    .slice(0, MOST)
    .sort((a, b) => a - b)
    .map((index) => ({ suffix: ` of class ${index}`, values: target.values.map((value) => (value === index ? 1 : 0)) }));
}

/** Mean and standard deviation, 1 for a column that does not vary. */
export function standardOf(values: Float64Array): { mean: number; deviation: number } {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += (values[i] - mean) / (i + 1);
  let square = 0;
  for (let i = 0; i < values.length; i++) square += (values[i] - mean) ** 2;
  const deviation = values.length > 0 ? Math.sqrt(square / values.length) : 0;
  return { mean, deviation: deviation > 0 && Number.isFinite(deviation) ? deviation : 1 };
}
