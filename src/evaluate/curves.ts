import { calibrationBins } from '../stats/metrics/ece.js';
import type { MetricInput } from '../stats/metrics/metric.js';
import { sortedScores } from '../stats/metrics/rows.js';
import type { BinaryCurves } from './evaluation.js';

const POINTS = 150;
const SCORE_BINS = 25;

/** The curves of binary predictions. */
export function binaryCurves(input: MetricInput): BinaryCurves {
  const { positives, negatives } = sortedScores(input, 0, 1);
  const roc = [{ falsePositiveRate: 0, truePositiveRate: 0 }];
  const precisionRecall: { recall: number; precision: number }[] = [];
  let p = positives.length;
  let n = negatives.length;
  let lastTpr = 0;
  let lastFpr = 0;
  while (p > 0 || n > 0) {
    const score = Math.max(p > 0 ? positives[p - 1] : -1, n > 0 ? negatives[n - 1] : -1);
    while (p > 0 && positives[p - 1] >= score) p--;
    while (n > 0 && negatives[n - 1] >= score) n--;
    const tp = positives.length - p;
    const fp = negatives.length - n;
    const tpr = positives.length === 0 ? 0 : tp / positives.length;
    const fpr = negatives.length === 0 ? 0 : fp / negatives.length;
    if (tpr - lastTpr + fpr - lastFpr < 2 / POINTS && (p > 0 || n > 0)) continue;
    roc.push({ falsePositiveRate: fpr, truePositiveRate: tpr });
    precisionRecall.push({ recall: tpr, precision: tp / (tp + fp) });
    lastTpr = tpr;
    lastFpr = fpr;
  }
  const bins = calibrationBins(input);
  const calibration = [...bins.rows].flatMap((rows, b) =>
    rows === 0 ? [] : [{ predicted: bins.predicted[b] / rows, observed: bins.true[b] / rows, rows }],
  );
  return { roc, precisionRecall, calibration, scores: scoreHistogram(positives, negatives) };
}

function scoreHistogram(positives: Float64Array, negatives: Float64Array): BinaryCurves['scores'] {
  const bins = Array.from({ length: SCORE_BINS }, (_, b) => ({ from: b / SCORE_BINS, positives: 0, negatives: 0 }));
  const binOf = (score: number) =>
    bins[Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS))] as { positives: number; negatives: number };
  for (const score of positives) binOf(score).positives++;
  for (const score of negatives) binOf(score).negatives++;
  return bins;
}
