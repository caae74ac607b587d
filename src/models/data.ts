import { fail } from '../base/error.js';
import type { AnyTask, Estimator, FitContext, Matrix, MatrixFeature, SparseColumn, Task, TrainingData } from './estimator.js';
import { sparseRows } from './sparse.js';

/**
 * Checks what every estimator relies on: rows, lengths, a finite target of the task's kind (any for clustering), usable weights.
 * @throws MW_MODEL_TASK, MW_MODEL_DATA
 */
export function checkTraining<T extends AnyTask>(
  estimator: Pick<Estimator<T>, 'name' | 'tasks' | 'needs' | 'memberNeeds'>,
  data: TrainingData,
  context: FitContext<T>,
): void {
  const { name, tasks, needs, memberNeeds = [needs] } = estimator;
  if (!tasks.includes(context.task))
    fail('MW_MODEL_TASK', {
      what: `'${name}' learns ${tasks.join(' and ')} problems, not ${context.task}.`,
      where: { estimator: name },
    });
  const takesSparse = memberNeeds.some(({ sparse }) => sparse);
  checkData(name, data, context.task, context.classes, takesSparse);
  if (context.validation) {
    checkData(name, context.validation, context.task, context.classes, takesSparse);
    if (context.validation.matrix.columns.length !== data.matrix.columns.length)
      fail('MW_MODEL_DATA', {
        what: `The validation rows have ${context.validation.matrix.columns.length} features, the training rows ${data.matrix.columns.length}.`,
        where: { estimator: name },
      });
  }
}

function checkData(name: string, data: TrainingData, task: AnyTask, classes: number, takesSparse: boolean): void {
  const { matrix, target, weight } = data;
  const where = { estimator: name };
  checkShape(matrix, takesSparse);
  if (matrix.rows === 0) fail('MW_MODEL_DATA', { what: 'There are no rows to learn from.', where });
  if ((task !== 'clustering' && target.length !== matrix.rows) || (weight && weight.length !== matrix.rows))
    fail('MW_MODEL_DATA', {
      what: `${matrix.rows} rows came with ${target.length} targets${weight ? ` and ${weight.length} weights` : ''}.`,
      where,
    });
  if (task !== 'clustering') checkTarget(name, target, task, classes);
  for (let j = 0; j < matrix.features.length; j++) {
    const feature = matrix.features[j];
    if (feature.categories > 0) checkCodes(feature.name, matrix.columns[j], feature.categories);
  }
  if (data.group) checkGroups(name, data.group, matrix.rows);
  if (!weight) return;
  let total = 0;
  for (let i = 0; i < weight.length; i++) {
    if (!(weight[i] >= 0 && weight[i] < Infinity))
      fail('MW_MODEL_DATA', {
        what: `The weight ${weight[i]} of row ${i} is not a number from 0 up.`,
        where: { ...where, row: i },
      });
    total += weight[i];
  }
  if (!(total > 0)) fail('MW_MODEL_DATA', { what: 'All row weights are zero, so there is nothing to learn from.', where });
}

function checkGroups(name: string, group: Uint32Array, rows: number): void {
  let total = 0;
  for (let q = 0; q < group.length; q++) {
    if (group[q] === 0)
      fail('MW_MODEL_DATA', { what: `Group ${q} of the rows is empty.`, where: { estimator: name, group: q } });
    total += group[q];
  }
  if (total !== rows)
    fail('MW_MODEL_DATA', {
      what: `The groups have ${total} rows together, the matrix ${rows}.`,
      where: { estimator: name },
    });
}

function checkTarget(name: string, target: Float64Array, task: Task, classes: number): void {
  const where = { estimator: name };
  const limit = task === 'regression' ? Infinity : task === 'binary' ? 2 : classes;
  if (task === 'multiclass' && !(Number.isInteger(classes) && classes >= 2))
    fail('MW_MODEL_DATA', { what: `A multiclass problem needs at least two classes, not ${classes}.`, where });
  for (let i = 0; i < target.length; i++) {
    const y = target[i];
    const fits = task === 'regression' ? Number.isFinite(y) : Number.isInteger(y) && y >= 0 && y < limit;
    if (!fits)
      fail('MW_MODEL_DATA', {
        what: `The target ${y} of row ${i} is not ${task === 'regression' ? 'a finite number' : `a class from 0 to ${limit - 1}`}.`,
        where: { ...where, row: i },
      });
  }
}

