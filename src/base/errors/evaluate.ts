import { declareErrors } from './declare.js';

export const evaluateErrors = declareErrors({
  MW_METRIC_UNKNOWN: {
    doc: 'A metric was named that does not exist.',
    fix: 'Check the spelling against the listed metrics.',
    exit: 2,
  },
  MW_METRIC_TASK: {
    doc: 'A metric was asked for that is not defined for this kind of problem.',
    fix: 'Use a metric of the problem kind.',
    exit: 2,
  },
  MW_METRIC_INPUT: {
    doc: 'Targets, outputs or weights to be scored do not fit together.',
    fix: 'Give one target a row, one output a row or class, and non-negative weights.',
  },
  MW_STATS_INPUT: {
    doc: 'A statistic was asked for of values that it cannot be computed from.',
    fix: 'Give values of the kind and number that the message asks for.',
  },
  MW_EVALUATE_INPUT: {
    doc: 'What was to be evaluated does not fit together: rows, classes, slices or threshold.',
    fix: 'Evaluate a model on rows with known targets, one output a row or class.',
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
