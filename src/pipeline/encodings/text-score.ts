import { random } from '../../base/random.js';
import { corrupt, countIn, floatsIn, integersIn, numbersIn, type PlainObject, packed32, textsIn } from '../plain-data.js';
import { textsOf } from '../read-column.js';
import { scoredTargets, standardOf } from './class-scores.js';
import { type Encoding, type EncodingKind, type FitInput, FOLDS } from './encoding.js';
import { fitSparseLinear, type SparseRows, sparseScore } from './sparse-linear.js';
import { BUCKET_BITS, TermCounter } from './terms.js';

/** Rows that the scores are learnt from; further rows are scored by what these taught. */
const SAMPLE = 50_000;
/** Terms must occur in this many of them. */
const RARE = 2;

/** The fitted vocabulary and weights: slot k of a term has its bucket, inverse document frequency and a weight a score. */
interface Fitted {
  readonly suffixes: readonly string[];
  readonly buckets: Int32Array;
  readonly idf: Float32Array;
  readonly weights: readonly Float32Array[];
  readonly bias: Float64Array;
  /** Standardisation of each score and, last, of the logarithm of the number of words. */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * Text as the score of a linear model over its TF-IDF-weighted words and word pairs, one score a class, and the logarithm of its
 * number of words. Training rows get scores of models that did not see their fold. Missing text scores like empty text.
 */
export const textScoreEncoding: EncodingKind = {
  name: 'textScore',
  doc: 'Text as out-of-fold scores of a linear model over hashed words and word pairs, and its length.',
  fit(input) {
    const { feature, column, target, needs, folds, seed } = input;
    const texts = textsOf(column);
    const rows = sampledRows(texts.codes.length);
    const { sparse, buckets, idf, words } = sparseTerms(input, rows);
    const source = random(seed).fork(feature.name);
    const hinge = target.task !== 'regression';
    const targets = scoredTargets(target);
    const weights: Float32Array[] = [];
    const bias = new Float64Array(targets.length);
    const training: Float64Array[] = [];
    const mean = new Float64Array(targets.length + 1);
    const deviation = new Float64Array(targets.length + 1).fill(1);
    const all = Int32Array.from(rows.keys());
    targets.forEach(({ values }, k) => {
      const scale = hinge ? { mean: 0, deviation: 1 } : standardOf(values);
      const labels = Float64Array.from(rows, (row) =>
        hinge ? 2 * values[row] - 1 : (values[row] - scale.mean) / scale.deviation,
      );
      const whole = fitSparseLinear(sparse, all, labels, hinge, source.fork(`${k} whole`));
      weights.push(Float32Array.from(whole.subarray(0, sparse.width)));
      // JSON has no -0, and what was fitted must be what is loaded.
      bias[k] = whole[sparse.width] + 0;
      const scores = new Float64Array(texts.codes.length).fill(Number.NaN);
      for (let fold = 0; fold < FOLDS; fold++) {
        const others = all.filter((i) => folds[rows[i]] !== fold);
        const fitted = fitSparseLinear(sparse, others, labels, hinge, source.fork(`${k} ${fold}`));
        for (const i of all) if (folds[rows[i]] === fold) scores[rows[i]] = sparseScore(sparse, i, fitted);
      }
      training.push(scores);
    });
    const suffixes = targets.map(({ suffix }) => suffix);
    const raw = make(feature.name, { suffixes, buckets, idf, weights, bias, mean, deviation });
    const lengths = new Float64Array(texts.codes.length);
    fillUnsampled(raw, texts, rows, words, training, lengths);
    training.push(lengths);
    if (needs.scaled)
      training.forEach((scores, k) => {
        const standard = standardOf(scores);
        mean[k] = standard.mean + 0;
        deviation[k] = standard.deviation;
        for (let i = 0; i < scores.length; i++) scores[i] = (scores[i] - standard.mean) / standard.deviation;
      });
    const encoding = make(feature.name, { suffixes, buckets, idf, weights, bias, mean, deviation });
    return { encoding, training };
  },
  load(feature, data) {
    if (countIn(data, 'bits', 1, 30) !== BUCKET_BITS) corrupt(`'bits' of '${feature.name}' is not ${BUCKET_BITS}.`);
    const terms = countIn(data, 'terms', 0, 1 << BUCKET_BITS);
    const buckets = integersIn(data, 'buckets', terms);
    for (let k = 0; k < terms; k++)
      if (buckets[k] < 0 || buckets[k] >= 1 << BUCKET_BITS || (k > 0 && buckets[k] <= buckets[k - 1]))
        corrupt(`'buckets' of '${feature.name}' is not a rising list of buckets.`);
    const suffixes = textsIn(data, 'suffixes');
    return make(feature.name, {
      suffixes,
      buckets,
      idf: floatsIn(data, 'idf', terms),
      weights: suffixes.map((_, k) => floatsIn(data, `weights${k}`, terms)),
      bias: numbersIn(data, 'bias', suffixes.length),
      mean: numbersIn(data, 'mean', suffixes.length + 1),
      deviation: numbersIn(data, 'deviation', suffixes.length + 1),
    });
  },
};

function make(name: string, fitted: Fitted): Encoding {
  const { suffixes, buckets, idf, weights, bias, mean, deviation } = fitted;
  const width = suffixes.length;
  const slots = slotTable(buckets);
  const counter = new TermCounter();
  return {
    kind: 'textScore',
    outputs: [
      ...suffixes.map((suffix) => ({ name: `${name} score${suffix}`, categories: 0 })),
      { name: `${name} words`, categories: 0 },
    ],
    reads: 'text',
    put(value, out, offset) {
      counter.count(value ?? '');
      let square = 0;
      for (let k = 0; k < width; k++) out[offset + k] = 0;
      for (let t = 0; t < counter.size; t++) {
        const bucket = counter.buckets[t];
        const slot = slots[bucket];
        if (slot < 0) continue;
        const weight = termWeight(counter.counts[bucket], idf[slot]);
        square += weight * weight;
        for (let k = 0; k < width; k++) out[offset + k] += weight * weights[k][slot];
      }
      const norm = square > 0 ? Math.sqrt(square) : 1;
      for (let k = 0; k < width; k++) out[offset + k] = (out[offset + k] / norm + bias[k] - mean[k]) / deviation[k];
      out[offset + width] = (Math.log1p(counter.words) - mean[width]) / deviation[width];
    },
    toData: (): PlainObject => ({
      bits: BUCKET_BITS,
      terms: buckets.length,
      suffixes,
      buckets: packed32(buckets),
      idf: packed32(idf),
      ...Object.fromEntries(weights.map((list, k) => [`weights${k}`, packed32(list)])),
      bias: Array.from(bias),
      mean: Array.from(mean),
      deviation: Array.from(deviation),
    }),
  };
}

const termWeight = (count: number, idf: number): number => (1 + Math.log(count)) * idf;

function slotTable(buckets: Int32Array): Int32Array {
  const slots = new Int32Array(1 << BUCKET_BITS).fill(-1);
  buckets.forEach((bucket, slot) => {
    slots[bucket] = slot;
  });
  return slots;
}

function sampledRows(n: number): Int32Array {
  const stride = Math.max(1, n / SAMPLE);
  return Int32Array.from({ length: Math.min(n, SAMPLE) }, (_, i) => Math.floor(i * stride));
}

/** Vocabulary and TF-IDF rows, each of length one, of the sampled rows; `words` counts the words of each. */
function sparseTerms({ column, options }: FitInput, rows: Int32Array) {
  const texts = textsOf(column);
  const counter = new TermCounter();
  const inRows = new Int32Array(1 << BUCKET_BITS);
  const starts = new Int32Array(rows.length + 1);
  const words = new Float64Array(rows.length);
  let found = new Int32Array(1 << 16);
  let times = new Uint16Array(1 << 16);
  let size = 0;
  for (let i = 0; i < rows.length; i++) {
    const code = texts.codes[rows[i]];
    counter.count(code < 0 ? '' : texts.dictionary[code]);
    words[i] = counter.words;
    if (size + counter.size > found.length) {
      const capacity = Math.max(found.length * 2, size + counter.size);
      const more = new Int32Array(capacity);
      more.set(found);
      found = more;
      const moreTimes = new Uint16Array(capacity);
      moreTimes.set(times);
      times = moreTimes;
    }
    for (let t = 0; t < counter.size; t++) {
      const bucket = counter.buckets[t];
      inRows[bucket] += 1;
      found[size] = bucket;
      times[size] = counter.counts[bucket];
      size += 1;
    }
    starts[i + 1] = size;
  }
  const buckets = commonest(inRows, options.textTerms);
  const slots = slotTable(buckets);
  const idf = Float32Array.from(buckets, (bucket) => Math.log((1 + rows.length) / (1 + inRows[bucket])) + 1);
  // Terms outside the vocabulary are dropped in place.
  const values = new Float32Array(size);
  let kept = 0;
  for (let i = 0; i < rows.length; i++) {
    const from = starts[i];
    const first = kept;
    starts[i] = kept;
    let square = 0;
    for (let j = from; j < starts[i + 1]; j++) {
      const slot = slots[found[j]];
      if (slot < 0) continue;
      const weight = termWeight(times[j], idf[slot]);
      found[kept] = slot;
      values[kept] = weight;
      square += weight * weight;
      kept += 1;
    }
    const norm = square > 0 ? Math.sqrt(square) : 1;
    for (let j = first; j < kept; j++) values[j] /= norm;
  }
  starts[rows.length] = kept;
  const sparse: SparseRows = { starts, indexes: found, values, width: buckets.length };
  return { sparse, buckets, idf, words };
}

function commonest(inRows: Int32Array, most: number): Int32Array {
  const candidates: number[] = [];
  for (let bucket = 0; bucket < inRows.length; bucket++) if (inRows[bucket] >= RARE) candidates.push(bucket);
  candidates.sort((a, b) => inRows[b] - inRows[a] || a - b);
  return Int32Array.from(candidates.slice(0, most)).sort();
}

/** Scores the rows that taught nothing by the whole model, and the lengths of all. */
function fillUnsampled(
  encoding: Encoding,
  texts: { readonly codes: Int32Array; readonly dictionary: readonly string[] },
  rows: Int32Array,
  words: Float64Array,
  training: readonly Float64Array[],
  lengths: Float64Array,
): void {
  rows.forEach((row, i) => {
    lengths[row] = Math.log1p(words[i]);
  });
  if (rows.length === texts.codes.length || encoding.reads !== 'text') return;
  const sampled = new Uint8Array(texts.codes.length);
  for (const row of rows) sampled[row] = 1;
  const out = new Float64Array(encoding.outputs.length);
  for (let i = 0; i < sampled.length; i++) {
    if (sampled[i] === 1) continue;
    encoding.put(texts.codes[i] < 0 ? null : texts.dictionary[texts.codes[i]], out, 0);
    training.forEach((scores, k) => {
      scores[i] = out[k];
    });
    lengths[i] = out[out.length - 1];
  }
}
