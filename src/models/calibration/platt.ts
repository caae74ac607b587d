import { sigmoid, softplus } from '../../kernels/math.js';
import type { Calibration, CalibrationRows, Calibrator } from './calibration.js';
import { isOf, logOdds, normalise } from './shares.js';

type Platt = Extract<Calibration, { kind: 'platt' }>;

const MOST_STEPS = 100;
const LEAST_SLOPE = 1e-3;

/**
 * Platt's scaling (1999): logistic regression on the log-odds, with the targets drawn in by one row of each class (Lin, Lin and Weng,
 * 2007). Several classes: one against the rest. The slope is kept above zero, so that the order of rows stays.
 */
export const platt: Calibrator<Platt> = {
  kind: 'platt',
  doc: 'logistic regression on the log-odds: two numbers a class, for few rows',
  fit(rows) {
    const fits = Array.from({ length: rows.outputs }, (_, output) => fitOutput(rows, output));
    return { kind: 'platt', slopes: fits.map(([slope]) => slope), offsets: fits.map(([, offset]) => offset) };
  },
  apply({ slopes, offsets }, out, offset, outputs) {
    for (let k = 0; k < outputs; k++) out[offset + k] = sigmoid(slopes[k] * logOdds(out[offset + k]) + offsets[k]);
    normalise(out, offset, outputs);
  },
};

/** Newton's method with halved steps on a convex loss of two numbers. */
function fitOutput({ outputs, predictions, target, weight }: CalibrationRows, output: number): [slope: number, offset: number] {
  const x = Float64Array.from(target, (_, i) => logOdds(predictions[i * outputs + output]));
  let positives = 0;
  let total = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    total += w;
    positives += w * isOf(target[i], output, outputs);
  }
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (total - positives + 2);
  const wanted = (i: number): number => (isOf(target[i], output, outputs) === 1 ? high : low);
  const lossAt = (slope: number, offset: number): number => {
    let loss = 0;
    for (let i = 0; i < x.length; i++) {
      const score = slope * x[i] + offset;
      loss += (weight ? weight[i] : 1) * (softplus(score) - wanted(i) * score);
    }
    return loss;
  };
  let slope = 1;
  let offset = 0;
  let loss = lossAt(slope, offset);
  for (let step = 0; step < MOST_STEPS; step++) {
    let ga = 0;
    let gb = 0;
    let haa = 1e-10;
    let hab = 0;
    let hbb = 1e-10;
    for (let i = 0; i < x.length; i++) {
      const w = weight ? weight[i] : 1;
      const p = sigmoid(slope * x[i] + offset);
      const g = w * (p - wanted(i));
      const h = w * p * (1 - p);
      ga += g * x[i];
      gb += g;
      haa += h * x[i] * x[i];
      hab += h * x[i];
      hbb += h;
    }
    if (Math.abs(ga) + Math.abs(gb) < 1e-9 * (1 + total)) break;
    const det = haa * hbb - hab * hab;
    if (!(det > 0)) break;
    const da = -(hbb * ga - hab * gb) / det;
    const db = -(haa * gb - hab * ga) / det;
    let size = 1;
    let next = loss;
    for (; size > 1e-10; size /= 2) {
      const tried = Math.max(LEAST_SLOPE, slope + size * da);
      next = lossAt(tried, offset + size * db);
      if (next < loss) break;
    }
    if (!(next < loss)) break;
    slope = Math.max(LEAST_SLOPE, slope + size * da);
    offset += size * db;
    loss = next;
  }
  return [slope, offset];
}
