import { quantileSorted } from '../stats/quantile.js';
import type { Residuals } from './evaluation.js';

const SHARES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/** Where a regression errs. */
export function residualFigures(target: Float64Array, predictions: Float64Array): Residuals {
  const sorted = Float64Array.from(target, (truth, row) => predictions[row] - truth).sort();
  const order = Uint32Array.from(predictions.keys()).sort((a, b) => predictions[a] - predictions[b] || a - b);
  const tenths = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    const rows = order.subarray(Math.floor((tenth * order.length) / 10), Math.floor(((tenth + 1) * order.length) / 10));
    if (rows.length === 0) continue;
    let predicted = 0;
    let observed = 0;
    for (const row of rows) {
      predicted += predictions[row];
      observed += target[row];
    }
    tenths.push({ predicted: predicted / rows.length, observed: observed / rows.length, rows: rows.length });
  }
  return { quantiles: SHARES.map((share) => ({ share, residual: quantileSorted(sorted, share) })), tenths };
}
