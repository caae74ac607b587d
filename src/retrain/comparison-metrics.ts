import type { Task, ValuePlan } from '../define/plan.js';

/** One model's predictions on the rows that both models scored; `scores` row-major with `outputs` a row. */
export interface ScoredSide {
  readonly version: string;
  readonly scores: Float64Array;
  /** Decided class index a row; -1 for a regression. */
  readonly decided: Int32Array;
}

/** A metric over rows counted `weights[i]` times, larger is better (losses are negated). NaN when the rows do not define it. */
export type WeightedMetric = (weights: Float64Array) => number;

/** The figure to compare by, prepared for one side; undefined for a metric that cannot be compared in this kind of problem. */
export function weightedMetric(
  name: string,
  task: Task,
  value: ValuePlan | null,
  labels: Float64Array,
  outputs: number,
  side: ScoredSide,
): WeightedMetric | undefined {
  if (name === 'auc') return task === 'binary' ? weightedAuc(labels, side.scores) : undefined;
  const gain = rowGain(name, task, value, labels, outputs, side);
  if (!gain) return undefined;
  const gains = Float64Array.from(labels, (_, i) => gain(i));
  const root = name === 'rmse';
  return (weights) => {
    let total = 0;
    let sum = 0;
    for (let i = 0; i < gains.length; i++) {
      total += weights[i] as number;
      sum += (weights[i] as number) * (gains[i] as number);
    }
    return root ? -Math.sqrt(-sum / total) : sum / total;
  };
}

const TINY = 1e-15;

function rowGain(
  name: string,
  task: Task,
  value: ValuePlan | null,
  labels: Float64Array,
  outputs: number,
  { scores, decided }: ScoredSide,
): ((row: number) => number) | undefined {
  const error = (i: number) => (scores[i] as number) - (labels[i] as number);
  if (task === 'regression') {
    if (name === 'mae') return (i) => -Math.abs(error(i));
    return name === 'rmse' ? (i) => -(error(i) ** 2) : undefined;
  }
  if (name === 'accuracy') return (i) => (decided[i] === labels[i] ? 1 : 0);
  if (name === 'logloss')
    return outputs > 1
      ? (i) => Math.log(Math.max(TINY, scores[i * outputs + (labels[i] as number)] as number))
      : (i) => Math.log(Math.max(TINY, labels[i] === 1 ? (scores[i] as number) : 1 - (scores[i] as number)));
  if (task !== 'binary') return undefined;
  if (name === 'brier') return (i) => -(error(i) ** 2);
  if (name !== 'value' || value === null) return undefined;
  return (i) => {
    if (decided[i] === 1) return labels[i] === 1 ? value.truePositive : value.falsePositive;
    return labels[i] === 1 ? value.falseNegative : value.trueNegative;
  };
}

/** Weighted area under the ROC curve, ties at half; the rows are sorted once for all weightings. */
function weightedAuc(labels: Float64Array, scores: Float64Array): WeightedMetric {
  const order = Int32Array.from(labels, (_, i) => i).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  return (weights) => {
    let below = 0;
    let positives = 0;
    let area = 0;
    for (let start = 0; start < order.length; ) {
      const score = scores[order[start] as number] as number;
      let tiedPositive = 0;
      let tiedNegative = 0;
      let end = start;
      for (; end < order.length && scores[order[end] as number] === score; end++) {
        const row = order[end] as number;
        if (labels[row] === 1) tiedPositive += weights[row] as number;
        else tiedNegative += weights[row] as number;
      }
      area += tiedPositive * (below + tiedNegative / 2);
      below += tiedNegative;
      positives += tiedPositive;
      start = end;
    }
    return positives > 0 && below > 0 ? area / (positives * below) : Number.NaN;
  };
}
