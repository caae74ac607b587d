import { declareOptions } from '../../base/options.js';
import { exportFormat } from './format.js';

export const lightgbmFormat = exportFormat({
  name: 'lightgbm',
  doc: 'LightGBM text, of models of trees',
  ending: 'txt',
  options: declareOptions({}),
  async write({ pipeline }) {
    const [{ writeLightgbmText }, { readLightgbmText }, { encodedFeatures }] = await Promise.all([
      import('../../models/exchange/write-lightgbm-text.js'),
      import('../../models/exchange/lightgbm-text.js'),
      import('./encoded-features.js'),
    ]);
    const { encoder, model } = pipeline;
    const content = writeLightgbmText(model, encodedFeatures(encoder));
    const { model: again } = readLightgbmText(content);
    return {
      content,
      inputs: encoder.outputs,
      notes: ['The file takes the encoded inputs, with categories as their codes and NaN where a value is missing.'],
      predict: (table) => again.predict(encoder.encode(table)),
    };
  },
});
