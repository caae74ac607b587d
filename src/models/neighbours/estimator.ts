import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator } from '../estimator.js';
import { usableRows } from '../gbdt/boost.js';
import { checkNumbers } from '../linear/linear-model.js';
import { NeighboursModel } from './neighbours-model.js';
import { neighboursOptions } from './options.js';

const VERSION = 1;

/** Nearest neighbours (Fix and Hodges 1951) by exact Euclidean distance to every training row. A row weight of n is n neighbours. */
export const neighbours: Estimator = {
  name: 'neighbours',
  doc: 'k nearest neighbours: the mean of the training rows nearest by Euclidean distance.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: neighboursOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot' },
  async fit(data, params, context) {
    const resolved = resolveOptions('neighbours', neighboursOptions, params);
    checkTraining(neighbours, data, context);
    checkNumbers('neighbours', data.matrix);
    await pause(context.signal);
    const { columns } = data.matrix;
    const rows = usableRows(data);
    if (rows.length > resolved.mostRows)
      fail('MW_MODEL_TOO_LARGE', {
        what: `'neighbours' was given ${rows.length} rows; its option mostRows allows ${resolved.mostRows}.`,
        where: { estimator: 'neighbours', rows: rows.length },
        fix: 'Train on a sample of the rows, raise mostRows and accept slow predictions, or choose another estimator.',
      });
    const points = new Float64Array(rows.length * columns.length);
    rows.forEach((row, i) => {
      for (let j = 0; j < columns.length; j++) points[i * columns.length + j] = columns[j][row];
    });
    const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
    return new NeighboursModel({
      estimator: 'neighbours',
      version: VERSION,
      task: context.task,
      outputs: context.task === 'multiclass' ? context.classes : 1,
      inputs: columns.length,
      neighbours: resolved.neighbours,
      byDistance: resolved.votes === 'distance',
      points,
      target: pick(data.target),
      weight: data.weight ? pick(data.weight) : new Float64Array(rows.length).fill(1),
      summary: { rows: rows.length },
    });
  },
  load: (bytes) => NeighboursModel.load(bytes, 'neighbours', VERSION),
};
