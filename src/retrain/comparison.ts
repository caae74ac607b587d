import type { Task, ValuePlan } from '../define/plan.js';
import { METRICS } from '../stats/metrics/catalogue.js';

/** One model's predictions on the rows that both models scored; `scores` row-major with `outputs` a row. */
export interface ScoredSide {
  readonly version: string;
  readonly scores: Float64Array;
  /** Decided class index a row; -1 for a regression. */
  readonly decided: Int32Array;
}

/** A figure of one side over the rows named (repeats count again), and which way is better. */
export interface Comparison {
  readonly better: 'higher' | 'lower';
  figure(side: ScoredSide, rows: Uint32Array): number;
}

/** Metrics that look at decisions only: they are computed on what each version decided by its own threshold. */
const OF_DECISIONS: ReadonlySet<string> = new Set(['accuracy', 'precision', 'recall', 'f1']);

/** How versions are compared by `value` or a metric of the catalogue; undefined when that has no meaning for the problem. */
export function comparisonBy(
  name: string,
  task: Task,
  value: ValuePlan | null,
  labels: Float64Array,
  outputs: number,
): Comparison | undefined {
  if (name === 'value') return value === null || task !== 'binary' ? undefined : byValue(value, labels);
  const metric = METRICS.find((each) => each.name === name && each.tasks.includes(task));
  if (!metric) return undefined;
  const decisions = task === 'binary' && OF_DECISIONS.has(name);
  return {
    better: metric.better,
    figure(side, rows) {
      const target = new Float64Array(rows.length);
      const predictions = new Float64Array(rows.length * outputs);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number;
        target[i] = labels[row] as number;
        if (decisions) predictions[i] = side.decided[row] as number;
        else for (let k = 0; k < outputs; k++) predictions[i * outputs + k] = side.scores[row * outputs + k] as number;
      }
      return metric.compute({ task, outputs, predictions, target, threshold: 0.5 });
    },
  };
}

/** Mean pay-off of a row. */
function byValue(value: ValuePlan, labels: Float64Array): Comparison {
  return {
    better: 'higher',
    figure({ decided }, rows) {
      let total = 0;
      for (const row of rows) {
        const positive = labels[row] === 1;
        if (decided[row] === 1) total += positive ? value.truePositive : value.falsePositive;
        else total += positive ? value.falseNegative : value.trueNegative;
      }
      return total / rows.length;
    },
  };
}
