import { exp, sigmoid, softplus } from '../../kernels/math.js';
import { logSumExp, softmax } from '../softmax.js';
import type { Calibration, CalibrationRows, Calibrator } from './calibration.js';
import { logOdds, logShare } from './shares.js';

type Temperature = Extract<Calibration, { kind: 'temperature' }>;

/** Logarithms of the temperatures between which the best is looked for. */
const COLDEST = -4;
const HOTTEST = 6;
const NARROWINGS = 80;
const GOLDEN = 0.6180339887498949;

/**
 * Temperature scaling (Guo et al., 2017): log-odds, or logarithms of the shares, divided by one number, which is that of the least log
 * loss. The likeliest class stays the same. The loss has one minimum, which golden sections find.
 */
export const temperature: Calibrator<Temperature> = {
  kind: 'temperature',
  doc: 'all log-odds divided by one number: for few rows and many classes',
  fit(rows) {
    let low = COLDEST;
    let high = HOTTEST;
    let left = high - GOLDEN * (high - low);
    let right = low + GOLDEN * (high - low);
    let lossLeft = lossAt(rows, exp(left));
    let lossRight = lossAt(rows, exp(right));
    for (let step = 0; step < NARROWINGS; step++) {
      if (lossLeft <= lossRight) {
        high = right;
        right = left;
        lossRight = lossLeft;
        left = high - GOLDEN * (high - low);
        lossLeft = lossAt(rows, exp(left));
      } else {
        low = left;
        left = right;
        lossLeft = lossRight;
        right = low + GOLDEN * (high - low);
        lossRight = lossAt(rows, exp(right));
      }
    }
    return { kind: 'temperature', temperature: exp((low + high) / 2) };
  },
  apply({ temperature: t }, out, offset, outputs) {
    if (outputs === 1) {
      out[offset] = sigmoid(logOdds(out[offset]) / t);
      return;
    }
    for (let k = 0; k < outputs; k++) out[offset + k] = logShare(out[offset + k]) / t;
    softmax(out, offset, outputs);
  },
};

/** Log loss of all rows at a temperature. */
function lossAt({ outputs, predictions, target, weight }: CalibrationRows, t: number): number {
  const scores = new Float64Array(outputs);
  let loss = 0;
  for (let i = 0; i < target.length; i++) {
    const w = weight ? weight[i] : 1;
    if (outputs === 1) {
      const score = logOdds(predictions[i]) / t;
      loss += w * (softplus(score) - target[i] * score);
      continue;
    }
    for (let k = 0; k < outputs; k++) scores[k] = logShare(predictions[i * outputs + k]) / t;
    loss += w * (logSumExp(scores, 0, outputs) - scores[target[i]]);
  }
  return loss;
}
