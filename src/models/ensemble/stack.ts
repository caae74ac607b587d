import { corrupt } from '../bytes.js';
import { logOdds, logShare } from '../calibration/shares.js';
import type { FitContext, Matrix, Model, Task } from '../estimator.js';
import { linear } from '../linear/estimator.js';
import { logistic } from '../logistic/estimator.js';
import { Mean } from './average.js';
import type { Combiner, EnsembleKind, MemberOutputs } from './ensemble.js';
import { ENSEMBLE_TASKS, stackOptions } from './options.js';

/** What weighs the members reads log-odds of probabilities and plain numbers. */
function scoreOf(value: number, task: Task): number {
  return task === 'regression' ? value : task === 'binary' ? logOdds(value) : logShare(value);
}

/** A linear model of the members' scores. */
export class Stacked implements Combiner {
  readonly model: Model;
  readonly task: Task;
  readonly #row: Float64Array;

  constructor(model: Model, task: Task) {
    this.model = model;
    this.task = task;
    this.#row = new Float64Array(model.inputs);
  }

  combine(values: Float64Array, from: number, out: Float64Array, offset: number): void {
    for (let j = 0; j < this.#row.length; j++) this.#row[j] = scoreOf(values[from + j], this.task);
    this.model.predictRow(this.#row, out, offset);
  }

  serialize(): Uint8Array {
    return this.model.serialize();
  }
}

const judge = (task: Task) => (task === 'regression' ? linear : logistic);

/**
 * Stacked generalisation (Wolpert, 1992): a ridge or logistic regression weighs the members by predictions they made for rows that they
 * had not learnt from.
 */
export const stack: EnsembleKind = {
  name: 'stack',
  doc: 'Members weighed by a linear model, which learns from their predictions for rows that they had not seen.',
  tasks: ENSEMBLE_TASKS.stack,
  params: stackOptions,
  folds: (params) => params['folds'] as number,
  async fit(task, members, outputs, params, learnt, context: FitContext) {
    // Too few rows to leave some out: all members weigh the same.
    if (!learnt) return new Mean(members, outputs);
    const { outOfFold, target, weight } = learnt;
    const { validation: _, onProgress: __, ...rest } = context;
    const data = { matrix: scores(outOfFold, task), target, ...(weight ? { weight } : {}) };
    return new Stacked(await judge(task).fit(data, { l2: params['l2'] }, rest), task);
  },
  load(bytes, task, members, outputs) {
    if (bytes.length === 0) return new Mean(members, outputs);
    const model = judge(task).load(bytes);
    if (model.task !== task || model.inputs !== members * outputs || model.outputs !== outputs)
      corrupt('Their parts do not fit together');
    return new Stacked(model, task);
  },
};

function scores({ rows, members, outputs, values }: MemberOutputs, task: Task): Matrix {
  const width = members * outputs;
  return {
    rows,
    columns: Array.from({ length: width }, (_, j) =>
      Float64Array.from({ length: rows }, (_unused, i) => scoreOf(values[i * width + j], task)),
    ),
    features: Array.from({ length: width }, (_, j) => ({ name: `member ${j}`, categories: 0 })),
  };
}
