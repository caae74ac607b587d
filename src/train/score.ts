import type { ValuePlan } from '../define/plan.js';
import type { Task } from '../models/estimator.js';
import { chooseThreshold } from '../stats/threshold.js';

const SMALLER = new Set(['logloss', 'brier', 'ece', 'rmse', 'mae', 'mape']);
export const isBetter = (metric: string, score: number, than: number): boolean =>
  SMALLER.has(metric) ? score < than : score > than;

export function scoreRows(by: string, task: Task, y: Float64Array, p: Float64Array, value: ValuePlan | null) {
  const n = y.length;
  const metrics: Record<string, number> = {};
  if (task === 'regression') {
    let mean = 0;
    for (const v of y) mean += v / n;
    let se = 0;
    let ae = 0;
    let tot = 0;
    for (let i = 0; i < n; i++) {
      se += (y[i]! - p[i]!) ** 2;
      ae += Math.abs(y[i]! - p[i]!);
      tot += (y[i]! - mean) ** 2;
    }
    metrics['rmse'] = Math.sqrt(se / n);
    metrics['mae'] = ae / n;
    metrics['r2'] = 1 - se / tot;
  } else if (task === 'binary') {
    const order = Uint32Array.from(y.keys()).sort((a, b) => p[a]! - p[b]!);
    let rank = 0;
    let pos = 0;
    let sum = 0;
    for (let i = 0; i < n; ) {
      let j = i;
      while (j < n && p[order[j]!] === p[order[i]!]) j++;
      rank = (i + j + 1) / 2;
      for (let k = i; k < j; k++)
        if (y[order[k]!] === 1) {
          sum += rank;
          pos++;
        }
      i = j;
    }
    metrics['auc'] = (sum - (pos * (pos + 1)) / 2) / (pos * (n - pos));
    let ll = 0;
    let acc = 0;
    for (let i = 0; i < n; i++) {
      const q = Math.min(1 - 1e-15, Math.max(1e-15, p[i]!));
      ll -= y[i] === 1 ? Math.log(q) : Math.log(1 - q);
      acc += (p[i]! >= 0.5 ? 1 : 0) === y[i] ? 1 : 0;
    }
    metrics['logloss'] = ll / n;
    metrics['accuracy'] = acc / n;
    metrics['f1'] = chooseThreshold(p, y, { by: 'f1' }).score;
    if (value) metrics['value'] = chooseThreshold(p, y, { by: 'value', value }).score;
  } else {
    const k = p.length / n;
    let ll = 0;
    let acc = 0;
    for (let i = 0; i < n; i++) {
      ll -= Math.log(Math.max(1e-15, p[i * k + y[i]!]!));
      let best = 0;
      for (let c = 1; c < k; c++) if (p[i * k + c]! > p[i * k + best]!) best = c;
      acc += best === y[i] ? 1 : 0;
    }
    metrics['logloss'] = ll / n;
    metrics['accuracy'] = acc / n;
  }
  return { score: metrics[by]!, metrics };
}
