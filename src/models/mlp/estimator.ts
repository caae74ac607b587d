import { resolveOptions } from '../../base/options.js';
import { checkTraining } from '../data.js';
import type { Estimator } from '../estimator.js';
import { checkNumbers } from '../linear/linear-model.js';
import { type Dense, MlpModel } from './mlp-model.js';
import type { Layer } from './network.js';
import { mlpOptions } from './options.js';
import { trainNetwork } from './train-network.js';

const VERSION = 1;

/** A small neural network for tables: a multilayer perceptron with rectified units, trained by Adam (Kingma and Ba 2015). */
export const mlp: Estimator = {
  name: 'mlp',
  doc: 'Multilayer perceptron: a small neural network of rectified units, trained by Adam on mini-batches.',
  tasks: ['binary', 'multiclass', 'regression'],
  params: mlpOptions,
  needs: { imputed: true, scaled: true, categories: 'onehot' },
  async fit(data, params, context) {
    const resolved = resolveOptions('mlp', mlpOptions, params);
    checkTraining(mlp, data, context);
    checkNumbers('mlp', data.matrix);
    if (context.validation) checkNumbers('mlp', context.validation.matrix);
    const { network, loss, summary } = await trainNetwork(data, resolved, context);
    const inputs = data.matrix.columns.length;
    return new MlpModel({
      estimator: 'mlp',
      version: VERSION,
      task: context.task,
      outputs: loss.outputs,
      inputs,
      layers: network.layers.map((layer, l) => dense(network.memory.f32, layer, l === 0 ? inputs : network.layers[l - 1].used)),
      scale: loss.scale,
      shift: loss.shift,
      summary,
    });
  },
  load: (bytes) => MlpModel.load(bytes, 'mlp', VERSION),
};

/** The weights of a layer without its padding. */
function dense(f32: Float32Array, { weightsAt, biasesAt, outputs, used }: Layer, inputs: number): Dense {
  const weights = new Float32Array(inputs * used);
  for (let j = 0; j < inputs; j++)
    for (let k = 0; k < used; k++) weights[j * used + k] = f32[(weightsAt >>> 2) + j * outputs + k];
  return { inputs, weights, biases: f32.slice(biasesAt >>> 2, (biasesAt >>> 2) + used) };
}
