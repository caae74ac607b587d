import { sigmoid } from '../../kernels/math.js';
import { type PlattScaling, plattScaling } from '../margins/platt.js';
import type { Calibration, CalibrationRows, Calibrator } from './calibration.js';
import { isOf, logOdds, normalise } from './shares.js';

type Platt = Extract<Calibration, { kind: 'platt' }>;

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
    return { kind: 'platt', slopes: fits.map(({ slope }) => slope), offsets: fits.map(({ offset }) => offset) };
  },
  apply({ slopes, offsets }, out, offset, outputs) {
    for (let k = 0; k < outputs; k++) out[offset + k] = sigmoid(slopes[k] * logOdds(out[offset + k]) + offsets[k]);
    normalise(out, offset, outputs);
  },
};

function fitOutput({ outputs, predictions, target, weight }: CalibrationRows, output: number): PlattScaling {
  const scores = Float64Array.from(target, (_, i) => logOdds(predictions[i * outputs + output]));
  const is = Float64Array.from(target, (y) => isOf(y, output, outputs));
  return plattScaling(scores, is, weight ?? new Float64Array(target.length).fill(1), LEAST_SLOPE);
}
