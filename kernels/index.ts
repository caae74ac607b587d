// Everything that the host calls.

export { scanBounded } from './bounded-splits';
export { scanCategories } from './categories';
export { lead, serve } from './crew';
export { histogram } from './histograms';
export { exp, log } from './math';
export { adam, multiply } from './matrix';
export { scoreBlock, scoreRow } from './scoring';
export { explainTree } from './shap';
export { scan } from './splits';
export { partition, quantize, subtract } from './trees';
