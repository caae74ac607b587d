import { declareErrors } from './declare.js';

export const evaluateErrors = declareErrors({
  MW_METRIC_UNKNOWN: {
    doc: 'A metric was named that does not exist.',
    fix: 'Check the spelling against the listed metrics.',
    exit: 2,
  },
  MW_STATS_INPUT: {
    doc: 'A statistic was asked for of values that it cannot be computed from.',
    fix: 'Give values of the kind and number that the message asks for.',
  },
  MW_CHART_UNKNOWN: {
    doc: 'A chart was named that does not exist.',
    fix: 'Check the spelling against the listed charts.',
    exit: 2,
  },
  MW_CHART_INVALID: {
    doc: 'A chart specification could not be drawn.',
    fix: 'Give a Vega-Lite specification as plain data.',
  },
});
