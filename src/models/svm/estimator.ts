import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { random } from '../../base/random.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator } from '../estimator.js';
import { usableRows } from '../gbdt/boost.js';
import { checkNumbers, LinearModel } from '../linear/linear-model.js';
import { type Calibration, calibrate } from '../margins/calibrate.js';
import { FOLDS } from '../margins/deal-folds.js';
import { type Machine, trainMachine } from './machine.js';
import { svmOptions } from './options.js';
import { pointsOf } from './points.js';

const VERSION = 1;

/**
 * Linear support vector machines, one class against the rest for several. Scores become probabilities by Platt scaling, a softmax
 * regression for several classes, fitted to scores that machines of five folds gave to rows they had not seen.
 */
export const svm: Estimator = {
  name: 'svm',
  doc: 'Linear support vector machine with squared hinge loss; probabilities by Platt scaling of out-of-fold scores.',
  tasks: ['binary', 'multiclass'],
  params: svmOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot', sparse: true },
  async fit(data, params, context) {
    const resolved = resolveOptions('svm', svmOptions, params);
    checkTraining(svm, data, context);
    checkNumbers('svm', data.matrix);
    const inputs = data.matrix.columns.length;
    const rows = usableRows(data);
    const points = pointsOf(data.matrix, rows);
    const weight = Float64Array.from(rows, (row) => (data.weight ? data.weight[row] : 1));
    const target = Float64Array.from(rows, (row) => data.target[row]);
    const wanted = context.task === 'multiclass' ? Array.from({ length: context.classes }, (_, k) => k) : [1];
    const total = wanted.length * (FOLDS + 1) * resolved.maxIterations;
    let trained = 0;
    const train = async (places: Uint32Array, k: number): Promise<Machine> => {
      const part = points.take(places);
      const side = Float64Array.from(places, (place) => (target[place] === k ? 1 : -1));
      const weights = Float64Array.from(places, (place) => weight[place]);
      const done = trained++ * resolved.maxIterations;
      return trainMachine(part, side, weights, resolved, random(context.seed).fork(`class ${k}`), async (pass) => {
        await pause(context.signal);
        context.onProgress?.({ step: 'fit', done: done + pass, total });
      });
    };
    const all = Uint32Array.from(rows.keys());
    const machines: Machine[] = [];
    for (const k of wanted) machines.push(await train(all, k));
    const folds = points.deal(target, context.seed);
    const scores = wanted.map(() => new Float64Array(rows.length));
    for (let fold = 0; fold < FOLDS; fold++) {
      const seen = all.filter((place) => folds[place] !== fold);
      const unseen = all.filter((place) => folds[place] === fold);
      if (unseen.length === 0) continue;
      for (const [m, k] of wanted.entries()) {
        // Rows that are all alike are one fold, and nothing is left to learn from without them.
        const machine = seen.length > 0 ? await train(seen, k) : machines[m];
        for (const place of unseen) scores[m][place] = points.score(place, machine.weights, machine.weights[inputs]);
      }
    }
    const weights = composed(machines, await calibrate(scores, target, weight, context.signal), inputs);
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

/** The calibration of the machines' scores, written as weights of the features: both are linear. */
function composed(machines: readonly Machine[], { slopes, offsets }: Calibration, inputs: number): Float64Array {
  const outputs = machines.length;
  const weights = new Float64Array((inputs + 1) * outputs);
  for (let k = 0; k < outputs; k++) {
    weights[inputs * outputs + k] = offsets[k];
    machines.forEach((machine, m) => {
      const factor = slopes[k * outputs + m];
      for (let j = 0; j < inputs; j++) weights[k * inputs + j] += factor * machine.weights[j];
      weights[inputs * outputs + k] += factor * machine.weights[inputs];
    });
  }
  return weights;
}
