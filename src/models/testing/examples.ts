import { type Random, random } from '../../base/random.js';
import type { AnyTask, Estimator, FitContext, Matrix, Task, TrainingData } from '../estimator.js';
import { denseColumn, sparseColumn, splitColumns } from '../sparse.js';

/** Small learnable problems for the tests of estimators. */

export const CLASSES = 3;

export function contextOf<T extends AnyTask>(task: T, seed = 1): FitContext<T> {
  return { task, classes: task === 'multiclass' ? CLASSES : task === 'binary' ? 2 : 1, seed };
}

export function matrixOf(columns: readonly Float64Array[], categories: readonly number[] = []): Matrix {
  return {
    rows: columns[0]?.length ?? 0,
    columns,
    features: columns.map((_, j) => ({ name: `f${j}`, categories: categories[j] ?? 0 })),
  };
}

/**
 * Rows whose target depends on two numeric features on a grid (of tenths unless told) and, for estimators that take codes, on a category; a third
 * numeric feature is noise. For clustering, three blobs that overlap a little, a half, a third and a sixth of the rows; the target is the blob.
 */
export function learnable(
  estimator: Pick<Estimator<AnyTask>, 'needs'>,
  task: AnyTask,
  rows: number,
  seed = 1,
  step = 0.1,
): TrainingData {
  const source = random(seed);
  const grid = (): Float64Array => Float64Array.from({ length: rows }, () => Math.round(source.normal() / step) * step);
  const columns = [grid(), grid(), grid()];
  if (task === 'clustering') return blobs(columns, source);
  const codes = Float64Array.from({ length: rows }, () => source.below(6));
  const takesCodes = estimator.needs.categories === 'codes';
  const signal = Float64Array.from(
    codes,
    (code, i) => 2 * columns[0][i] - columns[1][i] + (takesCodes ? (code % 2) - 0.5 : 0) + 0.3 * source.normal(),
  );
  return {
    matrix: takesCodes ? matrixOf([...columns, codes], [0, 0, 0, 6]) : matrixOf(columns),
    target: signal.map((value) => targetOf(task, value)),
  };
}

function blobs(noise: readonly Float64Array[], source: Random): TrainingData {
  const target = Float64Array.from(noise[0], () => [0, 0, 0, 1, 1, 2][source.below(6)]);
  const [a, b, c] = noise;
  return {
    matrix: matrixOf([a.map((x, i) => x + 4 * Number(target[i] === 1)), b.map((y, i) => y + 4 * Number(target[i] === 2)), c]),
    target,
  };
}

function targetOf(task: Task, signal: number): number {
  if (task === 'regression') return 10 + 3 * signal;
  if (task === 'binary') return signal > 0 ? 1 : 0;
  return signal > 1 ? 2 : signal > -1 ? 1 : 0;
}

/** Mean squared error; of the probability of the true class for classes; of clusters that are numbered like the blobs likewise. */
export function lossOf(task: AnyTask, data: TrainingData, predicted: Float64Array): number {
  const { target } = data;
  const outputs = predicted.length / target.length;
  let sum = 0;
  for (let i = 0; i < target.length; i++) {
    if (task === 'regression') sum += (predicted[i] - target[i]) ** 2;
    else {
      const p = task === 'binary' ? (target[i] === 1 ? predicted[i] : 1 - predicted[i]) : predicted[i * outputs + target[i]];
      sum += (1 - p) ** 2;
    }
  }
  return sum / target.length;
}

/** The rows at the given places, in that order. */
export function take(data: TrainingData, places: readonly number[]): TrainingData {
  const pick = (values: Float64Array): Float64Array => Float64Array.from(places, (place) => values[place]);
  return {
    matrix: { ...data.matrix, rows: places.length, columns: data.matrix.columns.map(pick) },
    target: pick(data.target),
    ...(data.weight ? { weight: pick(data.weight) } : {}),
  };
}

/** Some bytes of a copy overwritten at random. */
export function mutate(bytes: Uint8Array, source: Random, changes: number): Uint8Array {
  const out = bytes.slice();
  for (let k = 0; k < changes; k++) {
    const at = source.below(out.length);
    out[at] = source.below(3) === 0 ? [0, 1, 127, 128, 255][source.below(5)] : source.below(256);
  }
  return out;
}

/** The same values with dense columns only. */
export function densified(matrix: Matrix): Matrix {
  const { sparse, ...rest } = matrix;
  return {
    ...rest,
    columns: matrix.columns.map((column, j) => {
      const without = sparse?.[j];
      return without ? denseColumn(without, matrix.rows) : column;
    }),
  };
}

/**
 * Rows of a dense feature, for estimators that take codes a categorical one, and 12 sparse ones that are 0 in nine of ten rows; the target
 * depends on the dense one and on the first sparse ones.
 */
export function sparseLearnable(
  estimator: Pick<Estimator<AnyTask>, 'needs'>,
  task: Task,
  rows: number,
  seed = 1,
): TrainingData {
  const source = random(seed);
  const draw = (share: number): Float64Array =>
    Float64Array.from({ length: rows }, () => (source.next() < share ? Math.round(source.normal() * 10) / 10 + 1 : 0));
  const thin = Array.from({ length: 12 }, () => draw(0.1));
  const first = draw(1);
  const signal = first.map((x, i) => x - 1 + 2 * thin[0][i] - 2 * thin[1][i] + thin[2][i] + 0.3 * source.normal());
  const codes = Float64Array.from({ length: rows }, () => source.below(6));
  const takesCodes = estimator.needs.categories === 'codes';
  const dense = matrixOf(takesCodes ? [first, codes, ...thin] : [first, ...thin], takesCodes ? [0, 6] : []);
  const from = dense.columns.length - thin.length;
  const given = dense.columns.map((column, j) => (j < from ? column : sparseColumn(column)));
  return {
    matrix: { ...dense, ...splitColumns(given) },
    target: signal.map((value) => targetOf(task, value)),
  };
}
