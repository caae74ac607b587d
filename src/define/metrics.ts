import type { Task } from './plan.js';

/** Metrics that a gate, a search or a signal can name, by task; `value` is money and needs problem.value. */
export const METRICS = Object.freeze({
  binary: ['auc', 'prauc', 'logloss', 'accuracy', 'precision', 'recall', 'f1', 'brier', 'ece', 'value'],
  multiclass: ['auc', 'prauc', 'logloss', 'accuracy', 'precision', 'recall', 'f1', 'brier', 'ece'],
  regression: ['rmse', 'mae', 'mape', 'r2'],
} as const satisfies Record<Task, readonly string[]>);

export type MetricName<T extends Task = Task> = (typeof METRICS)[T][number];
