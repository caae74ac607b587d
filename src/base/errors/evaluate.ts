import { declareErrors } from './declare.js';

export const evaluateErrors = declareErrors({
  MW_METRIC_UNKNOWN: { doc: 'A metric was named that does not exist.', fix: 'Check the spelling against the listed metrics.' },
});
