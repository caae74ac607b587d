import type { Categories, Forest } from '../trees/forest.js';
import { LARGEST_FLOAT, previousFloat } from './float32.js';
import { BEYOND, CATEGORICAL, DEFAULT_LEFT, FLOAT, type ImportedForest, MISSING_NAN, MISSING_ZERO } from './imported-trees.js';

/** Codes of a feature that sets name, and the largest of them: bins are bytes, with one for all others and one for missing. */
const MOST_CODES = 254;
const LARGEST_CODE = 65_535;
/** From here on the nearest float32 is infinite. */
const FLOAT_OVERFLOW = 2 ** 128 - 2 ** 103;

/**
 * Imported trees as the scoring kernels walk them: every float64 row reaches the same leaves, once its categorical values are whole
 * numbers, but for infinities, as `splitsInfinity` tells. Null where the walks differ: zero taken for missing, a feature both numeric and
 * categorical, too many codes.
 */
export function asForest(imported: ImportedForest, inputs: number): Forest | null {
  const { roots, feature, rule, left, value } = imported;
  const features = featuresOf(imported, inputs);
  if (!features) return null;
  const nodes = feature.length;
  const slot = new Int32Array(nodes);
  const threshold = new Float64Array(nodes).fill(Infinity);
  const sets: number[] = [];
  for (let i = 0; i < nodes; i++) {
    const j = feature[i];
    if (j < 0) continue;
    const bits = rule[i];
    const float = (bits & FLOAT) !== 0;
    let missingLeft = (bits & DEFAULT_LEFT) !== 0;
    if ((bits & CATEGORICAL) !== 0) {
      slot[i] = -1 - j;
      threshold[i] = sets.length / 8;
      sets.push(...binsLeft(imported, i, features[j] as NonNullable<Categories>));
      continue;
    }
    if (!float) {
      if ((bits & MISSING_ZERO) !== 0) return null;
      // Missing is zero unless it is told from it.
      if ((bits & MISSING_NAN) === 0) missingLeft = value[i] >= 0;
    }
    const isLowest = (bits & BEYOND) !== 0 && value[i] < 0;
    threshold[i] = float && !isLowest ? lastBelow(value[i]) : value[i];
    slot[i] = 2 * j + (missingLeft ? 0 : 1);
  }
  return {
    features,
    roots: Int32Array.from(roots),
    slot,
    threshold,
    left: Int32Array.from(left, (child, i) => (feature[i] < 0 ? i : child)),
    value: value.map((each, i) => (feature[i] < 0 ? each : 0)),
    cover: imported.cover.length === nodes ? imported.cover : new Uint32Array(nodes),
    sets: Uint32Array.from(sets),
  };
}

/**
 * Whether a split tells an infinity from the numbers beside it: here infinities are the largest numbers, and rows with these are to be left to the
 * plain walk.
 */
export function splitsInfinity({ feature, rule, value }: ImportedForest): { readonly upper: boolean; readonly lower: boolean } {
  const isAny = (test: (bits: number, at: number) => boolean): boolean =>
    feature.some((j, i) => j >= 0 && (rule[i] & CATEGORICAL) === 0 && test(rule[i], value[i]));
  return {
    upper: isAny((bits, at) => (bits & (FLOAT | BEYOND)) === 0 && at >= Number.MAX_VALUE),
    lower: isAny((bits, at) => (bits & BEYOND) !== 0 && at < 0),
  };
}

/** The largest float64 whose nearest float32 is less than a float32: what `<` in float32 is as `<=` in float64. */
export function lastBelow(bound: number): number {
  if (bound <= -LARGEST_FLOAT) return -FLOAT_OVERFLOW;
  if (bound > LARGEST_FLOAT) return previousDouble(FLOAT_OVERFLOW);
  const middle = (previousFloat(bound) + bound) / 2;
  return Math.fround(middle) < bound ? middle : previousDouble(middle);
}

const double = new Float64Array(1);
const doubleBits = new BigInt64Array(double.buffer);

function previousDouble(x: number): number {
  double[0] = x;
  doubleBits[0] += x > 0 ? -1n : 1n;
  return double[0];
}

/** The bins of categorical features, null for others. */
function featuresOf({ feature, rule, value, setStart, sets }: ImportedForest, inputs: number): readonly Categories[] | null {
  const numeric = new Uint8Array(inputs);
  const codes = new Map<number, Set<number>>();
  for (let i = 0; i < feature.length; i++) {
    const j = feature[i];
    if (j < 0) continue;
    if ((rule[i] & CATEGORICAL) === 0) {
      numeric[j] = 1;
      continue;
    }
    const known = codes.get(j) ?? new Set();
    codes.set(j, known);
    const from = setStart[value[i]];
    for (let word = from; word < setStart[value[i] + 1]; word++)
      for (let bit = 0; bit < 32; bit++) if ((sets[word] >>> bit) & 1) known.add(32 * (word - from) + bit);
    if (known.size > MOST_CODES) return null;
  }
  const features: Categories[] = Array.from({ length: inputs }, () => null);
  for (const [j, known] of codes) {
    const sorted = [...known].sort((a, b) => a - b);
    const largest = sorted.at(-1) ?? 0;
    if (numeric[j] === 1 || largest > LARGEST_CODE) return null;
    const binOf = new Uint8Array(largest + 1).fill(sorted.length);
    sorted.forEach((code, bin) => {
      binOf[code] = bin;
    });
    features[j] = { binOf, other: sorted.length };
  }
  return features;
}

/** The bins that go left at a categorical split, as 8 words. */
function binsLeft(
  { rule, value, setStart, sets }: ImportedForest,
  node: number,
  { binOf, other }: NonNullable<Categories>,
): Uint32Array {
  const words = new Uint32Array(8);
  const float = (rule[node] & FLOAT) !== 0;
  const put = (bin: number, left: boolean) => {
    if (left) words[bin >> 5] |= 1 << (bin & 31);
  };
  const from = setStart[value[node]];
  const length = setStart[value[node] + 1] - from;
  for (let code = 0; code < binOf.length; code++)
    if (binOf[code] !== other)
      put(binOf[code], (code >>> 5 < length && ((sets[from + (code >>> 5)] >>> (code & 31)) & 1) === 1) !== float);
  put(other, float);
  put(other + 1, float && (rule[node] & DEFAULT_LEFT) !== 0);
  return words;
}
