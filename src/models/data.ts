import { fail } from '../base/error.js';
import type { AnyTask, Estimator, FitContext, Matrix, Task, TrainingData } from './estimator.js';

/**
 * Checks what every estimator relies on: rows, lengths, a finite target of the task's kind (any for clustering), usable weights.
 * @throws MW_MODEL_TASK, MW_MODEL_DATA
 */
export function checkTraining<T extends AnyTask>(
  estimator: Pick<Estimator<T>, 'name' | 'tasks'>,
  data: TrainingData,
  context: FitContext<T>,
): void {
  const { name, tasks } = estimator;
  if (!tasks.includes(context.task))
    fail('MW_MODEL_TASK', {
      what: `'${name}' learns ${tasks.join(' and ')} problems, not ${context.task}.`,
      where: { estimator: name },
    });
  checkData(name, data, context.task, context.classes);
  if (context.validation) {
    checkData(name, context.validation, context.task, context.classes);
    if (context.validation.matrix.columns.length !== data.matrix.columns.length)
      fail('MW_MODEL_DATA', {
        what: `The validation rows have ${context.validation.matrix.columns.length} features, the training rows ${data.matrix.columns.length}.`,
        where: { estimator: name },
      });
  }
}

function checkData(name: string, data: TrainingData, task: AnyTask, classes: number): void {
  const { matrix, target, weight } = data;
  const where = { estimator: name };
  checkShape(matrix);
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

function checkShape(matrix: Matrix): void {
  if (matrix.columns.length !== matrix.features.length)
    fail('MW_MODEL_DATA', {
      what: `${matrix.columns.length} columns came with ${matrix.features.length} feature descriptions.`,
    });
  for (let j = 0; j < matrix.columns.length; j++)
    if (matrix.columns[j].length !== matrix.rows)
      fail('MW_MODEL_DATA', {
        what: `Feature '${matrix.features[j].name}' has ${matrix.columns[j].length} values for ${matrix.rows} rows.`,
        where: { feature: matrix.features[j].name },
      });
}

/** @throws MW_MODEL_INPUT unless the matrix has `inputs` columns of equal length */
export function checkInputs(matrix: Matrix, inputs: number): void {
  if (matrix.columns.length !== inputs)
    fail('MW_MODEL_INPUT', { what: `The model takes ${inputs} features; the rows have ${matrix.columns.length}.` });
  checkShape(matrix);
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
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns.length; j++) row[j] = columns[j][i];
    predictRow(row, out, i * outputs);
  }
  return out;
}
