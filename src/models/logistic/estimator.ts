import { fail } from '../../base/error.js';
import { resolveOptions } from '../../base/options.js';
import { checkTraining, pause } from '../data.js';
import type { Estimator } from '../estimator.js';
import { checkNumbers, LinearModel } from '../linear/linear-model.js';
import { LogisticLoss } from './loss.js';
import { minimize } from './minimize.js';
import { logisticOptions } from './options.js';

const VERSION = 1;

export const logistic: Estimator = {
  name: 'logistic',
  doc: 'Logistic regression, softmax regression for several classes, with a ridge penalty.',
  tasks: ['binary', 'multiclass'],
  params: logisticOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot', sparse: true },
  async fit(data, params, context) {
    const resolved = resolveOptions('logistic', logisticOptions, params);
    checkTraining(logistic, data, context);
    checkNumbers('logistic', data.matrix);
    await pause(context.signal);
    const outputs = context.task === 'multiclass' ? context.classes : 1;
    const loss = new LogisticLoss(data, outputs, resolved.l2);
    const minimum = await minimize(loss.evaluate, loss.start(), loss.diagonal(), resolved, async (iteration) => {
      await pause(context.signal);
      context.onProgress?.({ step: 'fit', done: iteration, total: resolved.maxIterations });
    });
    if (!Number.isFinite(minimum.value) || !minimum.at.every(Number.isFinite))
      fail('MW_MODEL_DIVERGED', { what: 'The loss is not finite.', where: { estimator: 'logistic' } });
    return new LinearModel({
      estimator: 'logistic',
      version: VERSION,
      task: context.task,
      outputs,
      inputs: data.matrix.columns.length,
      weights: minimum.at,
      summary: { iterations: minimum.iterations, converged: Number(minimum.converged), loss: minimum.value },
    });
  },
  load: (bytes) => LinearModel.load(bytes, 'logistic', VERSION),
};
