import type { ColumnType } from '../define/plan.js';
import { type Column, MISSING_BOOLEAN, type StringColumn } from '../frame/column.js';
import { type ColumnProfile, type NumberProfile, QUANTILES, type QuantileName, type TopValue } from './profile.js';

const TOP = 10;
const BINS = 20;
/** Whole numbers over at most this many values are counted instead of sorted. */
const COUNTED = 65_536;

/** The profile of one column. `scratch` is reused between columns and at least as long as the column. */
export function profileColumn(column: Column, type: ColumnType, scratch: Float64Array): ColumnProfile {
  switch (column.kind) {
    case 'string':
      return profileStrings(column, type);
    case 'boolean':
      return profileBooleans(column.values, type);
    default:
      return profileNumbers(column.values, type, scratch);
  }
}

function profileBooleans(values: Uint8Array, type: ColumnType): ColumnProfile {
  let yes = 0;
  let missing = 0;
  for (let row = 0; row < values.length; row++) {
    if (values[row] === 1) yes++;
    else if (values[row] === MISSING_BOOLEAN) missing++;
  }
  const no = values.length - missing - yes;
  const top = [
    { value: false, count: no },
    { value: true, count: yes },
  ]
    .filter((each) => each.count > 0)
    .sort((a, b) => b.count - a.count);
  return { type, missing, distinct: top.length, top, numbers: null, lengths: null };
}

function profileStrings(column: StringColumn, type: ColumnType): ColumnProfile {
  const counts = new Float64Array(column.dictionary.length);
  let missing = 0;
  for (let row = 0; row < column.codes.length; row++) {
    const code = column.codes[row] as number;
    if (code < 0) missing++;
    else counts[code] = (counts[code] as number) + 1;
  }
  const best = new Best<string>((a, b) => a < b);
  let distinct = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  let sum = 0;
  for (let code = 0; code < counts.length; code++) {
    const count = counts[code] as number;
    if (count === 0) continue;
    const text = column.dictionary[code] as string;
    distinct++;
    if (text.length < min) min = text.length;
    if (text.length > max) max = text.length;
    sum += text.length * count;
    best.add(text, count);
  }
  const present = column.codes.length - missing;
  return {
    type,
    missing,
    distinct,
    top: best.top,
    numbers: null,
    lengths: present > 0 ? { min, mean: sum / present, max } : null,
  };
}

function profileNumbers(values: Float64Array, type: ColumnType, scratch: Float64Array): ColumnProfile {
  let present = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let whole = true;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (value !== value) continue;
    scratch[present++] = value;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
    if (whole && value !== Math.floor(value)) whole = false;
  }
  const missing = values.length - present;
  if (present === 0) return { type, missing, distinct: 0, top: [], numbers: null, lengths: null };
  const all = scratch.subarray(0, present);
  const spread = whole && max - min < COUNTED ? countedSpread(all, min, max) : sortedSpread(all);
  const mean = sum / present;
  let squares = 0;
  for (let i = 0; i < present; i++) squares += ((all[i] as number) - mean) ** 2;
  const numbers: NumberProfile = {
    min,
    max,
    mean: Math.min(max, Math.max(min, mean)),
    sd: present > 1 ? Math.sqrt(squares / (present - 1)) : 0,
    quantiles: spread.quantiles,
    histogram: histogram(all, min, max),
  };
  return { type, missing, distinct: spread.distinct, top: spread.top, numbers, lengths: null };
}

interface Spread {
  readonly distinct: number;
  readonly top: readonly TopValue[];
  readonly quantiles: Readonly<Record<QuantileName, number>>;
}

function countedSpread(values: Float64Array, min: number, max: number): Spread {
  const counts = new Uint32Array(max - min + 1);
  for (let i = 0; i < values.length; i++) {
    const slot = (values[i] as number) - min;
    counts[slot] = (counts[slot] as number) + 1;
  }
  const best = new Best<number>((a, b) => a < b);
  const upTo = new Float64Array(counts.length);
  let distinct = 0;
  let seen = 0;
  for (let slot = 0; slot < counts.length; slot++) {
    const count = counts[slot] as number;
    seen += count;
    upTo[slot] = seen;
    if (count === 0) continue;
    distinct++;
    best.add(slot + min, count);
  }
  const at = (rank: number) => {
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] as number) > rank) high = middle;
      else low = middle + 1;
    }
    return low + min;
  };
  return { distinct, top: best.top, quantiles: quantilesOf(values.length, at) };
}

function sortedSpread(values: Float64Array): Spread {
  values.sort();
  const best = new Best<number>((a, b) => a < b);
  let distinct = 0;
  let start = 0;
  for (let i = 1; i <= values.length; i++) {
    if (i < values.length && values[i] === values[start]) continue;
    distinct++;
    best.add(values[start] as number, i - start);
    start = i;
  }
  return { distinct, top: best.top, quantiles: quantilesOf(values.length, (rank) => values[rank] as number) };
}

function quantilesOf(count: number, at: (rank: number) => number): Readonly<Record<QuantileName, number>> {
  const entries = Object.entries(QUANTILES).map(([name, share]) => {
    const place = (count - 1) * share;
    const low = Math.floor(place);
    const below = at(low);
    const above = at(Math.min(low + 1, count - 1));
    return [name, below + (above - below) * (place - low)] as const;
  });
  return Object.fromEntries(entries) as Record<QuantileName, number>;
}

function histogram(values: Float64Array, min: number, max: number): NumberProfile['histogram'] {
  if (max === min) return { edges: [min, max], counts: [values.length] };
  const counts = new Float64Array(BINS);
  const scale = BINS / (max - min);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(BINS - 1, Math.floor(((values[i] as number) - min) * scale));
    counts[bin] = (counts[bin] as number) + 1;
  }
  const edges = Array.from({ length: BINS + 1 }, (_, i) => (i === BINS ? max : min + ((max - min) * i) / BINS));
  return { edges, counts: [...counts] };
}

/** Keeps the values of the highest counts; of equal counts the smaller value. */
class Best<T extends string | number> {
  readonly top: { value: T; count: number }[] = [];
  readonly #before: (a: T, b: T) => boolean;
  #least = 0;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  add(value: T, count: number): void {
    if (this.top.length === TOP && count < this.#least) return;
    let at = this.top.length;
    while (at > 0) {
      const other = this.top[at - 1] as { value: T; count: number };
      if (other.count > count || (other.count === count && this.#before(other.value, value))) break;
      at--;
    }
    if (at >= TOP) return;
    this.top.splice(at, 0, { value, count });
    if (this.top.length > TOP) this.top.pop();
    if (this.top.length === TOP) this.#least = (this.top[TOP - 1] as { count: number }).count;
  }
}
