import { declareOptions } from '../../base/options.js';
import { exportFormat } from './format.js';

export const xgboostFormat = exportFormat({
  name: 'xgboost',
  doc: 'XGBoost JSON, of models of trees, in float32',
  ending: 'json',
  options: declareOptions({}),
  async write({ pipeline }) {
    const [{ writeXgboost }, { readXgboost }, { readJson }, { encodedFeatures }] = await Promise.all([
      import('../../models/exchange/write-xgboost.js'),
      import('../../models/exchange/xgboost.js'),
      import('../../models/exchange/read-json.js'),
      import('./encoded-features.js'),
    ]);
    const { encoder, model } = pipeline;
    const content = writeXgboost(model, encodedFeatures(encoder));
    const { model: again } = readXgboost(readJson(Buffer.from(content)));
    return {
      content,
      inputs: encoder.outputs,
      notes: [
        'The file takes the encoded inputs, with categories as their codes and NaN where a value is missing.',
        'XGBoost rounds inputs to float32: inputs that are float32 go the same way at every split; another may go astray at a threshold within a step of it.',
      ],
      predict: (table) => again.predict(encoder.encode(table)),
    };
  },
});
