// Everything that the host calls.

export { scanBounded } from './bounded-splits';
export { lead, serve } from './crew';
export { exp } from './math';
export { adam, multiply } from './matrix';
export { scoreBlock, scoreRow } from './scoring';
export { explainTree } from './shap';
export { scan } from './splits';
export { histogram, partition, quantize, subtract } from './trees';
