import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { log } from '../../kernels/math.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, TrainingData } from '../estimator.js';
import { columnsOf, type FeatureColumn } from '../sparse.js';
import { BayesModel, type Evidence } from './bayes-model.js';
import { bayesOptions } from './options.js';

const VERSION = 1;
/** Log share of a class without rows: below anything that features can say. */
const NEVER = -1e300;

/** Naive Bayes (Hand and Yu 2001): features independent within a class, numeric ones normal, categorical ones by smoothed shares. */
export const bayes: Estimator = {
  name: 'bayes',
  doc: 'Naive Bayes: normal distributions for numbers, smoothed shares for categories; missing values say nothing.',
  tasks: ['binary', 'multiclass'],
  params: bayesOptions,
  needs: { imputed: false, scaled: false, categories: 'codes', sparse: true },
  async fit(data, params, context) {
    const { smoothing, varianceSmoothing } = resolveOptions('bayes', bayesOptions, params);
    checkTraining(bayes, data, context);
    const classes = context.task === 'multiclass' ? context.classes : 2;
    const { features } = data.matrix;
    const columns = columnsOf(data.matrix);
    const all = new ClassRows(data, classes);
    const evidence: Evidence[] = [];
    for (let j = 0; j < columns.length; j++) {
      await pause(context.signal);
      context.onProgress?.({ step: 'fit', done: j, total: columns.length });
      const { categories } = features[j];
      const column = columns[j];
      evidence.push(
        categories > 0 && column instanceof Float64Array
          ? categoryEvidence(data, column, categories, classes, smoothing)
          : normalEvidence(column, all, classes, varianceSmoothing),
      );
    }
    await pause(context.signal);
    const { sums } = all;
    const total = sums.reduce((sum, w) => sum + w, 0);
    const priors = sums.map((w) => (w > 0 ? log(w / total) : NEVER));
    return new BayesModel({ estimator: 'bayes', version: VERSION, task: context.task, priors, evidence, summary: {} });
  },
  load: (bytes) => BayesModel.load(bytes, 'bayes', VERSION),
};

/** Rows and weights of each class. */
class ClassRows {
  readonly data: TrainingData;
  /** Rows of weight. */
  readonly rows: Float64Array;
  readonly sums: Float64Array;

  constructor(data: TrainingData, classes: number) {
    this.data = data;
    this.rows = new Float64Array(classes);
    this.sums = new Float64Array(classes);
    data.target.forEach((k, i) => {
      const w = data.weight ? data.weight[i] : 1;
      this.sums[k] += w;
      if (w > 0) this.rows[k]++;
    });
  }

  /** Weight of each class in the rows that a sparse column leaves out, exactly 0 where it leaves out none. */
  without(indexes: Uint32Array): Float64Array {
    const { target, weight } = this.data;
    const rows = this.rows.slice();
    const sums = this.sums.slice();
    for (const i of indexes) {
      const w = weight ? weight[i] : 1;
      sums[target[i]] -= w;
      if (w > 0) rows[target[i]]--;
    }
    return sums.map((sum, k) => (rows[k] > 0 ? Math.max(0, sum) : 0));
  }
}

/** Weighted mean and variance of the finite values of each class. */
function normalEvidence(column: FeatureColumn, all: ClassRows, classes: number, smoothing: number): Evidence {
  const { target, weight } = all.data;
  const sparse = !(column instanceof Float64Array);
  const values = sparse ? column.values : column;
  const totals = new Float64Array(classes + 1);
  const means = new Float64Array(classes + 1);
  const squares = new Float64Array(classes + 1);
  // The last place is for all classes together. The zeros of a sparse column come first, all at once.
  if (sparse) {
    totals.set(all.without(column.indexes));
    totals[classes] = totals.reduce((sum, w) => sum + w, 0);
  }
  // Running means (West 1979) keep their precision far from zero.
  for (let at = 0; at < values.length; at++) {
    const i = sparse ? column.indexes[at] : at;
    const value = values[at];
    const w = weight ? weight[i] : 1;
    if (w === 0 || !Number.isFinite(value)) continue;
    for (const k of [target[i], classes]) {
      totals[k] += w;
      const away = value - means[k];
      means[k] += (away * w) / totals[k];
      squares[k] += w * away * (value - means[k]);
    }
  }
  const whole = totals[classes] > 0 ? squares[classes] / totals[classes] : 0;
  if (!Number.isFinite(whole))
    fail('MW_MODEL_DIVERGED', { what: 'The variance of a feature is not finite.', where: { estimator: 'bayes' } });
  const variances = new Float64Array(classes);
  const offsets = new Float64Array(classes);
  // A class without a known value keeps the distribution of all, so that it is neither favoured nor ruled out.
  for (let k = 0; k < classes; k++) {
    if (!(whole > 0)) continue;
    if (totals[k] === 0) means[k] = means[classes];
    variances[k] = (totals[k] > 0 ? squares[k] / totals[k] : whole) + smoothing * whole;
    if (variances[k] > 0) offsets[k] = -0.5 * log(2 * Math.PI * variances[k]);
  }
  return { kind: 'normal', means: means.slice(0, classes), variances, offsets };
}

function categoryEvidence(
  { target, weight }: TrainingData,
  column: Float64Array,
  categories: number,
  classes: number,
  smoothing: number,
): Evidence {
  let largest = -1;
  for (let i = 0; i < column.length; i++) if (column[i] > largest) largest = column[i];
  const counts = new Float64Array((largest + 1) * classes);
  const totals = new Float64Array(classes);
  for (let i = 0; i < column.length; i++) {
    if (column[i] !== column[i]) continue;
    const w = weight ? weight[i] : 1;
    counts[column[i] * classes + target[i]] += w;
    totals[target[i]] += w;
  }
  const logs = new Float64Array(counts.length);
  for (let at = 0; at < counts.length; at += classes) {
    if (!counts.subarray(at, at + classes).some((count) => count > 0)) continue;
    for (let k = 0; k < classes; k++) logs[at + k] = log((counts[at + k] + smoothing) / (totals[k] + smoothing * categories));
  }
  return { kind: 'categories', logs };
}
