import { fail } from '../../base/error.js';
import { type OptionValues, resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext } from '../estimator.js';
import { usableRows } from '../gbdt/boost.js';
import { checkNumbers } from '../linear/linear-model.js';
import { calibrate } from '../margins/calibrate.js';
import { dealFolds, FOLDS } from '../margins/deal-folds.js';
import { KernelRows } from './kernel-rows.js';
import { rbfSvmOptions } from './options.js';
import { RbfModel } from './rbf-model.js';
import { type DualSolution, solveDual } from './smo.js';

const VERSION = 1;

type Params = OptionValues<typeof rbfSvmOptions>;

/** Rows with weight. */
interface Rows {
  readonly columns: readonly Float64Array[];
  readonly target: Float64Array;
  readonly weight: Float64Array;
}

/** What was learnt: a coefficient a row for each machine, and how scores become outputs. */
interface Learnt {
  readonly coefficients: readonly Float64Array[];
  readonly intercepts: Float64Array;
  readonly slopes: Float64Array;
  readonly offsets: Float64Array;
  readonly steps: number;
  readonly converged: boolean;
}

/** Solves one dual problem after the other and reports on them. */
type Solve = (sign: Int8Array, bound: Float64Array, start: Float64Array) => Promise<DualSolution>;

/**
 * Support vector machines with the Gaussian kernel (Cortes and Vapnik 1995): a hinge loss for classes, one against the rest for several;
 * the epsilon-insensitive loss for numbers, in standard deviations of the target. Probabilities by Platt scaling, a softmax regression for
 * several classes, fitted to scores that machines of five folds gave to rows they had not seen.
 */
export const rbfSvm: Estimator = {
  name: 'rbfSvm',
  doc: 'Support vector machine with the Gaussian (RBF) kernel, for small data; probabilities by Platt scaling of out-of-fold scores.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: rbfSvmOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot' },
  async fit(data, params, context) {
    const resolved = resolveOptions('rbfSvm', rbfSvmOptions, params);
    checkTraining(rbfSvm, data, context);
    checkNumbers('rbfSvm', data.matrix);
    await pause(context.signal);
    const places = usableRows(data);
    if (places.length > resolved.mostRows)
      fail('MW_MODEL_TOO_LARGE', {
        what: `'rbfSvm' was given ${places.length} rows; its option mostRows allows ${resolved.mostRows}.`,
        where: { estimator: 'rbfSvm', rows: places.length },
        fix: "Use 'gbdt' or 'mlp', which also learn curved boundaries, or the linear 'svm'; train on a sample of the rows; or raise mostRows and wait.",
      });
    const pick = (values: Float64Array): Float64Array => Float64Array.from(places, (place) => values[place]);
    const rows: Rows = {
      columns: data.matrix.columns.map(pick),
      target: pick(data.target),
      weight: data.weight ? pick(data.weight) : new Float64Array(places.length).fill(1),
    };
    const gamma = resolved.gamma > 0 ? resolved.gamma : scaleGamma(rows);
    const kernel = new KernelRows(rows.columns, places.length, gamma, resolved.cache * 2 ** 20);
    const machines = context.task === 'multiclass' ? context.classes : 1;
    const total = context.task === 'regression' ? 1 : machines * (FOLDS + 1);
    let done = 0;
    const solve: Solve = async (sign, bound, start) => {
      context.onProgress?.({ step: 'fit', done: done++, total });
      const rowOf = Uint32Array.from(sign, (_, v) => v % places.length);
      return solveDual({ sign, bound, start, rowOf }, kernel, resolved, () => pause(context.signal));
    };
    const learnt =
      context.task === 'regression'
        ? await regress(rows, resolved, solve)
        : await classify(rows, machines, resolved, solve, context);
    const { coefficients, intercepts, slopes, offsets } = learnt;
    if (![intercepts, slopes, offsets, ...coefficients].every((values) => values.every(Number.isFinite)))
      fail('MW_MODEL_DIVERGED', { what: 'The coefficients are not finite.', where: { estimator: 'rbfSvm' } });
    const support = [...places.keys()].filter((i) => coefficients.some((of) => of[i] !== 0));
    return new RbfModel({
      estimator: 'rbfSvm',
      version: VERSION,
      task: context.task,
      outputs: machines,
      inputs: rows.columns.length,
      gamma,
      points: Float64Array.from(support.flatMap((i) => rows.columns.map((column) => column[i]))),
      coefficients: Float64Array.from(support.flatMap((i) => coefficients.map((of) => of[i]))),
      intercepts,
      slopes,
      offsets,
      summary: { supportVectors: support.length, gamma, steps: learnt.steps, converged: Number(learnt.converged) },
    });
  },
  load: (bytes) => RbfModel.load(bytes, 'rbfSvm', VERSION),
};