function checkCodes(name: string, column: Float64Array, categories: number): void {
  for (let i = 0; i < column.length; i++) {
    const code = column[i];
    if (code === code && !(Number.isInteger(code) && code >= 0 && code < categories))
      fail('MW_MODEL_DATA', {
        what: `Feature '${name}' has ${code} in row ${i}; its codes go from 0 to ${categories - 1}.`,
        where: { feature: name, row: i },
      });
  }
}

function checkShape(matrix: Matrix, takesSparse: boolean): void {
  const { rows, columns, features, sparse } = matrix;
  if (columns.length !== features.length || (sparse && sparse.length !== columns.length))
    fail('MW_MODEL_DATA', {
      what: `${columns.length} columns came with ${features.length} feature descriptions${sparse ? ` and ${sparse.length} places for sparse columns` : ''}.`,
    });
  for (let j = 0; j < columns.length; j++) {
    const without = sparse?.[j];
    if (without) checkSparse(features[j], without, matrix, columns[j].length, takesSparse);
    else if (columns[j].length !== rows)
      fail('MW_MODEL_DATA', {
        what: `Feature '${features[j].name}' has ${columns[j].length} values for ${rows} rows.`,
        where: { feature: features[j].name },
      });
  }
}

function checkSparse(
  { name, categories }: MatrixFeature,
  { indexes, values }: SparseColumn,
  { rows }: Matrix,
  dense: number,
  takesSparse: boolean,
): void {
  const where = { feature: name };
  if (!takesSparse)
    fail('MW_MODEL_DATA', {
      what: `Feature '${name}' is a sparse column, which this estimator does not take.`,
      where,
      fix: 'Give it a dense column, one value a row.',
    });
  if (categories > 0) fail('MW_MODEL_DATA', { what: `Feature '${name}' is a sparse column of codes; codes are dense.`, where });
  if (dense > 0 || indexes.length !== values.length)
    fail('MW_MODEL_DATA', {
      what: `The sparse feature '${name}' has ${values.length} values for ${indexes.length} rows, and ${dense} dense ones.`,
      where,
    });
  for (let k = 0; k < indexes.length; k++)
    if (indexes[k] >= rows || (k > 0 && indexes[k] <= indexes[k - 1]))
      fail('MW_MODEL_DATA', {
        what: `The rows of the sparse feature '${name}' do not rise from 0 to ${rows - 1}: ${indexes[k]} is at place ${k}.`,
        where,
      });
}

/**
 * @param takesSparse whether the model copes with sparse columns
 * @throws MW_MODEL_INPUT unless the matrix has `inputs` columns, MW_MODEL_DATA unless they are of equal length and of a kind it takes
 */
export function checkInputs(matrix: Matrix, inputs: number, takesSparse = false): void {
  if (matrix.columns.length !== inputs)
    fail('MW_MODEL_INPUT', { what: `The model takes ${inputs} features; the rows have ${matrix.columns.length}.` });
  checkShape(matrix, takesSparse);
}

/** Lets the event loop turn, then stops with MW_INTERRUPTED when the signal has aborted. */
export async function pause(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  if (signal?.aborted) fail('MW_INTERRUPTED', { what: 'Learning was interrupted before it ended.' });
}

/** Outputs of all rows by a function of one row: what makes batch and single predictions the same. */
export function predictRows(
  matrix: Matrix,
  outputs: number,
  predictRow: (row: Float64Array, out: Float64Array, offset: number) => void,
): Float64Array {
  const { rows, columns } = matrix;
  const out = new Float64Array(rows * outputs);
  const row = new Float64Array(columns.length);
  if (matrix.sparse) {
    const { starts, features, values } = sparseRows(matrix);
    for (let i = 0; i < rows; i++) {
      for (let k = starts[i]; k < starts[i + 1]; k++) row[features[k]] = values[k];
      predictRow(row, out, i * outputs);
      for (let k = starts[i]; k < starts[i + 1]; k++) row[features[k]] = 0;
    }
    return out;
  }
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns.length; j++) row[j] = columns[j][i];
    predictRow(row, out, i * outputs);
  }
  return out;
}
