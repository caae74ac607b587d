import { declareOptions } from '../../base/options.js';
import { shapeOption } from '../shape-option.js';

export const linearOptions = declareOptions({
  l2: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 1e12,
    doc: 'Ridge penalty on the weights: l2 times their squared length is added to the sum of squared errors.',
  },
  shape: shapeOption,
});
