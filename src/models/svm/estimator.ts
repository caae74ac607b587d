import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator, FitContext, TrainingData } from '../estimator.js';
import { usableRows } from '../gbdt/boost.js';
import { checkNumbers, LinearModel } from '../linear/linear-model.js';
import { LogisticLoss } from '../logistic/loss.js';
import { minimize } from '../logistic/minimize.js';
import { type Machine, trainMachine } from './machine.js';
import { svmOptions } from './options.js';

const VERSION = 1;

/**
 * Linear support vector machines, one class against the rest for several. Scores become probabilities by a logistic regression on
 * them (Platt 1999; softmax on the scores of all classes for several). It is fitted to the training rows, so that with few rows a
 * feature the probabilities are too sure of themselves.
 */
export const svm: Estimator = {
  name: 'svm',
  doc: 'Linear support vector machine with squared hinge loss; probabilities by a logistic regression on its scores.',
  tasks: ['binary', 'multiclass'],
  params: svmOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot' },
  async fit(data, params, context) {
    const resolved = resolveOptions('svm', svmOptions, params);
    checkTraining(svm, data, context);
    checkNumbers('svm', data.matrix);
    const { columns } = data.matrix;
    const inputs = columns.length;
    const rows = usableRows(data);
    const points = new Float64Array(rows.length * inputs);
    rows.forEach((row, i) => {
      for (let j = 0; j < inputs; j++) points[i * inputs + j] = columns[j][row];
    });
    const weight = Float64Array.from(rows, (row) => (data.weight ? data.weight[row] : 1));
    const machines: Machine[] = [];
    const wanted = context.task === 'multiclass' ? Array.from({ length: context.classes }, (_, k) => k) : [1];
    for (const [m, k] of wanted.entries()) {
      const side = Float64Array.from(rows, (row) => (data.target[row] === k ? 1 : -1));
      const source = random(context.seed).fork(`class ${k}`);
      const before = async (pass: number): Promise<void> => {
        await pause(context.signal);
        context.onProgress?.({
          step: 'fit',
          done: m * resolved.maxIterations + pass,
          total: wanted.length * resolved.maxIterations,
        });
      };
      machines.push(await trainMachine(points, inputs, side, weight, resolved, source, before));
    }
    const weights = await calibrated(data, machines, context);
    if (!weights.every(Number.isFinite))
      fail('MW_MODEL_DIVERGED', { what: 'The weights are not finite.', where: { estimator: 'svm' } });
    return new LinearModel({
      estimator: 'svm',
      version: VERSION,
      task: context.task,
      outputs: machines.length,
      inputs,
      weights,
      summary: {
        passes: machines.reduce((sum, { passes }) => sum + passes, 0),
        converged: Number(machines.every(({ converged }) => converged)),
      },
    });
  },
  load: (bytes) => LinearModel.load(bytes, 'svm', VERSION),
};

/** Weights of the logistic regression on the scores, written as weights of the features: both are linear. */
async function calibrated(data: TrainingData, machines: readonly Machine[], context: FitContext): Promise<Float64Array> {
  const { columns, rows } = data.matrix;
  const inputs = columns.length;
  const outputs = machines.length;
  const scores = machines.map(({ weights }) => {
    const out = new Float64Array(rows).fill(weights[inputs]);
    for (let j = 0; j < inputs; j++) for (let i = 0; i < rows; i++) out[i] += weights[j] * columns[j][i];
    return out;
  });
  const features = scores.map((_, k) => ({ name: `score ${k}`, categories: 0 }));
  const loss = new LogisticLoss({ ...data, matrix: { rows, columns: scores, features } }, outputs, 1);
  const limits = { maxIterations: 500, tolerance: 1e-9 };
  const { at } = await minimize(loss.evaluate, loss.start(), loss.diagonal(), limits, () => pause(context.signal));
  const weights = new Float64Array((inputs + 1) * outputs);
  for (let k = 0; k < outputs; k++) {
    weights[inputs * outputs + k] = at[outputs * outputs + k];
    machines.forEach((machine, m) => {
      const factor = at[k * outputs + m];
      for (let j = 0; j < inputs; j++) weights[k * inputs + j] += factor * machine.weights[j];
      weights[inputs * outputs + k] += factor * machine.weights[inputs];
    });
  }
  return weights;
}
