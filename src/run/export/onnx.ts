import { declareOptions } from '../../base/options.js';
import { exportFormat } from './format.js';

export const onnxFormat = exportFormat({
  name: 'onnx',
  doc: 'ONNX, of models of trees and of weights, in float32',
  options: declareOptions({}),
  async write({ pipeline }) {
    const [{ writeOnnx }, { predictInFloat32 }, { encodedFeatures }] = await Promise.all([
      import('../../models/exchange/write-onnx.js'),
      import('../../models/exchange/in-float32.js'),
      import('./encoded-features.js'),
    ]);
    const { encoder, model, classes, threshold, task } = pipeline;
    const named = task === 'regression' ? {} : { classes, ...(task === 'binary' ? { threshold } : {}) };
    const gives = task === 'regression' ? "'prediction'" : "'label' and 'probabilities'";
    return {
      content: writeOnnx(model, encodedFeatures(encoder), named),
      inputs: encoder.outputs,
      notes: [
        `The file takes 'inputs', the encoded inputs in float32 with categories as their codes and NaN where a value is missing, and gives ${gives}.`,
        'Inputs that are float32 go the same way at every split; another may go astray at a threshold within a float32 step of it.',
      ],
      predict: (table) => predictInFloat32(model, encoder.encode(table)),
    };
  },
});
