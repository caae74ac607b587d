import { booleanIn, countIn } from '../plain-data.js';
import { numbersOf } from '../read-column.js';
import type { Encoding, EncodingKind } from './encoding.js';

/** A boolean as 0 and 1. Imputed: the commoner training value, with an indicator when missing values were seen in training. */
export const booleanEncoding: EncodingKind = {
  name: 'boolean',
  doc: 'Booleans as 0 and 1, missing ones imputed by the commoner value with an indicator where the estimator needs it.',
  fit({ feature, column, needs }) {
    let ones = 0;
    let zeros = 0;
    const values = numbersOf(column);
    for (const value of values) {
      if (value === 0) zeros += 1;
      else if (value === value) ones += 1;
    }
    const missing = ones + zeros < values.length;
    const encoding = make(feature.name, needs.imputed, needs.imputed && missing, ones > zeros ? 1 : 0);
    return { encoding, training: null };
  },
  load: (feature, data) =>
    make(feature.name, booleanIn(data, 'imputed'), booleanIn(data, 'indicator'), countIn(data, 'fill', 0, 1)),
};

function make(name: string, imputed: boolean, indicator: boolean, fill: number): Encoding {
  const outputs = [{ name, categories: 0 }];
  if (indicator) outputs.push({ name: `${name} is missing`, categories: 0 });
  return {
    kind: 'boolean',
    outputs,
    reads: 'number',
    identity: false,
    put(value, out, offset) {
      const missing = value !== value;
      out[offset] = missing ? (imputed ? fill : Number.NaN) : value === 0 ? 0 : 1;
      if (indicator) out[offset + 1] = missing ? 1 : 0;
    },
    toData: () => ({ imputed, indicator, fill }),
  };
}