/** One over the number of features times the variance of all their values together; 1 when they do not vary. */
function scaleGamma({ columns, weight }: Rows): number {
  let total = 0;
  for (const w of weight) total += w;
  total *= columns.length;
  let mean = 0;
  for (const column of columns) for (let i = 0; i < column.length; i++) mean += (weight[i] / total) * column[i];
  let variance = 0;
  for (const column of columns)
    for (let i = 0; i < column.length; i++) variance += (weight[i] / total) * (column[i] - mean) ** 2;
  const gamma = 1 / (columns.length * variance);
  return gamma > 0 && gamma < Infinity ? gamma : 1;
}

async function classify(rows: Rows, machines: number, { cost }: Params, solve: Solve, context: FitContext): Promise<Learnt> {
  const { columns, target, weight } = rows;
  const count = target.length;
  const inputs = columns.length;
  const points = new Float64Array(count * inputs);
  for (let i = 0; i < count; i++) for (let j = 0; j < inputs; j++) points[i * inputs + j] = columns[j][i];
  const folds = dealFolds(points, inputs, target, context.seed);
  const bound = weight.map((w) => cost * w);
  const coefficients: Float64Array[] = [];
  const intercepts = new Float64Array(machines);
  const scores: Float64Array[] = [];
  let [steps, converged] = [0, true];
  for (let m = 0; m < machines; m++) {
    const positive = machines > 1 ? m : 1;
    const sign = Int8Array.from(target, (y) => (y === positive ? 1 : -1));
    const start = Float64Array.from(sign);
    const whole = await solve(sign, bound, start);
    coefficients.push(whole.at.map((a, i) => sign[i] * a));
    intercepts[m] = whole.intercept;
    steps += whole.steps;
    converged &&= whole.converged;
    const unseen = new Float64Array(count);
    for (let fold = 0; fold < FOLDS; fold++) {
      if (!folds.includes(fold)) continue;
      // Rows of the fold are kept out by a bound of zero; the rest that is left of them tells their scores.
      const part = await solve(
        sign,
        bound.map((b, i) => (folds[i] === fold ? 0 : b)),
        start,
      );
      for (let i = 0; i < count; i++) if (folds[i] === fold) unseen[i] = start[i] - part.rest[i] + part.intercept;
    }
    scores.push(unseen);
  }
  return { coefficients, intercepts, ...(await calibrate(scores, target, weight, context.signal)), steps, converged };
}

/** Every row has two variables: one for errors above the tube, one for those below. */
async function regress({ target, weight }: Rows, { cost, epsilon }: Params, solve: Solve): Promise<Learnt> {
  const count = target.length;
  let [total, mean, squares] = [0, 0, 0];
  for (const w of weight) total += w;
  for (let i = 0; i < count; i++) mean += (weight[i] / total) * target[i];
  for (let i = 0; i < count; i++) squares += (weight[i] / total) * (target[i] - mean) ** 2;
  const deviation = Math.sqrt(squares) || 1;
  const away = target.map((y) => (y - mean) / deviation);
  const twice = (of: (i: number, side: number) => number): Float64Array =>
    Float64Array.from({ length: 2 * count }, (_, v) => of(v % count, v < count ? 1 : -1));
  const { at, intercept, steps, converged } = await solve(
    Int8Array.from(twice((_, side) => side)),
    twice((i) => cost * weight[i]),
    twice((i, side) => away[i] - side * epsilon),
  );
  return {
    coefficients: [Float64Array.from({ length: count }, (_, i) => at[i] - at[count + i])],
    intercepts: Float64Array.of(intercept),
    slopes: Float64Array.of(deviation),
    offsets: Float64Array.of(mean),
    steps,
    converged,
  };
}
