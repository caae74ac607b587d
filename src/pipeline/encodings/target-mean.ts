import { corrupt, numbersIn, textsIn } from '../plain-data.js';
import { textsOf } from '../read-column.js';
import { scoredTargets, standardOf } from './class-scores.js';
import { type Encoding, type EncodingKind, FOLDS } from './encoding.js';
import { levelsByFrequency, positions } from './levels.js';

/**
 * A category of many levels as the mean target of its level, drawn towards the overall mean by `smoothing` rows (Micci-Barreca,
 * 2001); missing is a level of its own, a level never seen is the overall mean. Training rows get means that were taken without
 * their own fold, so that no row sees its own label.
 */
export const targetMeanEncoding: EncodingKind = {
  name: 'targetMean',
  doc: 'Categories of many levels as the smoothed mean target of the level, out of fold for the training rows.',
  fit({ feature, column, target, needs, options, folds }) {
    const texts = textsOf(column);
    const levels = levelsByFrequency(texts).map(({ level }) => level);
    const place = positions(levels);
    // Code of the column -> level; missing is the level after the last.
    const levelOf = Int32Array.from(texts.dictionary, (level) => place.get(level) ?? levels.length);
    const slots = Int32Array.from(texts.codes, (code) => (code < 0 ? levels.length : levelOf[code]));
    const targets = scoredTargets(target);
    const tables: Float64Array[] = [];
    const training: Float64Array[] = [];
    for (const { values } of targets) {
      const { means, outOfFold } = smoothedMeans(slots, levels.length + 1, values, folds, options.smoothing);
      const { mean, deviation } = needs.scaled ? standardOf(outOfFold) : { mean: 0, deviation: 1 };
      // JSON has no -0, and what was fitted must be what is loaded.
      tables.push(means.map((value) => (value - mean) / deviation + 0));
      training.push(outOfFold.map((value) => (value - mean) / deviation));
    }
    const suffixes = targets.map(({ suffix }) => suffix);
    return { encoding: make(feature.name, levels, suffixes, tables), training };
  },
  load(feature, data) {
    const levels = textsIn(data, 'levels');
    if (new Set(levels).size !== levels.length) corrupt(`'levels' of '${feature.name}' repeats a level.`);
    const suffixes = textsIn(data, 'suffixes');
    const tables = suffixes.map((_, k) => numbersIn(data, `means${k}`, levels.length + 2));
    return make(feature.name, levels, suffixes, tables);
  },
};

function make(name: string, levels: readonly string[], suffixes: readonly string[], tables: readonly Float64Array[]): Encoding {
  const places = positions(levels);
  const width = tables.length;
  const missing = levels.length;
  const unseen = levels.length + 1;
  return {
    kind: 'targetMean',
    outputs: suffixes.map((suffix) => ({ name: `${name} mean target${suffix}`, categories: 0 })),
    reads: 'text',
    put(value, out, offset) {
      const place = value === null ? missing : (places.get(value) ?? unseen);
      for (let k = 0; k < width; k++) out[offset + k] = tables[k][place];
    },
    toData: () => ({
      levels,
      suffixes,
      ...Object.fromEntries(tables.map((table, k) => [`means${k}`, Array.from(table)])),
    }),
  };
}

/** Means a slot and, last, the overall mean; and for each row the mean of its slot over the other folds. */
function smoothedMeans(
  slots: Int32Array,
  slotCount: number,
  values: Float64Array,
  folds: Uint8Array,
  smoothing: number,
): { means: Float64Array; outOfFold: Float64Array } {
  const n = slots.length;
  const sums = new Float64Array(slotCount * FOLDS);
  const rows = new Float64Array(slotCount * FOLDS);
  const foldSum = new Float64Array(FOLDS);
  const foldRows = new Float64Array(FOLDS);
  for (let i = 0; i < n; i++) {
    const cell = slots[i] * FOLDS + folds[i];
    sums[cell] += values[i];
    rows[cell] += 1;
    foldSum[folds[i]] += values[i];
    foldRows[folds[i]] += 1;
  }
  const totalSum = foldSum.reduce((a, b) => a + b, 0);
  const overall = n > 0 ? totalSum / n : 0;
  const means = new Float64Array(slotCount + 1);
  const without = new Float64Array(slotCount * FOLDS);
  for (let slot = 0; slot < slotCount; slot++) {
    let sum = 0;
    let count = 0;
    for (let fold = 0; fold < FOLDS; fold++) {
      sum += sums[slot * FOLDS + fold];
      count += rows[slot * FOLDS + fold];
    }
    means[slot] = count + smoothing > 0 ? (sum + smoothing * overall) / (count + smoothing) : overall;
    for (let fold = 0; fold < FOLDS; fold++) {
      const cell = slot * FOLDS + fold;
      const others = n - foldRows[fold];
      const prior = others > 0 ? (totalSum - foldSum[fold]) / others : 0;
      const weight = count - rows[cell] + smoothing;
      without[cell] = weight > 0 ? (sum - sums[cell] + smoothing * prior) / weight : prior;
    }
  }
  means[slotCount] = overall;
  const outOfFold = new Float64Array(n);
  for (let i = 0; i < n; i++) outOfFold[i] = without[slots[i] * FOLDS + folds[i]];
  return { means, outOfFold };
}
